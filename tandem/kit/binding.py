"""Handlers meet operations and events by name; what is missing or left over stops the service from starting."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from tandem.kit.contract.operations import Contract, Operation
from tandem.kit.contract.source import ContractError
from tandem.kit.events.catalogue import EventType

Function = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Bound:
    operations: Mapping[str, tuple[Function, type[BaseModel] | None]]
    events: Mapping[str, tuple[Function, type[BaseModel]]]


def bind(contract: Contract, heard: Iterable[EventType], handlers: ModuleType) -> Bound:
    """Handlers by operationId and by event type; raises ContractError naming file, line, operation and the fix."""
    written = functions_of(handlers)
    module = f"{handlers.__name__.replace('.', '/')}.py"
    operations = {operation.id: _operation(contract, operation, written, module) for operation in contract.operations}
    events = {event.name: _event(event, written, module) for event in heard}
    bound = {function for function, _ in (*operations.values(), *events.values())}
    for name, function in sorted(written.items()):
        if function not in bound:
            reason = f"{name} belongs to no operation of {contract.path} and no event; rename, remove or _hide it"
            raise ContractError(Path(module), _line(function), reason)
    return Bound(operations, events)


def functions_of(module: ModuleType) -> dict[str, Function]:
    """The public functions a module defines itself, not those it imports."""
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }


def _operation(
    contract: Contract, operation: Operation, written: Mapping[str, Function], module: str
) -> tuple[Function, type[BaseModel] | None]:
    name = operation.handler_name
    handler = written.get(name)
    if handler is None:
        reason = f"no handler for {operation.id}: write `async def {name}(call, …)` in {module}"
        raise contract.error(operation, reason)
    expected = [parameter.argument for parameter in operation.parameters_in("path", "query")]
    if operation.body is not None:
        expected.append("body")
    if wrong := _wrong_signature(handler, expected):
        raise contract.error(operation, f"{module}:{_line(handler)}: {name} {wrong}")
    model = _model(handler, "body")
    # What is no object has no model: it is passed on as it is, to a handler that says `body: Any`.
    if operation.body is not None and model is None and not _takes_anything(handler):
        raise contract.error(operation, f"{module}:{_line(handler)}: {name} needs `body: <Model>`")
    return handler, model


def _event(event: EventType, written: Mapping[str, Function], module: str) -> tuple[Function, type[BaseModel]]:
    name = event.handler_name
    handler = written.get(name)
    if handler is None:
        reason = f"no handler for the event {event.name}: write `async def {name}(call, event)`, or unsubscribe"
        raise ContractError(Path(module), None, reason)
    if wrong := _wrong_signature(handler, ["event"]):
        raise ContractError(Path(module), _line(handler), f"{name} {wrong}")
    model = _model(handler, "event")
    if model is None:
        raise ContractError(Path(module), _line(handler), f"{name} needs `event: <Model>`")
    return handler, model


def _wrong_signature(handler: Function, expected: list[str]) -> str | None:
    """What to say about a handler that cannot be called with `call` and `expected`."""
    if not inspect.iscoroutinefunction(handler):
        return "must be `async def`"
    found = list(inspect.signature(handler).parameters)[1:]
    if sorted(found) == sorted(expected) and inspect.signature(handler).parameters:
        return None
    missing = ", ".join(sorted(set(expected) - set(found))) or "nothing"
    extra = ", ".join(sorted(set(found) - set(expected))) or "nothing"
    return f"does not take `call` and what the contract sends: missing {missing}; left over {extra}"


def _line(function: Function) -> int:
    return inspect.getsourcelines(function)[1]


def _takes_anything(handler: Function) -> bool:
    hint = typing.get_type_hints(handler).get("body")
    return Any in (hint, *typing.get_args(hint))


def _model(handler: Function, parameter: str) -> type[BaseModel] | None:
    hint = typing.get_type_hints(handler).get(parameter)
    for candidate in (hint, *typing.get_args(hint)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None
