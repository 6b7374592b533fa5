from pathlib import PurePath

from tandem.spec.manifest import load_manifest
from tests.architecture.call_graph import GOLDEN, calls_of, cycle, read_graph, render
from tests.architecture.project import ROOT, Module

HANDLERS = """
async def open_account(call, body):
    await _customer(call)

async def get_overview(call):
    ledger, seconds = call.peers.transaction, 1
    await ledger.get_balance()
    await call.peers.card.list_cards()

async def _customer(call):
    return await call.peers.customer.get_customer()
"""


def test_the_call_graph_is_the_one_that_was_agreed() -> None:
    assert render(read_graph()) == GOLDEN.read_text(), f"a call was added or removed: agree on it in {GOLDEN.name}"


def test_no_operation_waits_for_itself() -> None:
    """Two services may call each other; a circle of operations would wait for ever."""
    assert cycle(read_graph()) == []


def test_a_circle_is_found() -> None:
    assert set(cycle({"a.one": ["b.two"], "b.two": ["c.three"], "c.three": ["a.one"]})) == {"a.one", "b.two", "c.three"}
    assert cycle({"a.one": ["b.two"], "b.two": ["a.other"]}) == []


def test_what_the_manifest_lets_a_service_call_is_what_it_calls() -> None:
    """A permission nobody uses is one an intruder could."""
    called: dict[str, set[str]] = {}
    for caller, operations in read_graph().items():
        called.setdefault(caller.partition(".")[0], set()).update(operations)
    allowed = {
        name: {f"{peer}.{operation}" for peer, operations in service.consumes.items() for operation in operations}
        for name, service in load_manifest(ROOT / "contracts").services.items()
        if service.consumes
    }
    assert called == allowed


def test_calls_are_found_through_private_functions_and_names() -> None:
    calls = calls_of(Module(PurePath("services/account/handlers.py"), HANDLERS))
    assert calls["open_account"] == {("customer", "get_customer")}
    assert calls["get_overview"] == {("transaction", "get_balance"), ("card", "list_cards")}
