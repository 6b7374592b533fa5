"""What the gateway knows of a contract: which service answers which method on which path."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tandem.spec.manifest import Manifest

_PARAMETER = re.compile(r"\{[^{}/]+\}")


@dataclass(frozen=True)
class Operation:
    service: str
    operation_id: str
    method: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.service}.{self.operation_id}"

    @property
    def is_safe(self) -> bool:
        return self.method.upper() in {"GET", "HEAD"}


def operations_of(manifest: Manifest) -> list[Operation]:
    return [
        Operation(name, operation.id, operation.method, operation.path)
        for name, service in manifest.services.items()
        for operation in service.contract.operations
    ]


def path_match(path: str) -> dict[str, object]:
    """The whole path and nothing but it; a parameter is one segment, or part of one, that is not empty."""
    if "{" not in path:
        return {"path": path}
    literals = _PARAMETER.split(path)
    return {"safe_regex": {"regex": "[^/]+".join(re.escape(text) for text in literals)}}


def most_literal_first(paths: Iterable[str]) -> list[str]:
    """`/customers/search` before `/customers/{id}`, so that a parameter never swallows a name."""
    return sorted(set(paths), key=lambda path: ([_looseness(segment) for segment in path.split("/")], path))


def _looseness(segment: str) -> tuple[int, int]:
    parameters = len(_PARAMETER.findall(segment))
    return (parameters, -len(_PARAMETER.sub("", segment)) if parameters else 0)
