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
from tandem.kit.contract.source import ContractError, escape, read
from tandem.kit.events.catalogue import EventType

Function = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Bound:
    operations: Mapping[str, tuple[Function, type[BaseModel] | None]]
    events: Mapping[str, tuple[Function, type[BaseModel]]]


def bind(contract: Contract, heard: Iterable[EventType], handlers: ModuleType) -> Bound:
    """Handlers by operationId and by event type; raises ContractError naming file, line, operation and the fix."""
    written = functions_of(handlers)
    wanted = {operation.handler_name: operation for operation in contract.operations}
    events = {event.handler_name: event for event in heard}
    module = f"{handlers.__name__.replace('.', '/')}.py"
    for name, operation in wanted.items():
        if name not in written:
            raise _error(
                contract, operation, f"no handler for {operation.id}: write `async def {name}(call, …)` in {module}"
            )
        _check_signature(contract, operation, written[name], module)
    for name in sorted(events.keys() - written.keys()):
        reason = f"no handler for the event {events[name].name}: write `async def {name}(call, event)`, or unsubscribe"
        raise ContractError(Path(module), None, reason)
    for name in sorted(written.keys() - wanted.keys() - events.keys()):
        line = inspect.getsourcelines(written[name])[1]
        reason = (
            f"{name} belongs to no operation of {contract.path} and no event; rename or remove it, or start it with _"
        )
        raise ContractError(Path(module), line, reason)
    return Bound(
        {operation.id: (written[name], _body_model(written[name])) for name, operation in wanted.items()},
        {event.name: (written[name], _event_model(written[name], module)) for name, event in events.items()},
    )


def functions_of(module: ModuleType) -> dict[str, Function]:
    """The public functions a module defines itself, not those it imports."""
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }


def _check_signature(contract: Contract, operation: Operation, handler: Function, module: str) -> None:
    if not inspect.iscoroutinefunction(handler):
        raise _error(contract, operation, f"{module}: {operation.handler_name} must be `async def`")
    expected = [parameter.name for parameter in operation.parameters_in("path", "query")]
    if operation.body is not None:
        expected.append("body")
    _, *found = inspect.signature(handler).parameters
    if sorted(found) != sorted(expected):
        missing = ", ".join(sorted(set(expected) - set(found))) or "nothing"
        extra = ", ".join(sorted(set(found) - set(expected))) or "nothing"
        wrong = f"{operation.handler_name} does not take what the contract sends"
        raise _error(contract, operation, f"{module}: {wrong}: missing {missing}; left over {extra}")


def _error(contract: Contract, operation: Operation, reason: str) -> ContractError:
    pointer = f"/paths/{escape(operation.path)}/{operation.method.lower()}/operationId"
    return ContractError(contract.path, read(contract.path).line_of(pointer), reason)


def _body_model(handler: Function) -> type[BaseModel] | None:
    return _model(typing.get_type_hints(handler).get("body"))


def _event_model(handler: Function, module: str) -> type[BaseModel]:
    model = _model(typing.get_type_hints(handler).get("event"))
    if model is None:
        raise ContractError(
            Path(module), inspect.getsourcelines(handler)[1], f"{handler.__name__} needs `event: <Model>`"
        )
    return model


def _model(hint: Any) -> type[BaseModel] | None:
    for candidate in (hint, *typing.get_args(hint)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None
