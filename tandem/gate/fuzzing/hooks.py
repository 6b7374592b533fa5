"""What Schemathesis cannot know of our formats and rules. Loaded by its own process (see schemathesis.toml)."""

# ruff: noqa: ARG001 - the signatures are those of Schemathesis

import os
import re
from datetime import UTC, datetime
from itertools import count
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, CheckContext, HookContext, Response

_BREACHES = {"/problems/invalid-request", "/problems/malformed-request"}
# Words of Python, of the driver and of SQL that no client has a use for.
_INSIDES = re.compile(
    r"Traceback \(most recent call last\)|File \"[^\"]+\", line \d+|asyncpg|psycopg|sqlalchemy|/services/\w+/|"
    r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM) \w+|relation \\?\"\w+|\w+Error\(",
)
_OF_HTTP = frozenset(
    {"allow", "cache-control", "connection", "content-disposition", "content-encoding", "content-language",
     "content-length", "content-type", "date", "keep-alive", "server", "transfer-encoding", "vary", "via",
     "www-authenticate", "x-request-id", "traceparent"}
)  # fmt: skip
_OF_OUR_MOCK = "tandem-"
_SUPPORT = {"Authorization": f"Bearer {os.environ['SUPPORT_TOKEN']}"}
# What is sent again is sent as it was.
_REPLAYING = os.environ.get("TANDEM_REPLAYING") == "1"
_attempts = count(1)


def _with_check_digit(digits: str) -> str:
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(digits)]
    return digits + str(-sum(number // 10 + number % 10 for number in doubled) % 10)


schemathesis.openapi.format(
    "organisation-number", st.from_regex(r"[0-9]{9}", fullmatch=True, alphabet="0123456789").map(_with_check_digit)
)


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """What a caller would know, and a schema cannot say; every fourth case goes without it."""
    if _REPLAYING or not _is_valid(case):
        return
    attempt = next(_attempts)
    # The contracts' one example of a key would make most cases repeats of another.
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"attempt-{attempt}"
    if attempt % 4 == 0:
        return
    if case.operation.definition.raw.get("operationId") == "unfreezeCard" and (frozen := _frozen_card(case)):
        case.path_parameters["card_id"] = frozen
    if "If-Match" in case.headers and (etag := _newest(case)):
        case.headers["If-Match"] = etag
    if isinstance(case.body, dict):
        _complete(case.body)


def _complete(body: dict[str, Any]) -> None:
    """All accounts of the scenarios are in SEK, and money that came in came in by now."""
    if isinstance(body.get("amount"), dict):
        body["amount"]["currency"] = "SEK"
    if "received_on" in body:
        body["received_on"] = datetime.now(UTC).date().isoformat()


def _newest(case: Case[Any]) -> str | None:
    return _get(case, case.formatted_path.removesuffix("/credit-limit")).headers.get("ETag")


def _frozen_card(case: Case[Any]) -> str | None:
    items = _get(case, "/v1/cards?status=frozen&limit=1").json()["items"]
    return items[0]["id"] if items else None


def _get(case: Case[Any], path: str) -> requests.Response:
    return requests.get(f"{case.operation.base_url.rstrip('/')}/{path.lstrip('/')}", headers=_SUPPORT, timeout=10)


@schemathesis.check
def valid_data_is_understood(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """A refusal of valid data names a rule of the business; it never says that the contract was not kept."""
    if _is_valid(case) and response.status_code in (400, 422):
        problem = response.json()["type"]
        assert problem not in _BREACHES, f"data that is valid by the contract was refused as {problem}"


@schemathesis.check
def error_keeps_its_secrets(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """Whoever provokes an error learns nothing of what the service is made of."""
    if response.status_code >= 400 and (found := _INSIDES.search(response.text)):
        raise AssertionError(f"its {response.status_code} answer shows the inside of the service: {found[0]!r}")


@schemathesis.check
def header_is_documented(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """A header that clients come to rely on is part of the contract; those of HTTP itself need no word."""
    documented = _documented_headers(case, response.status_code)
    unknown = sorted(
        name for name in response.headers if name not in _OF_HTTP | documented and not name.startswith(_OF_OUR_MOCK)
    )
    assert not unknown, f"its {response.status_code} answer has headers that the contract does not list: {unknown}"


def _documented_headers(case: Case[Any], status: int) -> set[str]:
    document = case.operation.schema.raw_schema
    answers = case.operation.definition.raw.get("responses", {})
    answer = _followed(document, answers.get(str(status)) or answers.get("default") or {})
    return {name.lower() for name in answer.get("headers", {})}


def _followed(document: Any, part: Any) -> Any:
    while isinstance(part, dict) and "$ref" in part:
        target = document
        for key in part["$ref"].removeprefix("#/").split("/"):
            target = target[key.replace("~1", "/").replace("~0", "~")]
        part = target
    return part


def _is_valid(case: Case[Any]) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive
