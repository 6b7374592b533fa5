"""A task definition, and the next revision of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tandem.deploy.documents import Document
from tandem.local.trouble import Refused

# An image says its version itself; what infra/ set for the first one would be wrong from the second on.
_OUTDATED = "TANDEM_VERSION"


@dataclass(frozen=True, slots=True)
class LogStream:
    group: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Definition:
    document: Document
    tags: tuple[Document, ...]

    @property
    def arn(self) -> str:
        return str(self.document["taskDefinitionArn"])

    @property
    def name(self) -> str:
        return f"{self.document['family']}:{self.document['revision']}"

    @property
    def registered_by(self) -> str:
        return str(self.document.get("registeredBy", "somebody whom AWS does not name"))

    def image_of(self, container: str) -> str:
        return str(self._container(container)["image"])

    def stream_of(self, container: str) -> LogStream | None:
        options = self._container(container).get("logConfiguration", {}).get("options", {})
        group, prefix = options.get("awslogs-group"), options.get("awslogs-stream-prefix")
        return LogStream(group, prefix) if group and prefix else None

    def next_with(self, container: str, image: str, accepted: frozenset[str]) -> dict[str, Any]:
        """What is registered: all of `accepted` that this one has, with another image."""
        self._container(container)
        containers = [
            _released(one, image) if one["name"] == container else one for one in self.document["containerDefinitions"]
        ]
        kept = {name: value for name, value in self.document.items() if name in accepted}
        tags = {"tags": list(self.tags)} if self.tags else {}
        return {**kept, "containerDefinitions": containers, **tags}

    def _container(self, name: str) -> Document:
        named: dict[str, Document] = {one["name"]: one for one in self.document["containerDefinitions"]}
        if name not in named:
            raise Refused(f"The task definition {self.name} has no container {name}, only {', '.join(named)}.")
        return named[name]


def _released(container: Document, image: str) -> dict[str, Any]:
    environment = [one for one in container.get("environment", []) if one["name"] != _OUTDATED]
    return {**container, "image": image, "environment": environment}
