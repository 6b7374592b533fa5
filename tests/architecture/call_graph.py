"""Which operation calls which, read from the handlers: `call.peers.card.list_cards(…)` is an edge."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tandem.kit.contract import Contract
from tandem.spec.manifest import Manifest, load_manifest
from tests.architecture.project import ROOT, Module, functions_of, handlers_of

GOLDEN = Path(__file__).with_name("call-graph.txt")
Edges = dict[str, list[str]]


def read_graph() -> Edges:
    """`service.operation` → the operations it calls, for every operation and event that calls one."""
    manifest = load_manifest(ROOT / "contracts")
    graph: Edges = {}
    for service in manifest.services:
        ids = {operation.handler_name: operation.id for operation in manifest.services[service].contract.operations}
        for function, calls in calls_of(handlers_of(service)).items():
            if calls and not function.startswith("_"):
                graph[f"{service}.{ids.get(function, function)}"] = sorted(_operation(manifest, call) for call in calls)
    return graph


def calls_of(handlers: Module) -> dict[str, set[tuple[str, str]]]:
    """By function: the (peer, method) it calls, itself or through other functions of the module."""
    functions = {function.name: function for function in functions_of(handlers)}
    return {name: set(_reached(name, functions, set())) for name in functions}


def _reached(name: str, functions: Mapping[str, ast.AST], seen: set[str]) -> Iterator[tuple[str, str]]:
    seen.add(name)
    yield from _own_calls(functions[name])
    for node in ast.walk(functions[name]):
        if isinstance(node, ast.Name) and node.id in functions and node.id not in seen:
            yield from _reached(node.id, functions, seen)


def _own_calls(function: ast.AST) -> Iterator[tuple[str, str]]:
    peers = dict(_aliases(function))
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute):
            peer = _peer(node.value) or (peers.get(node.value.id) if isinstance(node.value, ast.Name) else None)
            if peer:
                yield peer, node.attr


def _aliases(function: ast.AST) -> Iterator[tuple[str, str]]:
    """`ledger = call.peers.transaction`, also as one of several on a line."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            targets = target.elts if isinstance(target, ast.Tuple) else [target]
            values = value.elts if isinstance(value, ast.Tuple) else [value]
            for one, given in zip(targets, values, strict=False):
                if isinstance(one, ast.Name) and (peer := _peer(given)):
                    yield one.id, peer


def _peer(node: ast.expr) -> str | None:
    """`card` of `call.peers.card`."""
    is_peer = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "peers"
    return node.attr if is_peer and isinstance(node, ast.Attribute) else None


def _operation(manifest: Manifest, call: tuple[str, str]) -> str:
    peer, method = call
    return f"{peer}.{_operation_id(manifest.services[peer].contract, method)}"


def _operation_id(contract: Contract, handler_name: str) -> str:
    return next(operation.id for operation in contract.operations if operation.handler_name == handler_name)


def render(graph: Mapping[str, list[str]]) -> str:
    return "".join(f"{caller} -> {', '.join(called)}\n" for caller, called in sorted(graph.items()))


def cycle(graph: Mapping[str, list[str]]) -> list[str]:
    """The operations of a circle of calls; empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
