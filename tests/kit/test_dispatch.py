"""One operation at the wire: what is refused, what is done, what is kept, and what the caller is told."""

from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from tests.kit.conftest import StartLoan
from tests.kit.loan.requests import LOAN, open_loan, problem
from tests.kit.loan.service import LoanService
from tests.service_under_test import SUPPORT, Who, customer, with_scopes


async def test_created_is_answered_with_its_address_and_version(loan: LoanService) -> None:
    answer = await open_loan(loan)
    body = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/json")
    assert (answer.headers["location"], answer.headers["etag"]) == (f"/v1/loans/{body['id']}", '"1"')
    assert body == {"id": body["id"], "name": "Anna", "amount": 500, "version": 1}
    assert (await loan.send("GET", answer.headers["location"])).json() == body


async def test_body_is_not_read_as_anything_but_json(loan: LoanService) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = await open_loan(loan, headers={"content-type": kind})
        assert problem(answer, 415, "unsupported-media-type")["detail"] == "Send the body as application/json."
    assert (await open_loan(loan, headers={"content-type": "Application/JSON; charset=utf-8"})).status_code == 201


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b'{"name": "Anna",}',
        b"\xff\xfe",
        b'{"name": "\\ud800", "amount": 1}',
        b"NaN",
        b'{"amount": 1e400}',
        b"[" * 3000,
    ],
)
async def test_what_is_not_json_is_a_400(loan: LoanService, content: bytes) -> None:
    answer = await loan.send("POST", "/v1/loans", content=content, key="key-00000001")
    assert "The body is not JSON" in problem(answer, 400, "malformed-request")["detail"]


async def test_body_nested_deeper_than_any_check_is_a_400(loan: LoanService) -> None:
    for notes in (b"[" * 900 + b"]" * 900, b"[" * 900 + b'"\\u0000x"' + b"]" * 900):
        content = b'{"name": "Anna", "amount": "1", "notes": ' + notes + b"}"
        answer = await loan.send("POST", "/v1/loans", content=content, key="key-00000001")
        assert answer.status_code in (400, 422)


async def test_missing_body_is_a_422(loan: LoanService) -> None:
    answer = await loan.send("POST", "/v1/loans", key="key-00000001")
    assert problem(answer, 422, "invalid-request")["errors"] == [
        {"in": "body", "pointer": "/", "message": "a body is required"}
    ]


async def test_problem_names_each_field_and_what_is_allowed(loan: LoanService) -> None:
    sent = {"name": "", "amount": True, "currency": "USD", "colour": "red", "tags": ["a", 5]}
    errors = problem(await open_loan(loan, json=sent), 422, "invalid-request")["errors"]
    assert {error["pointer"]: error["message"] for error in errors} == {
        "/name": "this value is shorter than 1 character",
        "/amount": 'this value is not of type "integer"',
        "/currency": "this value is none of those allowed: SEK, NOK, DKK, EUR",
        "/tags/1": 'this value is not of type "string"',
        "/": "there is no such field: colour; allowed are: name, amount, currency, tags, start, notes",
    }


async def test_nul_in_a_text_is_a_422(loan: LoanService) -> None:
    answer = await open_loan(loan, json={**LOAN, "name": "An\0na"})
    assert "NUL" in problem(answer, 422, "invalid-request")["detail"]


async def test_moment_that_python_does_not_have_is_a_422(loan: LoanService) -> None:
    answer = await open_loan(loan, json={**LOAN, "start": "0000-01-01T00:00:00Z"})
    assert problem(answer, 422, "invalid-request")["errors"][0]["pointer"] == "/start"


@pytest.mark.parametrize("declared", [True, False])
async def test_body_beyond_the_limit_is_a_413(start_loan: StartLoan, declared: bool) -> None:
    loan = await start_loan(most_body_bytes=100)

    async def chunks() -> Any:
        for _ in range(20):
            yield b'"0123456789",'

    headers = loan.headers(key="key-00000001", more={"content-type": "application/json"})
    content = b"[" + b'"0123456789",' * 20 if declared else chunks()
    answer = await loan.client.post("/v1/loans", content=content, headers=headers)
    assert problem(answer, 413, "content-too-large")["detail"] == "The body may be at most 100 bytes."


async def test_body_of_just_the_limit_is_read(start_loan: StartLoan) -> None:
    loan = await start_loan(most_body_bytes=27)
    assert (
        await loan.send("POST", "/v1/loans", content=b'{"name":"Anna","amount":50}', key="key-00000001")
    ).status_code == 201
    answer = await loan.send("POST", "/v1/loans", content=b'{"name":"Anna","amount":500}', key="key-00000002")
    assert answer.status_code == 413


async def test_body_beyond_the_limit_in_one_piece_is_a_413(start_loan: StartLoan) -> None:
    loan = await start_loan(most_body_bytes=10)
    headers = loan.headers(key="key-00000001")
    sent = await loan.raw("POST", "/v1/loans", headers=headers, receives=[{"type": "http.request", "body": b"x" * 11}])
    assert sent[0]["status"] == 413


async def test_caller_who_hangs_up_halfway_has_asked_for_nothing(loan: LoanService) -> None:
    half = {"type": "http.request", "body": b'{"name": "Anna", "amount": 5}', "more_body": True}
    headers = loan.headers(key="key-00000001", more={"content-type": "application/json"})
    with capture_logs() as logs:
        sent = await loan.raw("POST", "/v1/loans", headers=headers, receives=[half, {"type": "http.disconnect"}])
    assert (sent, await loan.count("loans")) == ([], 0)
    assert [line["status"] for line in logs if line["event"] == "request"] == [499]


async def test_body_that_does_not_arrive_in_time_is_a_504(loan: LoanService) -> None:
    half = {"type": "http.request", "body": b'{"name": ', "more_body": True}
    headers = loan.headers(key="key-00000001", more={"x-envoy-expected-rq-timeout-ms": "30"})
    start, body = await loan.raw("POST", "/v1/loans", headers=headers, receives=[half])
    assert start["status"] == 504
    assert b"The body did not arrive in the time allowed" in body["body"]


async def test_no_token_is_a_401_that_says_which_kind(loan: LoanService) -> None:
    answer = await loan.send("GET", "/v1/loans", as_=None)
    problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_missing_scope_is_a_403_that_names_it(loan: LoanService) -> None:
    answer = await open_loan(loan, as_=with_scopes("support", "accounts:read"))
    assert "accounts:manage" in problem(answer, 403, "forbidden")["detail"]


async def test_public_operation_needs_no_token(loan: LoanService) -> None:
    answer = await loan.send("GET", "/v1/terms", as_=None)
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7")
    assert answer.headers["content-type"] == "application/pdf"


@pytest.mark.parametrize(
    ("query", "pointer", "message"),
    [
        ("limit=0", "limit", "this value is less than the minimum of 1"),
        ("limit=101", "limit", "this value is greater than the maximum of 100"),
        ("limit=99999999999999999999999999", "limit", 'this value is not of type "integer"'),
        ("limit=5.0", "limit", 'this value is not of type "integer"'),
        ("limit=", "limit", 'this value is not of type "integer"'),
        ("limit=%D9%A5", "limit", 'this value is not of type "integer"'),
        ("limit=5&limit=6", "limit", "limit is given more than once; send it once"),
        ("rate=NaN", "rate", 'this value is not of type "number"'),
        ("rate=1e", "rate", 'this value is not of type "number"'),
        ("late=True", "late", 'this value is not of type "boolean"'),
        ("late=1", "late", 'this value is not of type "boolean"'),
        ("status=open&status=lost", "status/1", "this value is none of those allowed: open, late, paid"),
        ("cursor=", "cursor", "this value is shorter than 1 character"),
        ("cursor=a%00b", "cursor", "cursor contains a NUL character, which is not allowed"),
        ("day=2026-02-30", "day", 'this value is not a "date"'),
        ("page=2", "page", "there is no such parameter; allowed are: limit, status, rate, late, cursor, day"),
        ("LIMIT=2", "LIMIT", "there is no such parameter; allowed are: limit, status, rate, late, cursor, day"),
    ],
)
async def test_wrong_query_is_a_422_that_names_it(loan: LoanService, query: str, pointer: str, message: str) -> None:
    errors = problem(await loan.send("GET", f"/v1/loans?{query}"), 422, "invalid-request")["errors"]
    assert errors == [{"in": "query", "pointer": pointer, "message": message}]


@pytest.mark.parametrize("query", ["cursor=%ED%A0%80", "cursor=%FF", "&".join(f"a{n}=1" for n in range(1001))])
async def test_query_that_cannot_be_read_is_a_400(loan: LoanService, query: str) -> None:
    problem(await loan.send("GET", f"/v1/loans?{query}"), 400, "malformed-request")


async def test_query_becomes_what_its_schema_says(loan: LoanService) -> None:
    seen = (
        await loan.send("GET", "/v1/loans?limit=5&status=open&status=paid&rate=-2.5&late=true&day=2026-01-31")
    ).json()["seen"]
    assert (seen["limit"], seen["status"], seen["rate"], seen["late"]) == (5, ["open", "paid"], -2.5, True)
    assert seen["day"] == "2026-01-31"


async def test_what_is_left_out_is_the_default(loan: LoanService) -> None:
    seen = (await loan.send("GET", "/v1/loans")).json()["seen"]
    assert (seen["limit"], seen["status"], seen["rate"], seen["late"]) == (20, None, None, None)


async def test_required_parameter_is_asked_for(loan: LoanService) -> None:
    errors = problem(await loan.send("GET", "/v1/trouble"), 422, "invalid-request")["errors"]
    assert errors == [{"in": "query", "pointer": "how", "message": "how is required"}]


@pytest.mark.parametrize("loan_id", ["nonsense", "lon_%00", "lon_%ED%A0%80", "lon_" + "å" * 3000])
async def test_wrong_path_is_a_422(loan: LoanService, loan_id: str) -> None:
    errors = problem(await loan.send("GET", f"/v1/loans/{loan_id}"), 422, "invalid-request")["errors"]
    assert {(error["in"], error["pointer"]) for error in errors} == {("path", "loan_id")}


async def test_cursor_of_one_page_leads_to_the_next(loan: LoanService) -> None:
    first = (await loan.send("GET", "/v1/loans?limit=3&late=true")).json()["seen"]
    second = await loan.send("GET", f"/v1/loans?limit=7&late=true&cursor={first['next']}")
    assert second.json()["seen"]["after"] == [3]
    foreign = await loan.send("GET", f"/v1/loans?limit=3&late=false&cursor={first['next']}")
    assert problem(foreign, 422, "invalid-cursor")["errors"][0]["pointer"] == "cursor"


async def test_problem_of_a_handler_is_answered_and_nothing_is_kept(loan: LoanService) -> None:
    document = problem(await loan.send("POST", "/v1/trouble?how=problem"), 409, "loan-is-paid")
    assert (document["title"], document["detail"]) == ("The loan is paid", "The loan is paid already.")
    assert await loan.count("loans") == 0


async def test_missing_version_is_a_428(loan: LoanService) -> None:
    answer = await loan.send("PATCH", "/v1/loans/lon_1", {"name": "Berit"})
    assert "ETag" in problem(answer, 428, "precondition-required")["detail"]


async def test_change_of_another_version_is_a_412(loan: LoanService) -> None:
    address = (await open_loan(loan)).headers["location"]
    changed = await loan.send("PATCH", address, {"name": "Berit"}, headers={"if-match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    late = await loan.send("PATCH", address, {"name": "Carl"}, headers={"if-match": '"1"'})
    assert 'the newest version is "2"' in problem(late, 412, "precondition-failed")["detail"]
    assert (await loan.send("GET", address)).json()["name"] == "Berit"


async def test_version_that_is_none_is_a_422(loan: LoanService) -> None:
    answer = await loan.send("PATCH", "/v1/loans/lon_1", {"name": "Berit"}, headers={"if-match": "*"})
    assert problem(answer, 422, "invalid-request")["errors"][0]["in"] == "header"


@pytest.mark.parametrize(
    ("seen", "status"), [('"1"', 304), ('W/"1"', 304), ("*", 304), ('"7", "1"', 304), ('"2"', 200), ("1", 200)]
)
async def test_version_the_caller_has_is_not_sent_again(loan: LoanService, seen: str, status: int) -> None:
    address = (await open_loan(loan)).headers["location"]
    answer = await loan.send("GET", address, headers={"if-none-match": seen})
    assert (answer.status_code, answer.headers["etag"]) == (status, '"1"')
    assert bool(answer.content) == (status == 200)


async def test_answer_that_may_hold_more_than_its_version_is_always_sent(loan: LoanService) -> None:
    answer = await loan.send("GET", "/v1/trouble?how=version", headers={"if-none-match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')


async def test_head_is_get_without_its_body(loan: LoanService) -> None:
    address = (await open_loan(loan)).headers["location"]
    got, head = await loan.send("GET", address), await loan.send("HEAD", address)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "content-type", "etag"):
        assert head.headers[name] == got.headers[name]
    assert (await loan.send("HEAD", "/v1/loans/lon_0")).status_code == 404


@pytest.mark.parametrize("path", ["/v1/loans/export", "/v1/terms"])
async def test_head_has_no_body_whatever_the_server_does_about_it(loan: LoanService, path: str) -> None:
    start, *rest = await loan.raw("HEAD", path, headers=loan.headers())
    assert start["status"] == 200
    assert b"".join(message.get("body", b"") for message in rest) == b""


async def test_nothing_to_say_is_a_204_without_a_length(loan: LoanService) -> None:
    address = (await open_loan(loan)).headers["location"]
    answer = await loan.send("DELETE", address)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not {"content-length", "content-type"} & answer.headers.keys()
    problem(await loan.send("GET", address), 404, "loan-not-found")


async def test_stream_is_sent_as_it_is_made(loan: LoanService) -> None:
    answer = await loan.send("GET", "/v1/loans/export")
    assert (answer.status_code, answer.text) == (200, "line 0\nline 1\nline 2\n")
    assert answer.headers["content-type"] == "text/csv"
    assert "content-length" not in answer.headers


async def test_write_may_answer_with_a_stream(loan: LoanService) -> None:
    answer = await loan.send("POST", "/v1/trouble?how=stream")
    assert (answer.status_code, answer.text) == (200, "line 0\nline 1\nline 2\n")
    assert await loan.count("loans") == 1


async def test_stream_that_fails_at_once_is_a_problem(loan: LoanService) -> None:
    problem(await loan.send("GET", "/v1/loans/export?fail_after=0"), 409, "loan-is-paid")


async def test_stream_that_fails_later_does_not_look_complete(start_loan: StartLoan) -> None:
    loan = await start_loan(strict_responses=False)
    sent = await loan.raw("GET", "/v1/loans/export", query=b"fail_after=2", headers=loan.headers())
    assert b"".join(message.get("body", b"") for message in sent) == b"line 0\nline 1\n"
    assert all(message.get("more_body", True) for message in sent)


async def test_operation_behind_a_flag_does_not_exist_until_it_is_on(loan: LoanService) -> None:
    problem(await loan.send("GET", "/v1/offers"), 404, "operation-not-released")
    loan.flags.on_for["loan-offers"] = None
    assert (await loan.send("GET", "/v1/offers")).json() == {"seen": {"flag": True}}


async def test_flag_can_be_on_for_one_caller(loan: LoanService) -> None:
    loan.flags.on_for["loan-offers"] = "agent-7"
    assert (await loan.send("GET", "/v1/offers")).status_code == 404
    assert (await loan.send("GET", "/v1/offers", as_=Who("support", "agent-7"))).status_code == 200


def deprecated_calls(caller: str) -> float:
    labels = {"operation": "listRates", "caller": caller}
    return REGISTRY.get_sample_value("deprecated_calls_total", labels) or 0.0


async def test_deprecated_operation_says_so_and_counts_its_callers(loan: LoanService) -> None:
    callers = [Who("service", "card", scopes=("accounts:read",)), SUPPORT, customer("cus_1"), customer("cus_2")]
    before = {name: deprecated_calls(name) for name in ("card", "support", "customer")}
    for caller in callers:
        answer = await loan.send("GET", "/v1/rates", as_=caller)
        assert answer.headers["deprecation"] == "@1767225600"
        assert answer.headers["sunset"] == "Thu, 31 Dec 2026 00:00:00 GMT"
    assert {name: deprecated_calls(name) - count for name, count in before.items()} == {
        "card": 1,
        "support": 1,
        "customer": 2,
    }


def violations(operation: str) -> float:
    return REGISTRY.get_sample_value("contract_violations_total", {"operation": operation}) or 0.0


async def test_answer_that_departs_from_the_contract_is_an_error_in_tests(loan: LoanService) -> None:
    before = violations("seeTrouble")
    with capture_logs() as logs:
        problem(await loan.send("GET", "/v1/trouble?how=wrong"), 500, "internal-error")
    assert violations("seeTrouble") == before + 1
    said = "GET /v1/trouble: `seen` was missing, the contract requires it"
    assert [said] in [line.get("violations") for line in logs]


async def test_answer_that_departs_from_the_contract_is_counted_elsewhere(start_loan: StartLoan) -> None:
    loan = await start_loan(strict_responses=False)
    before = violations("makeTrouble")
    answer = await loan.send("POST", "/v1/trouble?how=wrong")
    assert (answer.status_code, answer.json()["name"]) == (200, "Anna")
    assert violations("makeTrouble") == before + 1


async def test_answer_that_departs_from_the_contract_says_so_itself_and_is_kept_for_the_table(
    start_loan: StartLoan,
) -> None:
    loan = await start_loan(strict_responses=False)
    answer = await loan.send("GET", "/v1/trouble?how=wrong")
    sentence = "GET /v1/trouble: `seen` was missing, the contract requires it"
    assert answer.headers["tandem-drift"] == sentence
    (row,) = loan.runtime.drift.table()["drift"]
    assert (row["operation"], row["sentence"], row["times"]) == ("loan.seeTrouble", sentence, 1)
    assert "tandem-drift" not in (await loan.send("GET", "/v1/trouble?how=shared")).headers
    assert loan.runtime.drift.table()["checked"] == {"loan.seeTrouble": 2}


async def test_only_a_share_of_the_answers_is_checked(start_loan: StartLoan) -> None:
    chances = iter([0.2, 0.3, 0.1])
    loan = await start_loan(strict_responses=False, response_share=0.25, chance=lambda: next(chances))
    before = violations("makeTrouble")
    for _ in range(3):
        await loan.send("POST", "/v1/trouble?how=wrong")
        await loan.pool.execute("TRUNCATE loans CASCADE")
    assert violations("makeTrouble") == before + 2


async def test_call_reaches_what_lies_outside(loan: LoanService) -> None:
    seen = (await loan.send("GET", "/v1/trouble?how=shared")).json()["seen"]
    assert seen == {"objects": "https://objects.invalid/a", "stage": "test", "peers": ["bank"]}
