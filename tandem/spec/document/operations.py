"""The operations of any document, as far as they can be made out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tandem.kit.contract.source import escape
from tandem.spec.document.document import Document
from tandem.spec.document.loose import as_list, as_mapping, as_text
from tandem.spec.document.shape import ALL_METHODS


@dataclass(frozen=True)
class Located:
    """A part with its references followed, and where it stands."""

    value: Mapping[str, Any]
    pointer: str


@dataclass(frozen=True, eq=False)
class Operation:
    """`path` is the name of the event for a webhook, which the service sends instead of answering it."""

    document: Document
    method: str
    path: str
    pointer: str
    definition: Mapping[str, Any]
    is_webhook: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}" if not self.is_webhook else f"webhook {self.path}"

    @property
    def id(self) -> str:
        return as_text(self.definition.get("operationId"))

    @property
    def summary(self) -> str:
        return as_text(self.definition.get("summary"))

    @property
    def description(self) -> str:
        return as_text(self.definition.get("description"))

    @property
    def tags(self) -> list[str]:
        return [tag for tag in as_list(self.definition.get("tags")) if isinstance(tag, str)]

    @cached_property
    def parameters(self) -> list[Located]:
        """Those of the path and then its own; its own of the same name win."""
        holder = self.pointer.rpartition("/")[0]
        shared, _ = self.document.resolved(self.document.at(holder), holder)
        found: dict[tuple[Any, Any], Located] = {}
        for at, raw in [
            *((f"{holder}/parameters/{n}", one) for n, one in enumerate(as_list(as_mapping(shared).get("parameters")))),
            *((f"{self.pointer}/parameters/{n}", o) for n, o in enumerate(as_list(self.definition.get("parameters")))),
        ]:
            one = self._located(raw, at)
            found[str(one.value.get("in")), str(one.value.get("name"))] = one
        return list(found.values())

    @cached_property
    def body(self) -> Located | None:
        raw = self.definition.get("requestBody")
        return self._located(raw, f"{self.pointer}/requestBody") if isinstance(raw, Mapping) else None

    @cached_property
    def responses(self) -> dict[str, Located]:
        return {
            status: self._located(raw, f"{self.pointer}/responses/{escape(status)}")
            for status, raw in as_mapping(self.definition.get("responses")).items()
            if not status.startswith("x-")
        }

    @property
    def successes(self) -> dict[str, Located]:
        return {status: response for status, response in self.responses.items() if status.startswith("2")}

    @property
    def security(self) -> list[Mapping[str, Any]]:
        """What is asked of the caller, one of several ways; none when anybody may call."""
        own = self.definition.get("security", self.document.data.get("security"))
        return [as_mapping(one) for one in as_list(own)]

    def takes(self, location: str, name: str) -> bool:
        return any(
            one.value.get("in") == location and str(one.value.get("name")).lower() == name.lower()
            for one in self.parameters
        )

    def media(self, holder: Located) -> Iterator[tuple[str, Located]]:
        for name, raw in as_mapping(holder.value.get("content")).items():
            yield name, Located(as_mapping(raw), f"{holder.pointer}/content/{escape(name)}")

    def schema(self, holder: Located) -> Located | None:
        """The schema beside it, with its reference followed."""
        raw = holder.value.get("schema")
        return self._located(raw, f"{holder.pointer}/schema") if isinstance(raw, Mapping) else None

    def _located(self, raw: Any, pointer: str) -> Located:
        value, at = self.document.resolved(raw, pointer)
        return Located(as_mapping(value), at)


def operations(document: Document) -> Iterator[Operation]:
    for group in ("paths", "webhooks"):
        for path, item in as_mapping(document.data.get(group)).items():
            for method, definition in as_mapping(item).items():
                if method in ALL_METHODS and isinstance(definition, Mapping):
                    pointer = f"/{group}/{escape(path)}/{method}"
                    yield Operation(document, method.upper(), path, pointer, definition, group == "webhooks")
