"""The system's Chromium, and the API as the contracts' own examples answer it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Route

from tandem.kit.contract import Contract, Operation
from tandem.kit.contract.operations import lookup
from tandem.spec.manifest import load_manifest
from tests.architecture.project import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ORIGIN = "http://app.test"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}


def chromium() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert found, "The browser tests need Chromium: install the package `chromium`."
    return found


@dataclass
class Canned:
    """One origin with the app's files and every operation; `instead` answers an operation by its id."""

    files: Path
    instead: dict[str, Callable[[Route], Any]] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    async def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if not route.request.url.startswith(ORIGIN):
            await route.abort()
        elif path.startswith("/v1/"):
            await self._operation(route, path)
        else:
            file = self.files / (path.strip("/") or "index.html")
            await route.fulfill(body=file.read_text(), content_type=_TYPES[file.suffix])

    async def _operation(self, route: Route, path: str) -> None:
        contract, operation = _find(route.request.method, path)
        self.asked.append((operation.id, route.request.headers.get("x-tandem-scenario")))
        if operation.id in self.instead:
            await self.instead[operation.id](route)
        else:
            examples = _examples(contract, operation)
            scenario = route.request.headers.get("x-tandem-scenario", "healthy")
            value = examples.get(scenario, next(iter(examples.values())))["value"]
            await route.fulfill(status=operation.success.status, json=value)


async def problem(route: Route, status: int = 503) -> None:
    said = {
        "type": "/problems/unavailable",
        "title": "Not available just now",
        "status": status,
        "detail": "The database is not answering.",
        "request_id": "2f1d7c3e9a624b5c",
    }
    await route.fulfill(status=status, body=json.dumps(said), content_type="application/problem+json")


def _find(method: str, path: str) -> tuple[Contract, Operation]:
    for contract in _contracts():
        for operation in contract.operations:
            if operation.method == method and _fits(operation.path, path):
                return contract, operation
    raise LookupError(f"{method} {path}")


@cache
def _contracts() -> list[Contract]:
    return [service.contract for service in load_manifest(ROOT / "contracts").services.values()]


def _fits(template: str, path: str) -> bool:
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(w.startswith("{") or w == g for w, g in zip(wanted, given, strict=True))


def _examples(contract: Contract, operation: Operation) -> dict[str, Any]:
    spoken = contract.document["paths"][operation.path][operation.method.lower()]
    response = spoken["responses"][str(operation.success.status)]
    if "$ref" in response:
        response = lookup(contract.document, response["$ref"])
    examples: dict[str, Any] = response["content"]["application/json"]["examples"]
    return examples
