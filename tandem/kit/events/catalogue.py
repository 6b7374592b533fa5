"""What may be said, by whom and to whom: contracts/events.yaml as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs

from tandem.kit.contract.schema_check import SchemaCheck
from tandem.kit.contract.source import ContractError, SourceFile, escape, read
from tandem.kit.events.envelope import UnusableEvent


class InvalidEvent(UnusableEvent):
    """The data of an event is not as events.yaml says."""


def open_schema(schema: Any) -> Any:
    """The same schema, with fields it does not know allowed."""
    if isinstance(schema, list):
        return [open_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: open_schema(value) for key, value in schema.items() if key != "additionalProperties"}


@dataclass(frozen=True)
class EventType:
    """`entity` names the field of the data that becomes the event's subject; `schema` stands alone."""

    name: str
    summary: str
    publisher: str
    entity: str
    subscribers: tuple[str, ...]
    schema: Mapping[str, Any]

    @property
    def class_name(self) -> str:
        return "".join(part.capitalize() for part in self.name.replace(".", "_").split("_"))

    @property
    def handler_name(self) -> str:
        return "on_" + self.name.replace(".", "_")

    @cached_property
    def _check(self) -> SchemaCheck:
        return SchemaCheck(self.schema)

    @cached_property
    def _tolerant_check(self) -> SchemaCheck:
        return SchemaCheck(open_schema(self.schema))

    def validate(self, data: Mapping[str, Any], *, tolerant: bool = False) -> None:
        """Raises InvalidEvent, naming each field that is wrong. `tolerant` is for hearing: a newer one may say more."""
        check = self._tolerant_check if tolerant else self._check
        wrong = check.complaints(data, "event")
        if wrong:
            reasons = "; ".join(f"{complaint.pointer}: {complaint.message}" for complaint in wrong)
            raise InvalidEvent(f"{self.name}: {reasons}")


@dataclass(frozen=True)
class Catalogue:
    """`events` by name, in the order of the file."""

    path: Path
    services: frozenset[str]
    events: Mapping[str, EventType]

    @classmethod
    def load(cls, contracts_dir: Path) -> Catalogue:
        """Raises ContractError with file, line and event."""
        source = read((contracts_dir / "events.yaml").resolve())
        services = frozenset(_mapping(read(contracts_dir / "manifest.yaml"), "/services"))
        reader = _EventReader(source, services)
        events = {name: reader.event(name) for name in _mapping(source, "/events")}
        return cls(source.path, services, events)

    def said_by(self, service: str) -> list[EventType]:
        return [event for event in self.events.values() if event.publisher == self._known(service)]

    def heard_by(self, service: str) -> list[EventType]:
        return [event for event in self.events.values() if self._known(service) in event.subscribers]

    def routes(self) -> dict[str, tuple[str, ...]]:
        """The queues each type of event goes to: one per subscriber, by its name."""
        return {event.name: event.subscribers for event in self.events.values()}

    def _known(self, service: str) -> str:
        if service not in self.services:
            raise ContractError(self.path.with_name("manifest.yaml"), None, f"there is no service {service}")
        return service


def _mapping(source: SourceFile, pointer: str) -> dict[str, Any]:
    value = source.data.get(pointer[1:]) if isinstance(source.data, dict) else None
    if not isinstance(value, dict):
        raise ContractError(source.path, source.line_of(pointer) or 1, f"`{pointer[1:]}:` must be an object")
    return value


class _EventReader:
    def __init__(self, source: SourceFile, services: frozenset[str]) -> None:
        self._source = source
        self._services = services
        self._files = {source.path: source}

    def event(self, name: str) -> EventType:
        pointer = f"/events/{escape(name)}"
        publisher, dot, _ = name.partition(".")
        self._require(
            dot == "." and publisher in self._services, pointer, f"{name} must begin with a service of manifest.yaml"
        )
        event = self._source.at(pointer)
        self._require(isinstance(event, dict), pointer, f"{name} must be an object")
        for key in ("summary", "entity", "subscribers", "data"):
            self._require(key in event, pointer, f"{name} has no `{key}`")
        schema = self._resolved(self._source, event["data"], f"{pointer}/data", ())
        self._check(name, pointer, event, schema)
        return EventType(name, event["summary"], publisher, event["entity"], tuple(event["subscribers"]), schema)

    def _check(self, name: str, pointer: str, event: Mapping[str, Any], schema: dict[str, Any]) -> None:
        for index, subscriber in enumerate(event["subscribers"]):
            known = subscriber in self._services
            self._require(
                known,
                f"{pointer}/subscribers/{index}",
                f"{name} has a subscriber unknown to manifest.yaml: {subscriber}",
            )
        entity_is_required = event["entity"] in schema.get("required", ())
        self._require(
            entity_is_required, f"{pointer}/entity", f"{name}: its entity {event['entity']} must be a required field"
        )
        try:
            jsonschema_rs.meta.validate(schema)
        except jsonschema_rs.ValidationError as error:
            at = "".join(f"/{escape(str(part))}" for part in error.instance_path)
            reason = f"{name} has a schema that is not valid: {error.message}"
            raise ContractError(self._source.path, self._source.line_of(f"{pointer}/data{at}"), reason) from error

    def _require(self, holds: bool, pointer: str, reason: str) -> None:
        if not holds:
            raise ContractError(self._source.path, self._source.line_of(pointer), reason)

    def _resolved(self, file: SourceFile, value: Any, pointer: str, inside: tuple[tuple[Path, str], ...]) -> Any:
        """`value` with every `$ref` replaced by what it names."""
        if isinstance(value, list):
            return [self._resolved(file, item, f"{pointer}/{index}", inside) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if not isinstance(value.get("$ref"), str):
            return {key: self._resolved(file, item, f"{pointer}/{escape(key)}", inside) for key, item in value.items()}
        target_file, target = self._target(file, value["$ref"], pointer)
        place = (target_file.path, target)
        if place in inside:
            raise ContractError(file.path, file.line_of(pointer), f"$ref '{value['$ref']}' contains itself")
        resolved = self._resolved(target_file, target_file.at(target), target, (*inside, place))
        rest = {
            key: self._resolved(file, item, f"{pointer}/{escape(key)}", inside)
            for key, item in value.items()
            if key != "$ref"
        }
        return {**resolved, **rest}

    def _target(self, file: SourceFile, reference: str, pointer: str) -> tuple[SourceFile, str]:
        location, _, target = reference.partition("#")
        path = (file.path.parent / location).resolve() if location else file.path
        try:
            found = self._files.setdefault(path, file if path == file.path else read(path))
            if not isinstance(found.at(target), dict):
                raise KeyError(target)
        except (ContractError, KeyError, IndexError, ValueError, TypeError) as error:
            line = file.line_of(f"{pointer}/$ref")
            raise ContractError(file.path, line, f"$ref '{reference}' leads nowhere: check the spelling") from error
        return found, target
