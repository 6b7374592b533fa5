"""Changing the gateway while it serves: nothing is lost, nothing bad gets in."""

import asyncio
import contextlib
import copy
import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tandem.local.gateway import (
    LIVE_FILE,
    MOCK,
    ConfigurationRefused,
    Gateway,
    Instance,
    NotRunning,
    Placement,
    Ports,
    Routing,
    Target,
    drain,
    is_ready,
    publish,
    verify,
)
from tandem.local.gateway.admin import ask, expected_versions
from tandem.local.gateway.configuration import Documents, configuration
from tandem.local.gateway.publication import read
from tandem.local.trouble import Refused
from tests.local.gateway.edge import OPERATIONS, Edge, free_port, until

FLIPS = 8
MINE = Target.parse("http://localhost:9000")


async def test_flipping_between_live_and_mock_under_load_loses_no_request(edge: Edge) -> None:
    tally: Counter[str] = Counter()
    over = asyncio.Event()
    callers = [asyncio.create_task(_call_until(over, edge.ports.gateway, tally)) for _ in range(8)]
    for flip in range(FLIPS):
        target = MOCK if flip % 2 == 0 else Routing().of_service("invoice")
        await asyncio.to_thread(_send_invoices, edge, target)
        seen = tally.total()
        await _until_seen(tally, seen + 100)
    over.set()
    await asyncio.gather(*callers)
    assert set(tally) == {"200 mock", "200 invoice 1.0.0"}
    assert tally.total() >= FLIPS * 100


async def test_replacing_every_instance_under_load_loses_no_request(edge: Edge) -> None:
    placed = edge.gateway.placement
    assert placed
    tally: Counter[str] = Counter()
    over = asyncio.Event()
    callers = [asyncio.create_task(_call_until(over, edge.ports.gateway, tally)) for _ in range(8)]
    others = [one for one in placed.instances if one.service != "invoice"]
    for version in ("1.1.0", "1.2.0"):
        await asyncio.to_thread(edge.gateway.place, [*others, edge.start("invoice", version)])
        await _until_seen(tally, tally.total() + 200)
    over.set()
    await asyncio.gather(*callers)
    assert {answer[:3] for answer in tally} == {"200"}
    assert tally["200 invoice 1.2.0"] > 0


def test_routes_to_what_does_not_exist_are_refused_and_the_old_ones_stay(edge: Edge) -> None:
    before = _published(edge)
    bad = _broken(before, cluster="nowhere")
    with pytest.raises(ConfigurationRefused) as refused:
        publish(edge.gateway.directory, bad, edge.ports.admin)
    assert str(refused.value).startswith("The gateway did not take the new routes: route: unknown cluster 'nowhere'")
    assert str(refused.value).endswith("The old configuration stays in force.")
    assert edge.who("/v1/invoices") == "invoice 1.0.0"
    assert read(edge.gateway.directory) == before
    assert edge.gateway.verify() == []


def test_an_unknown_field_is_refused_with_its_name(edge: Edge) -> None:
    with pytest.raises(ConfigurationRefused, match="no_such_field"):
        publish(edge.gateway.directory, _broken(_published(edge), no_such_field=1), edge.ports.admin)
    assert edge.who("/v1/invoices") == "invoice 1.0.0"


def test_a_file_that_envoy_could_not_read_is_reported_though_it_calls_itself_live(edge: Edge) -> None:
    before = _published(edge)
    _slip_in(edge, "{")
    until(lambda: "update_failure: 0" not in ask(edge.ports.admin, "/stats?filter=rds.edge.update_failure"))
    assert is_ready(edge.ports.admin)
    wanted = replace(before, rds={"version_info": "wanted"})
    [said] = verify(edge.ports.admin, wanted, edge.gateway.directory / "envoy.log")
    assert said.startswith("The gateway did not take the new routes: ")
    _slip_in(edge, json.dumps(before.rds))
    assert edge.gateway.verify() == []


def test_a_document_that_envoy_has_not_seen_yet_is_reported_without_a_reason(own_edge: Edge) -> None:
    wanted = replace(_published(own_edge), lds={"version_info": "wanted"})
    assert verify(own_edge.ports.admin, wanted) == ["The gateway did not take the new listeners (yet)."]


def test_many_edits_at_once_all_count(edge: Edge) -> None:
    edits = [
        threading.Thread(target=lambda o=o: edge.gateway.reroute(lambda r: r.send_operation(o, MOCK)))
        for o in OPERATIONS
    ]
    for thread in edits:
        thread.start()
    for thread in edits:
        thread.join()
    assert set(edge.gateway.routing.operations) == {operation.name for operation in OPERATIONS}
    assert edge.who("/v1/invoices") == edge.who("/v1/cards/crd_1") == "mock"


def test_what_was_published_before_the_start_is_what_runs(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, OPERATIONS)
    gateway.reroute(lambda routing: routing.send_service("card", MOCK))
    placement = Placement(
        Ports(free_port(), free_port(), 4010), (Instance("card", "1.0.0", 7001, 7002),), '{"keys": []}'
    )
    gateway.prepare(placement)
    assert gateway.placement == placement
    assert gateway.routing.of_service("card") == MOCK
    assert not gateway.is_running


def test_the_mock_is_told_of_addresses_before_the_start_and_with_each_change(tmp_path: Path) -> None:
    gateway, told = Gateway(tmp_path, OPERATIONS), tmp_path / LIVE_FILE
    gateway.reroute(lambda routing: routing.send_operation(OPERATIONS[4], MINE))
    assert json.loads(told.read_text()) == {"card.getCard": "http://localhost:9000"}
    told.unlink()
    gateway.prepare(Placement(Ports(1, 2, 3)))
    assert json.loads(told.read_text()) == {"card.getCard": "http://localhost:9000"}
    gateway.reset()
    assert json.loads(told.read_text()) == {}


def test_what_the_gateway_refused_is_not_told_to_the_mock_either(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, OPERATIONS)
    gateway.prepare(Placement(Ports(1, 2, 3)))
    first = read(gateway.directory)
    assert first
    (gateway.directory / "envoy.log").write_text("nothing of interest\n")
    versions = _versions(first)
    with _admin_port("LIVE", versions, f"{versions}\nhttp.edge.rds.edge.update_rejected: 1") as port:
        gateway.prepare(Placement(Ports(1, port, 3)))
        with pytest.raises(ConfigurationRefused):
            gateway.reroute(lambda routing: routing.send_operation(OPERATIONS[4], MINE))
    assert json.loads((tmp_path / LIVE_FILE).read_text()) == {}
    assert gateway.routing == Routing()


def test_without_a_start_nothing_can_be_placed_or_verified(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, OPERATIONS)
    assert gateway.verify() == ["The gateway has no configuration yet."]
    with pytest.raises(Refused, match="never started here"):
        gateway.place([])


def test_a_damaged_routing_file_is_named_and_can_be_reset(tmp_path: Path) -> None:
    (tmp_path / "routing.json").write_text('{"services": {"card": "nonsense"}}')
    gateway = Gateway(tmp_path, OPERATIONS)
    with pytest.raises(Refused, match=r"routing\.json cannot be read: .* `tandem route --reset` starts afresh"):
        gateway.reroute(lambda routing: routing)
    assert gateway.reset() == gateway.routing == Routing()


def test_nobody_on_the_admin_port_is_said_in_a_sentence() -> None:
    with pytest.raises(NotRunning, match="does not answer on its admin port"):
        ask(free_port(), "/ready")


def test_draining_waits_for_open_requests(own_edge: Edge) -> None:
    answers: list[int] = []
    caller = threading.Thread(target=lambda: answers.append(own_edge.client.get("/v1/cards/slow").status_code))
    caller.start()
    until(lambda: own_edge.upstreams["card 1.0.0"].requests)
    drained = threading.Thread(target=drain, args=(own_edge.ports.admin,), kwargs={"seconds": 5})
    drained.start()
    drained.join(0.1)
    assert drained.is_alive()
    own_edge.upstreams["card 1.0.0"].release()
    drained.join()
    caller.join()
    assert answers == [200]


def _send_invoices(edge: Edge, target: Target) -> None:
    edge.gateway.reroute(lambda routing: routing.send_service("invoice", target))


@contextlib.contextmanager
def _admin_port(*answers: str) -> Iterator[int]:
    """An admin port that gives one answer after another, the last one for ever; it hangs up where one is empty."""
    rest = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = rest.pop(0) if len(rest) > 1 else rest[0]
            if answer:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(answer.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def _two_publications(directory: Path) -> tuple[Documents, Documents]:
    """The first is published already."""
    ports, instances = Ports(8080, 9901, 4010), [Instance("card", "1.0.0", 7001, 7002)]
    first = configuration(OPERATIONS, instances, Routing(), ports)
    publish(directory, first)
    (directory / "envoy.log").write_text("nothing of interest\n")
    return first, configuration(OPERATIONS, instances, Routing().send_service("card", MOCK), ports)


def _versions(documents: Documents) -> str:
    expected = expected_versions(documents).items()
    return "\n".join(f'{source.prefix}.version_text: "{text}"' for source, text in expected)


def test_a_gateway_that_never_answers_the_change_is_given_up_on(tmp_path: Path) -> None:
    first, second = _two_publications(tmp_path)
    with _admin_port("LIVE", "cluster_manager.warming_clusters: 1") as port:
        with pytest.raises(ConfigurationRefused, match=r"did not take the new \w+ within 0.05 s"):
            publish(tmp_path, second, port, patience_seconds=0.05)
    assert read(tmp_path) == first


def test_a_refusal_that_the_log_does_not_explain_is_said_so(tmp_path: Path) -> None:
    first, second = _two_publications(tmp_path)
    versions = _versions(first)
    refused = f"{versions}\nhttp.edge.rds.edge.update_rejected: 1"
    with _admin_port("LIVE", versions, refused) as port:
        with pytest.raises(ConfigurationRefused, match="did not take the new routes: its log does not say why"):
            publish(tmp_path, second, port)


def test_a_gateway_that_dies_meanwhile_finds_the_change_when_it_starts_again(tmp_path: Path) -> None:
    _, second = _two_publications(tmp_path)
    with _admin_port("LIVE", "") as port:
        publish(tmp_path, second, port)
    assert read(tmp_path) == second


async def _call_until(over: asyncio.Event, port: int, tally: Counter[str]) -> None:
    """One connection after another, each used until the gateway ends it; every answer is noted."""
    while not over.is_set():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        open_ = True
        while open_ and not over.is_set():
            writer.write(b"GET /v1/invoices HTTP/1.1\r\nhost: gateway\r\n\r\n")
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.split("content-length: ")[1].split("\r\n")[0])
            body = json.loads(await reader.readexactly(length))
            tally[f"{head[9:12]} {body.get('name')}"] += 1
            open_ = "connection: close" not in head
        writer.close()
        await writer.wait_closed()


async def _until_seen(tally: Counter[str], total: int) -> None:
    async with asyncio.timeout(10):
        while tally.total() < total:
            await asyncio.sleep(0.001)


def _published(edge: Edge) -> Documents:
    documents = read(edge.gateway.directory)
    assert documents
    return documents


def _broken(documents: Documents, **route: object) -> Documents:
    rds = copy.deepcopy(documents.rds)
    rds["version_info"] = "broken"
    first = next(one for one in rds["resources"][0]["virtual_hosts"][0]["routes"] if "cluster" in one.get("route", {}))
    first["route"].update(route)
    return replace(documents, rds=rds)


def _slip_in(edge: Edge, text: str) -> None:
    """As somebody would who edits the file by hand."""
    draft = edge.gateway.directory / "draft"
    draft.write_text(text)
    draft.replace(edge.gateway.directory / "rds" / "rds.json")
