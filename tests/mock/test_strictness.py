"""Requests are held against the contract, and refused in the shape of the house."""

from __future__ import annotations

from typing import Any

import pytest

from tandem.mock.engine import Engine
from tests.mock.desk import HEALTHY, Desk, contracts_source, desk_of, files_source

ACCOUNT = {"customer_id": f"cus_{HEALTHY}", "credit_limit": {"amount": "1000.00", "currency": "SEK"}}
KEY = {"idempotency_key": "strict-key-1"}


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "type_"),
    [
        ("GET", "/v1/accounts?limit=500", None, {}, 422, "invalid-request"),
        ("GET", "/v1/accounts?colour=red", None, {}, 422, "invalid-request"),
        ("GET", "/v1/accounts/not-an-id", None, {}, 422, "invalid-request"),
        ("GET", "/v1/accounts/a%2Fb%C3%A9", None, {}, 422, "invalid-request"),
        ("POST", "/v1/accounts", ACCOUNT, {}, 422, "invalid-request"),
        ("POST", "/v1/accounts", {"customer_id": 5}, KEY, 422, "invalid-request"),
        ("POST", "/v1/accounts", ACCOUNT | {"extra": 1}, KEY, 422, "invalid-request"),
        ("PUT", f"/v1/accounts/acc_{HEALTHY}/credit-limit", {}, {}, 428, "precondition-required"),
        ("GET", "/v1/nothing", None, {}, 404, "not-found"),
        ("DELETE", "/v1/accounts", None, {}, 405, "method-not-allowed"),
    ],
)
async def test_what_the_contract_forbids_is_refused_as_the_real_service_would(
    desk: Desk, method: str, path: str, body: Any, headers: dict[str, str], status: int, type_: str
) -> None:
    answer = await desk.ask(method, path, body, **headers)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == (f"/problems/{type_}", status)
    assert problem["request_id"] == answer.headers["x-request-id"]


async def test_a_body_that_is_no_json_is_refused(desk: Desk) -> None:
    headers = {"idempotency-key": "strict-key-2", "content-type": "application/json"}
    answer = await desk.client.post("/v1/accounts", content=b'{"customer_id":', headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-request")


async def test_a_body_of_another_kind_is_refused(desk: Desk) -> None:
    headers = {"idempotency-key": "strict-key-3", "content-type": "text/plain"}
    answer = await desk.client.post("/v1/accounts", content=b"{}", headers=headers)

    assert answer.status_code == 415


async def test_a_body_beyond_all_bounds_is_refused(desk: Desk) -> None:
    headers = {"idempotency-key": "strict-key-4", "content-type": "application/json"}
    answer = await desk.client.post("/v1/accounts", content=b" " * 1_100_000, headers=headers)

    assert answer.status_code == 413


async def test_a_method_that_is_not_there_names_those_that_are(desk: Desk) -> None:
    answer = await desk.ask("PATCH", "/v1/accounts")

    assert answer.headers["allow"] == "GET, POST"


async def test_a_token_is_not_asked_for_unless_told_to(desk: Desk) -> None:
    assert (await desk.ask("GET", "/v1/accounts")).status_code == 200


async def test_with_auth_a_call_without_a_token_is_refused_and_any_token_will_do() -> None:
    async with desk_of(contracts_source(), auth=True) as desk:
        without = await desk.ask("GET", "/v1/accounts")
        with_token = await desk.ask("GET", "/v1/accounts", authorization="Bearer anything")

    assert (without.status_code, without.headers["www-authenticate"]) == (401, "Bearer")
    assert with_token.status_code == 200


async def test_head_is_get_without_the_body(desk: Desk) -> None:
    got = await desk.ask("GET", "/v1/accounts")
    head = await desk.ask("HEAD", "/v1/accounts")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))


async def test_requests_to_documents_of_others_are_checked_by_prism(prism: Engine) -> None:
    async with desk_of(files_source("museum.yaml", "tictactoe.yaml"), prism) as desk:
        wrong = await desk.ask("POST", "/special-events", {"name": "Only a name"})
        query = await desk.ask("GET", "/special-events?limit=many")
        board = await desk.ask("PUT", "/board/9/1", "X")

    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/invalid-request")
    assert any("location" in one["message"] for one in wrong.json()["errors"])
    assert query.json()["errors"][0] == {
        "in": "query",
        "pointer": "limit",
        "message": query.json()["errors"][0]["message"],
    }
    assert board.json()["errors"][0]["in"] == "path"


async def test_forms_are_read_as_the_contract_describes_them(prism: Engine) -> None:
    async with desk_of(files_source("uspto.yaml"), prism) as desk:
        good = await desk.client.post("/oa_citations/v1/records", data={"criteria": "*:*", "start": "0", "rows": "5"})
        bad = await desk.client.post("/oa_citations/v1/records", data={"start": "soon"})

    assert good.status_code == 200, good.text
    assert bad.status_code == 422


async def test_prefer_still_asks_for_a_status_or_an_example(prism: Engine) -> None:
    async with desk_of(contracts_source(), prism) as desk:
        missing = await desk.ask("GET", f"/v1/accounts/acc_{HEALTHY}", prefer="code=404")
        example = await desk.ask("GET", f"/v1/accounts/acc_{HEALTHY}", prefer="example=overdue")
        unknown = await desk.ask("GET", f"/v1/accounts/acc_{HEALTHY}", prefer="example=nonsense")
        other = await desk.ask("GET", f"/v1/accounts/acc_{HEALTHY}", prefer="return=minimal")

    assert (missing.status_code, missing.json()["title"]) == (404, "Account not found")
    assert example.json()["name"] == "Nordic Kafé HB"
    assert unknown.status_code == 404
    assert other.json()["name"] == "Bergström Bygg AB"


async def test_browsers_on_any_origin_may_call(desk: Desk) -> None:
    preflight = await desk.ask(
        "OPTIONS",
        "/v1/accounts",
        origin="http://app.example:3000",
        access_control_request_method="POST",
        access_control_request_headers="content-type, idempotency-key",
    )
    call = await desk.ask("GET", "/v1/nothing", origin="http://app.example:3000")

    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-headers"] == "content-type, idempotency-key"
    assert call.headers["access-control-allow-origin"] == "http://app.example:3000"
    assert "Tandem-Contract" in call.headers["access-control-expose-headers"]


async def test_a_page_on_the_web_may_not_turn_the_dials(desk: Desk) -> None:
    foreign = await desk.ask(
        "PUT", "/__tandem/live/getCard", {"url": "http://localhost:1"}, origin="https://evil.example"
    )
    rebound = await desk.ask("GET", "/__tandem/state", host="evil.example:4010")
    own = await desk.ask("POST", "/__tandem/reset", origin="http://localhost:3000")

    assert foreign.status_code == rebound.status_code == 403
    assert own.status_code == 200
    assert not desk.mock.live.routes
