"""What Schemathesis cannot know of our formats and rules. Loaded by its own process (see schemathesis.toml)."""

import os
from datetime import UTC, datetime
from itertools import count
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, CheckContext, HookContext, Response

_BREACHES = {"/problems/invalid-request", "/problems/malformed-request"}
_SUPPORT = {"Authorization": f"Bearer {os.environ['SUPPORT_TOKEN']}"}
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
    if not _is_valid(case):
        return
    attempt = next(_attempts)
    # The contracts' one example of a key would make most cases repeats of another.
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"attempt-{attempt}"
    if attempt % 4 == 0:
        return
    if case.operation.definition.raw["operationId"] == "unfreezeCard" and (frozen := _frozen_card(case)):
        case.path_parameters["card_id"] = frozen
    if "If-Match" in case.headers and (etag := _newest(case)):
        case.headers["If-Match"] = etag
    if isinstance(case.body, dict):
        _complete(case.body)


def _complete(body: dict[str, Any]) -> None:
    """All accounts of the scenarios are in SEK, and money that came in came in by now."""
    if "amount" in body:
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


def _is_valid(case: Case[Any]) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive
