"""The contract that a running service shows, and whether each of its operations is there."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from http import HTTPStatus
from typing import Any

import httpx

from tandem.gate.service.running import Running
from tandem.gate.service.running import published as ask
from tandem.gate.verdict import Finding, fingerprint
from tandem.kit.contract import Contract, Operation
from tandem.kit.problems import MEDIA_TYPE, NotFound
from tandem.local.trouble import Trouble
from tandem.spec.document import as_mapping

_PATIENCE_SECONDS = 5.0
_NOBODY = NotFound("").type
_PLACEHOLDER = re.compile(r"\{[^}]*\}")


def published(running: Running, contract: Contract) -> list[Finding]:
    answer = ask(running.url)
    try:
        document = answer.json()
    except ValueError:
        document = None
    if answer.status_code != 200 or not isinstance(document, dict):
        title = f"The service does not show its contract: GET /openapi.json answers {_shown(answer)}."
    elif document == contract.document:
        return []
    else:
        title = f"The service runs with another contract: {_difference(contract.document, document)}."
    return [
        Finding(
            fingerprint("contract", contract.title, "published"),
            title,
            f"{running.url}/openapi.json",
            "Whoever reads it there is told something else than what was reviewed.",
            "Deploy the service together with this contract.",
            f"curl {running.url}/openapi.json",
        )
    ]


def _difference(ours: Any, theirs: Any, at: str = "") -> str:
    """The first place where they part."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in [*ours, *(key for key in theirs if key not in ours)]:
            if ours.get(key) != theirs.get(key):
                if key not in theirs or key not in ours:
                    return f"{at}/{key} is only {'here' if key in ours else 'there'}"
                return _difference(ours[key], theirs[key], f"{at}/{key}")
    return f"at {at or 'its top'} it says {str(theirs)[:60]!r} where ours says {str(ours)[:60]!r}"


def bound(running: Running, contract: Contract, untested: Container[str] = ()) -> list[Finding]:
    """Asked without a token, so that nothing happens: who is not let in has found a door."""
    return list(_unbound(running, [one for one in contract.operations if one.id not in untested]))


def _unbound(running: Running, operations: Iterable[Operation]) -> Iterator[Finding]:
    with httpx.Client(base_url=running.url, timeout=_PATIENCE_SECONDS) as client:
        for operation in operations:
            try:
                answer = client.request(operation.method, _PLACEHOLDER.sub("1", operation.path))
            except httpx.HTTPError as error:
                raise Trouble(f"{operation.method} {operation.path} is not answered: {error}") from error
            if answer.status_code in (404, 405, 501) and not _is_its_own(operation, answer):
                yield _missing(running, operation, answer)


def _is_its_own(operation: Operation, answer: httpx.Response) -> bool:
    """Where no token is needed, the operation itself says that there is no such thing, in words of its own."""
    is_problem = answer.headers.get("content-type", "").startswith(MEDIA_TYPE)
    if operation.scopes is not None or answer.status_code != HTTPStatus.NOT_FOUND or not is_problem:
        return False
    try:
        return bool(as_mapping(answer.json()).get("type", _NOBODY) != _NOBODY)
    except ValueError:
        return False


def _missing(running: Running, operation: Operation, answer: httpx.Response) -> Finding:
    return Finding(
        fingerprint("contract", operation.id, "bound"),
        f"{operation.method} {operation.path} is in the contract and not in the service: it answers {_shown(answer)}.",
        f"{operation.method} {operation.path}",
        "Asked without a token, an operation that is there says 401.",
        f"Bind a handler to {operation.id}, or deploy the version that has it.",
        f"curl -i -X {operation.method} {running.url}{_PLACEHOLDER.sub('1', operation.path)}",
    )


def _shown(answer: httpx.Response) -> str:
    kind = answer.headers.get("content-type", "no content type").partition(";")[0]
    return f"{answer.status_code} ({kind})"
