"""The one reading of OpenAPI that everything else is made from."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tandem.kit.contract import Contract, ContractError, Slo, load_contract
from tandem.kit.contract.operations import lookup, snake_case

DONE = {"204": {"description": "Done."}}


def load(folder: Path, paths: Any, **more: Any) -> Contract:
    path = folder / "openapi.yaml"
    path.write_bytes(
        orjson.dumps(
            {"info": {"title": "Loans", "version": "1.2.0"}, "paths": paths, **more}, option=orjson.OPT_INDENT_2
        )
    )
    return load_contract(path)


def operation(**more: Any) -> dict[str, Any]:
    return {"operationId": "getLoan", "responses": DONE, **more}


def test_operation_knows_all_its_contract_says(tmp_path: Path) -> None:
    definition = operation(
        summary="See a loan",
        security=[{"token": ["loans:read"]}],
        deprecated=True,
        **{
            "x-slo": {"p95_ms": 100, "error_rate": 0.001},
            "x-flag": "loans",
            "x-deprecated-since": "2026-01-01",
            "x-sunset": "2027-01-01",
        },
    )
    contract = load(tmp_path, {"/loans": {"get": definition, "summary": "no method"}})
    (one,) = contract.operations
    assert (contract.title, contract.version) == ("Loans", "1.2.0")
    assert (one.id, one.handler_name, one.method, one.path, one.summary) == (
        "getLoan",
        "get_loan",
        "GET",
        "/loans",
        "See a loan",
    )
    assert (one.scopes, one.slo, one.flag) == (frozenset({"loans:read"}), Slo(100.0, 0.001), "loans")
    assert (one.deprecated, one.deprecated_since, one.sunset) == (True, "2026-01-01", "2027-01-01")
    assert (one.is_safe, one.body, one.body_required, one.success.status, one.success.media_type) == (
        True,
        None,
        False,
        204,
        None,
    )


@pytest.mark.parametrize(
    ("security", "scopes"),
    [
        ({}, {"all"}),
        ({"security": []}, None),
        ({"security": [{"token": []}]}, set()),
        ({"security": [{"token": ["a", "b"]}]}, {"a", "b"}),
    ],
)
def test_scopes_are_the_operations_or_else_the_contracts(tmp_path: Path, security: Any, scopes: Any) -> None:
    contract = load(tmp_path, {"/loans": {"get": operation(**security)}}, security=[{"token": ["all"]}])
    assert contract.operations[0].scopes == scopes


def test_parameters_of_the_path_are_taken_over_and_replaced(tmp_path: Path) -> None:
    limit = {"name": "limit", "in": "query", "schema": {"$ref": "#/components/schemas/Limit"}}
    item = {
        "parameters": [{"$ref": "#/components/parameters/Cursor"}, {**limit, "schema": {"type": "string"}}],
        "get": operation(parameters=[limit, {"name": "If-Match", "in": "header", "required": True, "schema": {}}]),
    }
    components = {
        "parameters": {"Cursor": {"name": "cursor", "in": "query", "schema": {"type": ["null", "integer"]}}},
        "schemas": {"Limit": {"type": "integer", "default": 20}},
    }
    (one,) = load(tmp_path, {"/loans": item}, components=components).operations
    assert [(p.name, p.type, p.default, p.required) for p in one.parameters] == [
        ("cursor", "integer", None, False),
        ("limit", "integer", 20, False),
        ("If-Match", "string", None, True),
    ]
    assert [p.name for p in one.parameters_in("query")] == ["cursor", "limit"]
    assert one.takes_header("if-match")
    assert not one.takes_header("idempotency-key")


def test_success_is_the_lowest_of_the_good_answers(tmp_path: Path) -> None:
    responses = {"404": {"description": "None."}, "202": {"description": "Later."}, "200": {"description": "Now."}}
    (one,) = load(tmp_path, {"/loans": {"post": operation(responses=responses)}}).operations
    assert (one.success.status, sorted(one.responses), one.is_safe) == (200, [200, 202, 404], False)


def test_references_are_followed_to_their_end(tmp_path: Path) -> None:
    schemas = {"A": {"$ref": "#/components/schemas/B"}, "B": {"type": "string"}}
    contract = load(tmp_path, {"/loans": {"get": operation()}}, components={"schemas": schemas})
    assert contract.resolve({"$ref": "#/components/schemas/A"}) == {"type": "string"}
    led = {"properties": {"a": {"$ref": "#/components/schemas/A"}}, "examples": [{"$ref": "#/components/schemas/None"}]}
    assert contract.schema(led) == {**led, "components": {"schemas": schemas}}
    assert contract.schema({"type": "null"}) == {"type": "null", "components": {}}
    assert lookup(contract.document, "#/paths/~1loans/get/responses/204/description") == "Done."
    assert lookup({"a": [{"b": 5}]}, "#/a/0/b") == 5


def test_unknown_operation_is_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="openLoan"):
        load(tmp_path, {"/loans": {"get": operation()}}).operation("openLoan")


@pytest.mark.parametrize(("name", "snake"), [("getLoan", "get_loan"), ("listAPIs", "list_apis"), ("v2Loan", "v2_loan")])
def test_names_become_snake_case(name: str, snake: str) -> None:
    assert snake_case(name) == snake


@pytest.mark.parametrize(
    ("paths", "line", "reason"),
    [
        ({}, 6, "has no paths"),
        ([], 6, "has no paths"),
        ({"/loans": 5}, 7, "/loans must be an object of operations"),
        ({"/loans": {"get": operation(operationId=5)}}, 8, "its operationId must be text"),
        ({"/loans": {"get": {"operationId": "x"}}}, 8, "'responses' is missing"),
        ({"/loans": {"get": operation(responses={"404": {"description": "x"}})}}, 8, "it has no success response"),
        ({"/loans": {"get": operation(responses={"20": {}})}}, 8, "or 4XX or default, not '20'"),
        ({"/loans": {"get": operation(parameters=[{"name": "a"}])}}, 8, "'in' is missing"),
        ({"/loans": {"get": operation(**{"x-slo": {"p95_ms": 5}})}}, 8, "'error_rate' is missing"),
        (
            {"/loans": {"get": operation(**{"x-slo": {"p95_ms": "quick", "error_rate": 0}})}},
            8,
            "could not convert string",
        ),
        ({"/loans": {"get": None}}, 8, "is not a complete operation"),
        ({"/loans/{id}": {"get": operation()}}, 8, "path and path parameters differ in id"),
        ({"/loans": {"get": operation(), "post": operation()}}, 17, "operationId getLoan stands twice"),
    ],
)
def test_incomplete_contract_says_file_line_and_reason(tmp_path: Path, paths: Any, line: int, reason: str) -> None:
    with pytest.raises(ContractError) as refused:
        load(tmp_path, paths)
    assert reason in refused.value.reason
    assert (refused.value.path, refused.value.line) == (tmp_path / "openapi.yaml", line)


def test_answers_may_stand_for_several_statuses(tmp_path: Path) -> None:
    responses = {"default": {"description": "Any"}, "4xx": {"description": "Refused"}, "404": {"description": "Gone"}}
    (found,) = load(tmp_path, {"/loans": {"get": operation(responses=responses)}}).operations
    said = {status: found.response_to(status) for status in (200, 404, 409)}
    assert said == {
        200: found.other_responses["default"], 404: found.responses[404], 409: found.other_responses["4XX"],
    }  # fmt: skip
    assert found.success is found.other_responses["default"]


def test_operation_without_a_name_is_called_by_its_path(tmp_path: Path) -> None:
    (found,) = load(
        tmp_path, {"/loans/{loan-id}/notes": {"get": {**_taking("path", "loan-id"), "responses": DONE}}}
    ).operations
    assert (found.id, found.handler_name) == ("getLoansLoanIdNotes", "get_loans_loan_id_notes")


@pytest.mark.parametrize(
    ("kind", "is_read"),
    [("application/json", True), ("application/merge-patch+json", True), ("*/*", True), ("text/plain", False)],
)
def test_body_is_read_where_it_is_json(tmp_path: Path, kind: str, is_read: bool) -> None:
    body = {"content": {kind: {"schema": {"type": "object"}}}}
    (found,) = load(tmp_path, {"/loans": {"post": operation(requestBody=body)}}).operations
    assert found.body == ({"type": "object"} if is_read else None)


def test_parameters_are_called_what_python_lets_them(tmp_path: Path) -> None:
    names = ["from", "created[gte]", "created.gte", "AccountID", "$", "2nd", "body", "id"]
    given = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]
    (found,) = load(tmp_path, {"/loans": {"get": operation(parameters=given)}}).operations
    arguments = [parameter.argument for parameter in found.parameters]
    assert arguments == ["from_", "created_gte", "created_gte_", "account_id", "value", "n2nd", "body_", "id"]


def test_parameter_that_is_a_document_is_text(tmp_path: Path) -> None:
    given = [{"name": "filter", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}}]
    (found,) = load(tmp_path, {"/loans": {"get": operation(parameters=given)}}).operations
    assert found.parameters[0].schema == {"type": "string"}


def _taking(location: str, name: str) -> dict[str, Any]:
    return {"parameters": [{"name": name, "in": location, "required": True, "schema": {"type": "string"}}]}
