"""Who answers: the choice a developer makes with `tandem route`, and where the instances of a service listen."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from tandem.local.gateway.operations import Operation

_PORTS = {"http": 80, "https": 443}
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}")


@dataclass(frozen=True)
class Target:
    """`live` is the service itself, `mock` the mock server, `url` any other address: the mock passes requests on."""

    kind: Literal["live", "mock", "url"]
    scheme: str = ""
    host: str = ""
    port: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        if text == "live":
            return cls("live")
        if text == "mock":
            return cls("mock")
        return cls._from_url(text)

    @classmethod
    def _from_url(cls, text: str) -> Self:
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError as error:
            raise ValueError(f"{text!r} is not an address: {error}.") from error
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError(f"{text!r} is neither `live`, `mock` nor an address like http://localhost:9000.")
        if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
            raise ValueError(f"{text!r} has more than a host and a port. The path of each request is sent on as it is.")
        return cls("url", parts.scheme, parts.hostname, port or _PORTS[parts.scheme])

    def __str__(self) -> str:
        if self.kind != "url":
            return self.kind
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


LIVE = Target("live")
MOCK = Target("mock")


@dataclass(frozen=True)
class Instance:
    """One running process of a service. Of several versions the first placed is the stable one, the last the canary."""

    service: str
    version: str
    port: int
    admin_port: int

    def __post_init__(self) -> None:
        if not _VERSION.fullmatch(self.version):
            raise ValueError(f"{self.version!r} is not a version: use letters, digits and . _ + -")


@dataclass(frozen=True)
class Routing:
    """`services` and `operations` hold only what differs: else a service is live, an operation as its service."""

    services: Mapping[str, Target] = field(default_factory=dict)
    operations: Mapping[str, Target] = field(default_factory=dict)
    weights: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sticky: frozenset[str] = frozenset()

    def of_service(self, service: str) -> Target:
        return self.services.get(service, LIVE)

    def of_operation(self, operation: Operation) -> Target:
        return self.operations.get(operation.name, self.of_service(operation.service))

    def addresses(self, operations: Iterable[Operation]) -> dict[str, str]:
        """Of the operations that go to somebody else's server, by name."""
        targets = {operation.name: self.of_operation(operation) for operation in operations}
        return {name: str(target) for name, target in targets.items() if target.kind == "url"}

    def send_service(self, service: str, target: Target) -> "Routing":
        """The whole service: what was said before about single operations of it is forgotten."""
        others = {name: kept for name, kept in self.operations.items() if not name.startswith(f"{service}.")}
        services = {name: kept for name, kept in self.services.items() if name != service}
        if target != LIVE:
            services[service] = target
        return replace(self, services=services, operations=others)

    def send_operation(self, operation: Operation, target: Target) -> "Routing":
        others = {name: kept for name, kept in self.operations.items() if name != operation.name}
        if target != self.of_service(operation.service):
            others[operation.name] = target
        return replace(self, operations=others)

    def weigh(self, service: str, weights: Mapping[str, int], *, sticky: bool = False) -> "Routing":
        """`{}` goes back to the stable version alone; sticky keeps each x-user with one version."""
        if any(weight < 0 for weight in weights.values()) or (weights and not sum(weights.values())):
            raise ValueError(f"The weights of {service} must be zero or more, and not all zero.")
        others = {name: kept for name, kept in self.weights.items() if name != service}
        if weights:
            others[service] = dict(weights)
        held = self.sticky - {service}
        return replace(self, weights=others, sticky=held | {service} if sticky else held)

    def dump(self) -> str:
        document = {
            "services": {name: str(target) for name, target in sorted(self.services.items())},
            "operations": {name: str(target) for name, target in sorted(self.operations.items())},
            "weights": {name: dict(weights) for name, weights in sorted(self.weights.items())},
            "sticky": sorted(self.sticky),
        }
        return json.dumps(document, indent=2) + "\n"

    @classmethod
    def load(cls, text: str) -> "Routing":
        document: dict[str, Any] = json.loads(text)
        return cls(
            services={name: Target.parse(target) for name, target in document.get("services", {}).items()},
            operations={name: Target.parse(target) for name, target in document.get("operations", {}).items()},
            weights=document.get("weights", {}),
            sticky=frozenset(document.get("sticky", [])),
        )


def versions(instances: list[Instance]) -> list[str]:
    """In the order they were placed: stable first, canary last."""
    return list(dict.fromkeys(instance.version for instance in instances))
