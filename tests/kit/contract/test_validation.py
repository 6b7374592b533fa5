"""Whatever is sent, the answer of the check is a value or a Problem, never another exception."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.kit.contract import Contract, load_contract
from tandem.kit.contract.validation import RequestCheck, ResponseCheck
from tandem.kit.problems import Complaint, InvalidRequest, MalformedRequest, Problem
from tests.kit.loan.contract import DOCUMENT, ERRORS, write_contracts


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return load_contract(write_contracts(tmp_path_factory.mktemp("contracts") / "c") / "loan" / "openapi.yaml")


@pytest.fixture(scope="module")
def listing(contract: Contract) -> RequestCheck:
    return RequestCheck(contract, contract.operation("listLoans"))


@pytest.fixture(scope="module")
def opening(contract: Contract) -> RequestCheck:
    return RequestCheck(contract, contract.operation("openLoan"))


def body_error(check: RequestCheck, raw: bytes) -> Problem:
    with pytest.raises(Problem) as refused:
        check.body(raw)
    return refused.value


def refusal_status(check: Callable[[], object]) -> int | None:
    """None when there is nothing to refuse; a refusal can always be rendered."""
    try:
        check()
    except Problem as problem:
        return int(orjson.loads(problem.render("id"))["status"])
    return None


def _asked(folder: Path, query: bytes, schema: dict[str, Any], **style: Any) -> Any:
    parameter = {"name": "wanted", "in": "query", "schema": schema, **style}
    operation = {"operationId": "ask", "parameters": [parameter], "responses": {"204": {"description": "Done."}}}
    path = folder / "openapi.yaml"
    path.write_bytes(orjson.dumps({**DOCUMENT, "paths": {"/ask": {"get": operation}}}))
    contract = load_contract(path)
    return RequestCheck(contract, contract.operation("ask")).parameters({}, query, {})["wanted"]


_NUMBERS = {"type": "array", "items": {"type": "integer"}}


@pytest.mark.parametrize(
    ("query", "style", "value"),
    [
        (b"wanted=1&wanted=2", {}, [1, 2]),
        (b"wanted=1,2", {"explode": False}, [1, 2]),
        (b"wanted=", {"explode": False}, []),
        (b"wanted=1%202", {"style": "spaceDelimited", "explode": False}, [1, 2]),
        (b"wanted=1%7C2", {"style": "pipeDelimited", "explode": False}, [1, 2]),
    ],
)
def test_list_is_read_in_the_style_of_its_parameter(
    query: bytes, style: dict[str, Any], value: list[int], tmp_path: Path
) -> None:
    assert _asked(tmp_path, query, _NUMBERS, **style) == value


@pytest.mark.parametrize(("sent", "value"), [(b"-1.5e-7", -1.5e-7), (b"1E+20", 1e20), (b"12", 12.0)])
def test_number_is_read_as_json_writes_it(sent: bytes, value: float, tmp_path: Path) -> None:
    assert _asked(tmp_path, b"wanted=" + sent.replace(b"+", b"%2B"), {"type": "number"}) == value


def test_operation_without_a_body_reads_none(listing: RequestCheck) -> None:
    assert listing.body(b'{"a": 1}') is None


def test_body_that_may_be_missing_is_none(tmp_path: Path) -> None:
    optional = {"content": {"application/json": {"schema": {"type": "object"}}}}
    operation = {"operationId": "touch", "requestBody": optional, "responses": {"204": {"description": "Done."}}}
    path = tmp_path / "openapi.yaml"
    path.write_bytes(orjson.dumps({**DOCUMENT, "paths": {"/touch": {"post": operation}}}))
    contract = load_contract(path)
    assert RequestCheck(contract, contract.operation("touch")).body(b"") is None


def test_long_wrong_body_is_refused_at_its_first_mistake(opening: RequestCheck) -> None:
    raw = orjson.dumps({"name": "Anna", "amount": 1, "tags": [0] * 100_000})
    error = body_error(opening, raw)
    assert [complaint.pointer for complaint in error.errors] == ["/tags/0"]


def test_only_the_first_twenty_mistakes_are_told(opening: RequestCheck) -> None:
    error = body_error(opening, orjson.dumps({"name": "Anna", "amount": 1, "tags": list(range(50))}))
    assert len(error.errors) == 20
    assert error.detail.endswith("(and 47 more).")


@pytest.mark.parametrize("depth", [200, 300, 900, 1020])
def test_deep_body_is_a_problem_or_is_valid(opening: RequestCheck, depth: int) -> None:
    for inside in (b"1", b'"\\u0000"', b'{"\\u0000": 1}', b'{"a": "\\u0000"}'):
        raw = b'{"amount": "x", "notes": ' + b"[" * depth + inside + b"]" * depth + b"}"
        assert isinstance(body_error(opening, raw), (InvalidRequest, MalformedRequest))


@pytest.mark.parametrize("raw", [b'{"a\\u0000b": 1}', b'{"a": ["x\\u0000"]}', b'{"a": {"b": "\\u0000"}}', b'"\\u0000"'])
def test_nul_is_found_wherever_it_hides(opening: RequestCheck, raw: bytes) -> None:
    assert "NUL" in body_error(opening, raw).detail


def test_escaped_backslash_before_u0000_is_no_nul(opening: RequestCheck) -> None:
    assert opening.body(b'{"name": "a\\\\u0000b", "amount": 1}') == {"name": "a\\u0000b", "amount": 1}


@pytest.mark.parametrize("amount", ["1e3", "5.0", "100000.0"])
def test_integer_is_what_json_schema_calls_one(opening: RequestCheck, amount: str) -> None:
    assert opening.body(f'{{"name": "Anna", "amount": {amount}}}'.encode())["amount"] == float(amount)


@pytest.mark.parametrize("amount", ["1.5", "18446744073709551616", "-1", "true", '"5"', "null", "[]"])
def test_what_is_no_such_integer_is_refused(opening: RequestCheck, amount: str) -> None:
    error = body_error(opening, f'{{"name": "Anna", "amount": {amount}}}'.encode())
    assert [complaint.pointer for complaint in error.errors] == ["/amount"]


@given(raw=st.binary(max_size=60))
def test_any_bytes_are_a_value_or_a_problem(opening: RequestCheck, raw: bytes) -> None:
    assert refusal_status(lambda: opening.body(raw)) in (None, 400, 422)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(value=json_values)
def test_any_json_is_a_value_or_a_problem(opening: RequestCheck, value: Any) -> None:
    assert refusal_status(lambda: opening.body(json.dumps(value).encode())) in (None, 400, 422)


@given(query=st.text(alphabet=st.characters(max_codepoint=127), max_size=60), percent=st.binary(max_size=20))
def test_any_query_is_a_value_or_a_problem(listing: RequestCheck, query: str, percent: bytes) -> None:
    encoded = query.encode() + b"&limit=" + b"".join(b"%%%02X" % byte for byte in percent)
    assert refusal_status(lambda: listing.parameters({}, encoded, {})) in (None, 400, 422)


def test_every_mistake_of_a_request_is_told_at_once(contract: Contract) -> None:
    check = RequestCheck(contract, contract.operation("changeLoan"))
    with pytest.raises(InvalidRequest) as refused:
        check.parameters({"loan_id": "x"}, b"a=1&b=2", {"if-match": "7"})
    assert [(one.location, one.pointer) for one in refused.value.errors] == [
        ("path", "loan_id"),
        ("query", "a"),
        ("query", "b"),
        ("header", "If-Match"),
    ]


def test_unknown_parameter_of_an_operation_without_any_says_none(contract: Contract) -> None:
    check = RequestCheck(contract, contract.operation("getTerms"))
    with pytest.raises(InvalidRequest) as refused:
        check.parameters({}, b"page=1", {})
    assert refused.value.errors == [Complaint("query", "page", "there is no such parameter; allowed are: none")]


@pytest.mark.parametrize(
    ("status", "media_type", "headers", "body", "violations"),
    [
        (200, "application/json", {"etag": '"1"'}, b'{"id":"l","name":"A","amount":1,"version":1}', []),
        (304, None, {"etag": '"1"'}, b"", []),
        (418, "application/json", {}, b"{}", [f"the status was 418, the contract knows 200, 304, {', '.join(ERRORS)}"]),
        (200, "text/plain", {"etag": '"1"'}, b"", ["the body was text/plain, the contract says application/json"]),
        (200, None, {"etag": '"1"'}, b"", ["the body was of no kind, the contract says application/json"]),
        (200, "application/json", {}, b'{"id":"l","name":"A","amount":1,"version":1}', ["the header etag was missing"]),
        (
            200,
            "application/json",
            {"etag": '"1"'},
            b'{"id":"l","name":"A","version":1}',
            ["`amount` was missing, the contract requires it"],
        ),
        (404, "application/problem+json", {}, b'{"type":"x"}', None),
    ],
)
def test_answer_is_held_against_the_contract(
    contract: Contract,
    status: int,
    media_type: str | None,
    headers: dict[str, str],
    body: bytes,
    violations: list[str] | None,
) -> None:
    found = list(ResponseCheck(contract, contract.operation("getLoan")).violations(status, media_type, headers, body))
    assert len(found) > 1 if violations is None else found == violations
