"""What a handler returns goes out as the contract says, or the service does not start."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import BaseModel, RootModel

from tandem.kit.answers import Answer, Renderer, Stream
from tandem.kit.contract import Contract, ContractError, load_contract


class LoanId(RootModel[str]):
    pass


class Owner(BaseModel):
    id: LoanId


class Loan(BaseModel):
    owner: Owner


async def lines() -> AsyncIterator[bytes]:
    yield b"line"


def load(folder: Path, response: dict[str, Any], link_parameters: dict[str, str] | None = None) -> Contract:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in ("account_id", "loan_id")
    ]
    if link_parameters is not None:
        response["links"] = {"self": {"operationId": "getLoan", "parameters": link_parameters}}
    paths = {
        "/accounts/{account_id}/loans": {
            "post": {"operationId": "openLoan", "parameters": parameters[:1], "responses": {"201": response}}
        },
        "/accounts/{account_id}/loans/{loan_id}": {
            "get": {"operationId": "getLoan", "parameters": parameters, "responses": {"204": {"description": "x"}}}
        },
    }
    path = folder / "openapi.yaml"
    path.write_bytes(orjson.dumps({"paths": paths}, option=orjson.OPT_INDENT_2))
    return load_contract(path)


def renderer(folder: Path, response: dict[str, Any], links: dict[str, str] | None = None) -> Renderer:
    contract = load(folder, response, links)
    return Renderer(contract, contract.operation("openLoan"))


JSON: dict[str, Any] = {"content": {"application/json": {"schema": {}}}}
LOCATED: dict[str, Any] = {**JSON, "headers": {"Location": {"schema": {}}}}


def test_model_becomes_json(tmp_path: Path) -> None:
    answer = renderer(tmp_path, {**JSON}).render(Loan(owner=Owner(id=LoanId("lon_1"))), {})
    assert answer == Answer(201, b'{"owner":{"id":"lon_1"}}', {"content-type": "application/json"})


def test_bytes_go_out_as_they_are(tmp_path: Path) -> None:
    answer = renderer(tmp_path, {"content": {"application/pdf": {}}}).render(b"%PDF", {})
    assert answer == Answer(201, b"%PDF", {"content-type": "application/pdf"})


def test_iterator_becomes_a_stream(tmp_path: Path) -> None:
    answer = renderer(tmp_path, {"content": {"text/csv": {}}}).render(lines(), {})
    assert isinstance(answer, Stream)
    assert (answer.status, answer.headers) == (201, {"content-type": "text/csv"})


def test_nothing_is_nothing_where_the_contract_has_no_content(tmp_path: Path) -> None:
    assert renderer(tmp_path, {"description": "x"}).render(None, {}) == Answer(201, b"", {})


@pytest.mark.parametrize("result", [None, {"id": "lon_1"}, "text", [1]])
def test_anything_else_is_a_bug_that_says_what_to_return(tmp_path: Path, result: Any) -> None:
    with pytest.raises(
        TypeError, match=f"returned {type(result).__name__}: return a model, bytes, an async iterator or None"
    ):
        renderer(tmp_path, {**JSON}).render(result, {})


def test_location_is_made_of_the_request_and_the_answer(tmp_path: Path) -> None:
    links = {"account_id": "$request.path.account_id", "loan_id": "$response.body#/owner/id"}
    answer = renderer(tmp_path, {**LOCATED}, links).render(
        Loan(owner=Owner(id=LoanId("lon_1"))), {"account_id": "acc_1"}
    )
    assert answer.headers["location"] == "/accounts/acc_1/loans/lon_1"


@pytest.mark.parametrize(
    ("links", "reason"),
    [
        (None, "openLoan promises a Location header but has no link named `self`"),
        ({"loan_id": "$response.body#/id"}, "the link `self` of openLoan must name an operation and its parameters"),
        ({"loan_id": "$a", "account_id": "$b", "other": "$c"}, "the link `self` of openLoan must name"),
    ],
)
def test_location_that_cannot_be_made_stops_the_start(
    tmp_path: Path, links: dict[str, str] | None, reason: str
) -> None:
    with pytest.raises(ContractError, match=reason) as refused:
        renderer(tmp_path, {**LOCATED}, links)
    assert refused.value.line == 5


def test_link_to_no_operation_stops_the_start(tmp_path: Path) -> None:
    response = {**LOCATED, "links": {"self": {"operationId": "seeLoan"}}}
    with pytest.raises(ContractError, match="must name an operation"):
        renderer(tmp_path, response)
