"""The gateway as its clients meet it: who answers, and what it says itself."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tandem.local.gateway import MOCK, Instance, Target
from tests.local.gateway.edge import OPERATIONS, Edge, running_edge, until

LIST, CREATE, GET, SEARCH, GET_CARD, ACTIVATE = OPERATIONS


def test_each_operation_reaches_the_service_that_owns_it(edge: Edge) -> None:
    assert edge.who("/v1/invoices?limit=1") == "invoice 1.0.0"
    assert edge.who("/v1/cards/crd_1") == "card 1.0.0"
    assert edge.who("/v1/cards/crd_1/activate", "POST") == "card 1.0.0"


def test_one_operation_mocked_leaves_the_others_live(edge: Edge) -> None:
    edge.gateway.reroute(lambda routing: routing.send_operation(ACTIVATE, MOCK))
    assert edge.who("/v1/cards/crd_1/activate", "POST") == "mock"
    assert edge.who("/v1/cards/crd_1") == "card 1.0.0"


def test_head_goes_where_get_goes(edge: Edge) -> None:
    edge.gateway.reroute(lambda routing: routing.send_operation(GET_CARD, MOCK))
    assert edge.client.head("/v1/cards/crd_1").headers["x-served-by"] == "mock"


def test_a_name_is_not_swallowed_by_a_parameter(edge: Edge) -> None:
    edge.gateway.reroute(lambda routing: routing.send_operation(SEARCH, MOCK))
    assert edge.who("/v1/invoices/search") == "mock"
    assert edge.who("/v1/invoices/search-me") == "invoice 1.0.0"


def test_a_service_at_an_address_of_the_developer_is_reached_through_the_mock(edge: Edge) -> None:
    edge.gateway.reroute(lambda routing: routing.send_service("card", Target.parse("http://localhost:9000")))
    assert {edge.who("/v1/cards/crd_1/activate", "POST") for _ in range(10)} == {"mock"}
    answer = edge.client.get("/v1/cards/crd_1")
    assert answer.headers["x-served-by"] == "http://localhost:9000"


def test_another_method_on_a_known_path_goes_to_its_owner_for_a_405(edge: Edge) -> None:
    assert edge.client.put("/v1/invoices").status_code == 405
    assert edge.client.delete("/v1/cards/crd_1/activate").json()["name"] == "card 1.0.0"


@pytest.mark.parametrize(
    "path", ["/v1/loans", "/v1/invoices/", "/v1/invoices/a/b/c", "/v1/Invoices", "/v1/cards//activate"]
)
def test_an_unknown_path_is_a_problem_document(edge: Edge, path: str) -> None:
    problem = _problem(edge.client.get(f"{path}?name=Anna"), 404)
    assert problem["type"] == "/problems/not-found"
    assert "Anna" not in problem["detail"]


def test_a_request_id_is_made_once_and_a_given_one_is_kept(edge: Edge) -> None:
    made = edge.client.get("/v1/invoices")
    assert made.headers["x-request-id"] == made.json()["headers"]["x-request-id"]
    given = edge.client.get("/v1/invoices", headers={"x-request-id": "01234567-89ab-4cde-9fff-0123456789ab"})
    assert given.json()["headers"]["x-request-id"] == "01234567-89ab-4cde-9fff-0123456789ab"
    refused = edge.client.get("/nothing", headers={"x-request-id": 'mine "quoted"'})
    assert _problem(refused, 404)["request_id"] == 'mine "quoted"'


def test_the_time_that_is_left_reaches_the_service_and_cannot_be_stretched(edge: Edge) -> None:
    answer = edge.client.get("/v1/invoices", headers={"x-envoy-upstream-rq-timeout-ms": "600000"})
    assert answer.json()["headers"]["x-envoy-expected-rq-timeout-ms"] == "10000"


def test_a_request_that_takes_too_long_is_a_504_problem(tmp_path: Path) -> None:
    with running_edge(tmp_path, timeout_seconds=0.2) as edge:
        problem = _problem(edge.client.get("/v1/cards/slow"), 504)
        assert problem["type"] == "/problems/deadline-exceeded"
        assert edge.who("/v1/cards/crd_1") == "card 1.0.0"


def test_a_write_that_broke_off_is_not_repeated(edge: Edge) -> None:
    before = edge.upstreams["card 1.0.0"].requests
    problem = _problem(edge.client.post("/v1/cards/hang"), 503)
    assert "before you repeat it" in problem["detail"]
    assert edge.upstreams["card 1.0.0"].requests == before + 1


def test_headers_beyond_the_limit_are_a_431_problem(edge: Edge) -> None:
    _problem(edge.client.get("/v1/invoices", headers={"x-long": "a" * 70_000}), 431)


def test_a_service_that_is_gone_is_a_503_problem_until_it_is_back(own_edge: Edge) -> None:
    upstream = own_edge.upstreams["invoice 1.0.0"]
    assert own_edge.who("/v1/invoices") == "invoice 1.0.0"
    upstream.stop()
    answer = own_edge.client.get("/v1/invoices")
    problem = _problem(answer, 503)
    assert problem["detail"].startswith("Nothing answers for invoice.listInvoices at the moment.")
    assert answer.headers["retry-after"] == "1"
    own_edge.gateway.place([own_edge.start("invoice", "1.0.0")])
    assert own_edge.who("/v1/invoices") == "invoice 1.0.0"
    assert _problem(own_edge.client.get("/v1/cards/crd_1"), 503)["type"] == "/problems/unavailable"


def test_a_page_on_localhost_may_call_and_read_what_it_needs(edge: Edge) -> None:
    asked = {"origin": "http://localhost:3000", "access-control-request-method": "PATCH"}
    asked |= {"access-control-request-headers": "authorization,if-match,idempotency-key,x-tandem-scenario"}
    allowed = edge.client.options("/v1/invoices/inv_1", headers=asked)
    assert allowed.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "PATCH" in allowed.headers["access-control-allow-methods"]
    assert {"if-match", "idempotency-key", "authorization"} <= set(
        allowed.headers["access-control-allow-headers"].split(", ")
    )
    answered = edge.client.get("/v1/invoices", headers={"origin": "http://[::1]:5173"})
    exposed = set(answered.headers["access-control-expose-headers"].split(", "))
    assert {"etag", "location", "idempotency-replayed", "retry-after", "x-request-id"} <= exposed


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost.evil.example", "http://xlocalhost:3000"])
def test_a_page_from_elsewhere_may_not(edge: Edge, origin: str) -> None:
    answer = edge.client.get("/v1/invoices", headers={"origin": origin})
    assert "access-control-allow-origin" not in answer.headers


def test_a_page_reads_the_gateways_own_errors_too(edge: Edge) -> None:
    answer = edge.client.get("/nothing", headers={"origin": "http://127.0.0.1:3000"})
    assert answer.headers["access-control-allow-origin"] == "http://127.0.0.1:3000"


def test_index_keys_and_pictures_are_answered_by_the_gateway(edge: Edge) -> None:
    assert edge.client.get("/").json()["services"] == ["invoice", "card"]
    assert edge.client.get("/.well-known/jwks.json").json() == {"keys": []}
    picture = edge.client.get("/tandem-pictures/designs/midnight.svg?expires=1&signature=x")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.lstrip().startswith("<svg")
    assert _problem(edge.client.get("/tandem-pictures/designs/none.svg"), 404)


def test_weights_share_a_service_between_two_versions(edge: Edge) -> None:
    _add_canary(edge)
    assert {edge.who("/v1/invoices") for _ in range(20)} == {"invoice 1.0.0"}
    edge.gateway.reroute(lambda routing: routing.weigh("invoice", {"1.0.0": 50, "1.1.0": 50}))
    answers = [edge.client.get("/v1/invoices") for _ in range(200)]
    new = sum(answer.json()["name"] == "invoice 1.1.0" for answer in answers)
    assert 60 < new < 140
    assert {answer.headers["x-served-by"] for answer in answers} == {"invoice@1.0.0", "invoice@1.1.0"}


def test_a_header_chooses_a_version_whatever_the_weights(edge: Edge) -> None:
    _add_canary(edge)
    assert {edge.who("/v1/invoices", x_canary="always") for _ in range(10)} == {"invoice 1.1.0"}
    edge.gateway.reroute(lambda routing: routing.weigh("invoice", {"1.0.0": 0, "1.1.0": 100}))
    assert {edge.who("/v1/invoices", x_tandem_version="1.0.0") for _ in range(10)} == {"invoice 1.0.0"}
    assert edge.who("/v1/invoices") == "invoice 1.1.0"
    assert edge.who("/v1/cards/crd_1", x_tandem_version="1.1.0") == "card 1.0.0"


def test_a_sticky_user_stays_with_one_version(edge: Edge) -> None:
    _add_canary(edge)
    edge.gateway.reroute(lambda routing: routing.weigh("invoice", {"1.0.0": 50, "1.1.0": 50}, sticky=True))
    by_user = {user: {edge.who("/v1/invoices", x_user=f"user-{user}") for _ in range(4)} for user in range(30)}
    assert all(len(versions) == 1 for versions in by_user.values())
    assert set.union(*by_user.values()) == {"invoice 1.0.0", "invoice 1.1.0"}


def test_a_line_of_the_access_log_tells_the_whole_request(edge: Edge) -> None:
    edge.client.get("/v1/invoices/inv_1?secret=1", headers={"x-request-id": "find-me"})
    log = edge.gateway.directory / "access.log"
    until(lambda: "find-me" in log.read_text())
    line = next(json.loads(line) for line in log.read_text().splitlines() if "find-me" in line)
    assert line["operation"] == "invoice.getInvoice"
    assert line["cluster"] == "invoice@1.0.0"
    assert (line["status"], line["path"]) == (200, "/v1/invoices/inv_1")
    assert line["duration_ms"] >= 0


def _add_canary(edge: Edge) -> None:
    placed = edge.gateway.placement
    assert placed
    canary: Instance = edge.start("invoice", "1.1.0")
    edge.gateway.place([*placed.instances, canary])


def _problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "request_id"} == set(problem)
    assert problem["status"] == status
    assert answer.headers.get_list("x-request-id") == [problem["request_id"]]
    assert re.fullmatch(r"/problems/[a-z-]+", problem["type"])
    return problem
