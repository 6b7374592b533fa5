"""The configuration as a pure function; what Envoy makes of it is in test_edge."""

import json
from typing import Any

import pytest

from tandem.local.gateway import (
    MOCK,
    Content,
    Documents,
    Instance,
    Operation,
    Ports,
    Routing,
    Target,
    configuration,
)
from tandem.local.gateway.operations import most_literal_first, path_match
from tests.local.gateway.edge import OPERATIONS

PORTS = Ports(gateway=8080, admin=9901, mock=4010)
ONE_EACH = [Instance("invoice", "1.0.0", 7001, 7002), Instance("card", "1.0.0", 7101, 7102)]


def test_paths_are_tried_most_literal_first() -> None:
    paths = ["/a/{id}", "/a/{id}/x", "/a/search", "/a/{id}.pdf", "/a", "/a/search/{id}", "/{any}/search"]
    assert most_literal_first(paths) == [
        "/a",
        "/a/search",
        "/a/search/{id}",
        "/a/{id}.pdf",
        "/a/{id}",
        "/a/{id}/x",
        "/{any}/search",
    ]


def test_a_template_becomes_an_expression_with_its_literals_escaped() -> None:
    assert path_match("/v1/invoices") == {"path": "/v1/invoices"}
    assert path_match("/v1/x.y/{id}/{b}.pdf") == {"safe_regex": {"regex": r"/v1/x\.y/[^/]+/[^/]+\.pdf"}}


def test_the_same_input_gives_the_same_documents_and_versions() -> None:
    assert _made(Routing()) == _made(Routing())
    assert _made(Routing()).rds["version_info"] != _made(Routing(services={"card": MOCK})).rds["version_info"]


def test_a_flip_changes_routes_alone() -> None:
    live, mocked = _made(Routing()), _made(Routing(operations={"card.getCard": MOCK}))
    assert (live.lds, live.cds, live.eds) == (mocked.lds, mocked.cds, mocked.eds)


def test_each_version_of_a_service_is_a_cluster_with_all_its_instances() -> None:
    second = Instance("invoice", "1.0.0", 7003, 7004)
    canary = Instance("invoice", "1.1.0", 7005, 7006)
    made = _made(Routing(), [*ONE_EACH, second, canary])
    assert [one["name"] for one in made.cds["resources"]] == ["mock", "invoice@1.0.0", "invoice@1.1.0", "card@1.0.0"]
    assert _ports(made, "invoice@1.0.0") == [7001, 7003]
    assert _ports(made, "invoice@1.1.0") == [7005]


def test_reads_are_tried_again_and_writes_are_not() -> None:
    routes = _routes(_made(Routing()))
    assert "connect-failure" in routes["invoice.listInvoices"]["route"]["retry_policy"]["retry_on"]
    assert "retry_policy" not in routes["invoice.createInvoice"]["route"]


def test_a_service_without_an_instance_is_unavailable() -> None:
    made = _made(Routing(), ONE_EACH[:1])
    assert _routes(made)["card.getCard"]["route"]["cluster_not_found_response_code"] == "SERVICE_UNAVAILABLE"


def test_weights_of_versions_that_do_not_run_are_left_out() -> None:
    routing = Routing().weigh("invoice", {"1.0.0": 90, "2.0.0": 10})
    assert _routes(_made(routing))["invoice.getInvoice"]["route"]["cluster"] == "invoice@1.0.0"
    gone = Routing().weigh("invoice", {"2.0.0": 100})
    assert _routes(_made(gone))["invoice.getInvoice"]["route"]["cluster"] == "invoice@1.0.0"


def test_what_goes_to_an_address_passes_the_mock_which_checks_it() -> None:
    made = _made(Routing(operations={"card.getCard": Target.parse("http://localhost:9000")}))
    assert _routes(made)["card.getCard"]["route"]["cluster"] == "mock"
    assert "http://localhost:9000" in json.dumps(_routes(made)["card.getCard"]["response_headers_to_add"])


def test_the_timeout_stands_on_every_route_that_goes_to_a_service() -> None:
    made = configuration(OPERATIONS, ONE_EACH, Routing(), PORTS, timeout_seconds=2.5)
    assert {route["route"]["timeout"] for route in _routes(made).values() if "route" in route} == {"2.5s"}


def test_keys_are_served_only_when_there_are_any() -> None:
    assert "gateway.jwks" not in _routes(_made(Routing()))
    made = configuration(OPERATIONS, ONE_EACH, Routing(), PORTS, content=Content(jwks='{"keys": []}'))
    assert _routes(made)["gateway.jwks"]["direct_response"]["body"] == {"inline_string": '{"keys": []}'}


def test_no_path_of_this_machine_is_in_the_documents() -> None:
    made = _made(Routing())
    files = json.dumps([made.bootstrap, made.lds, made.cds, made.rds, made.eds])
    assert '"path": "/' not in files.replace('"path": "/v1', "").replace('"path": "/"', "")


@pytest.mark.parametrize("version", ["", "../x", "1 0", "-1"])
def test_a_version_that_is_no_file_name_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="is not a version"):
        Instance("card", version, 1, 2)


def _made(routing: Routing, instances: list[Instance] | None = None) -> Documents:
    operations = [*OPERATIONS, Operation("card", "listCards", "get", "/v1/cards")]
    return configuration(operations, instances if instances is not None else ONE_EACH, routing, PORTS)


def _routes(documents: Documents) -> dict[str, dict[str, Any]]:
    routes = documents.rds["resources"][0]["virtual_hosts"][0]["routes"]
    return {route["name"]: route for route in routes}


def _ports(documents: Documents, cluster: str) -> list[int]:
    endpoints = documents.eds[cluster]["resources"][0]["endpoints"][0]["lb_endpoints"]
    return [one["endpoint"]["address"]["socket_address"]["port_value"] for one in endpoints]
