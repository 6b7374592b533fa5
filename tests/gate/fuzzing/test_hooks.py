"""What Schemathesis is taught of our rules; in its own process it is loaded by the run."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field, replace
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.gate.strange_servers import saying

_PROBLEM = {"type": "/problems/invalid-request"}


def _loaded(*, replaying: bool = False) -> ModuleType:
    """Anew, as each run of Schemathesis does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUPPORT_TOKEN", "token")
        patch.setenv("TANDEM_REPLAYING", "1" if replaying else "0")
        return importlib.reload(importlib.import_module("tandem.gate.fuzzing.hooks"))


@pytest.fixture
def hooks() -> ModuleType:
    return _loaded()


@dataclass
class Sent:
    """As much of a case as the hooks look at."""

    base_url: str = "http://127.0.0.1:1"
    operation_id: str = "getCard"
    positive: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    formatted_path: str = "/v1/cards/1"
    path_parameters: dict[str, str] = field(default_factory=lambda: {"card_id": "1"})
    responses: dict[str, Any] = field(default_factory=dict)

    @property
    def meta(self) -> Any:
        return SimpleNamespace(generation=SimpleNamespace(mode=SimpleNamespace(is_positive=self.positive)))

    @property
    def operation(self) -> Any:
        raw = {"operationId": self.operation_id, "responses": self.responses}
        document: dict[str, Any] = {"components": {"responses": {"a/b": {"headers": {"ETag": {}}}}}}
        schema = SimpleNamespace(raw_schema=document)
        return SimpleNamespace(base_url=self.base_url, definition=SimpleNamespace(raw=raw), schema=schema)


@dataclass
class Answered:
    status_code: int = 200
    document: Any = None
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return self.document


def _call(hooks: ModuleType, sent: Sent) -> Sent:
    hooks.before_call(None, sent, {})
    return sent


def _json(body: bytes, *headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 200 OK", b"content-length: %d" % len(body), b"connection: close", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _in_euros() -> Sent:
    return Sent(body={"amount": {"currency": "EUR"}, "received_on": "1900-01-01"})


def test_what_a_caller_would_know_is_filled_in(hooks: ModuleType) -> None:
    sent = _call(hooks, _in_euros())
    assert sent.body["amount"]["currency"] == "SEK"
    assert sent.body["received_on"] > "2026"


def test_keys_differ_from_attempt_to_attempt(hooks: ModuleType) -> None:
    keys = [_call(hooks, Sent(headers={"Idempotency-Key": "same"})).headers["Idempotency-Key"] for _ in range(5)]
    assert keys == ["attempt-1", "attempt-2", "attempt-3", "attempt-4", "attempt-5"]


def test_an_amount_that_is_no_money_is_left_alone(hooks: ModuleType) -> None:
    assert _call(hooks, Sent(body={"amount": 5})).body == {"amount": 5}


def test_every_fourth_case_goes_without(hooks: ModuleType) -> None:
    sent = [_call(hooks, _in_euros()).body["amount"]["currency"] for _ in range(8)]
    assert sent == ["SEK", "SEK", "SEK", "EUR"] * 2


def test_invalid_cases_are_sent_as_they_are(hooks: ModuleType) -> None:
    sent = replace(_in_euros(), positive=False)
    assert _call(hooks, sent).body["amount"]["currency"] == "EUR"


def test_replayed_cases_are_sent_as_they_were() -> None:
    assert _call(_loaded(replaying=True), _in_euros()).body["amount"]["currency"] == "EUR"


def test_newest_version_is_sent_where_one_is_asked_for(hooks: ModuleType) -> None:
    with saying(_json(b"{}", b'etag: "7"')) as url:
        assert _call(hooks, Sent(url, headers={"If-Match": '"1"'})).headers == {"If-Match": '"7"'}
    with saying(_json(b"{}")) as url:
        assert _call(hooks, Sent(url, headers={"If-Match": '"1"'})).headers == {"If-Match": '"1"'}


def test_frozen_card_is_found_to_unfreeze(hooks: ModuleType) -> None:
    with saying(_json(b'{"items": [{"id": "crd_frozen"}]}')) as url:
        assert _call(hooks, Sent(url, "unfreezeCard")).path_parameters == {"card_id": "crd_frozen"}
    with saying(_json(b'{"items": []}')) as url:
        assert _call(hooks, Sent(url, "unfreezeCard")).path_parameters == {"card_id": "1"}


@pytest.mark.parametrize("digits", ["556677889", "000000000", "999999999", "123456789"])
def test_organisation_numbers_have_their_check_digit(hooks: ModuleType, digits: str) -> None:
    number = hooks._with_check_digit(digits)
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(number)]
    assert sum(one // 10 + one % 10 for one in doubled) % 10 == 0


def test_valid_data_that_is_called_invalid_is_found(hooks: ModuleType) -> None:
    with pytest.raises(AssertionError, match="refused as /problems/invalid-request"):
        hooks.valid_data_is_understood(None, Answered(422, _PROBLEM), Sent())
    hooks.valid_data_is_understood(None, Answered(422, {"type": "/problems/too-late"}), Sent())
    hooks.valid_data_is_understood(None, Answered(422, _PROBLEM), Sent(positive=False))
    hooks.valid_data_is_understood(None, Answered(409, _PROBLEM), Sent())


@pytest.mark.parametrize(
    "text",
    [
        "Traceback (most recent call last)",
        'File "/app/main.py", line 3',
        "SELECT id FROM cards",
        'relation "cards" does not exist',
        "KeyError('id')",
    ],
)
def test_error_that_shows_the_inside_is_found(hooks: ModuleType, text: str) -> None:
    with pytest.raises(AssertionError, match="its 500 answer shows the inside of the service"):
        hooks.error_keeps_its_secrets(None, Answered(500, text=text), Sent())
    hooks.error_keeps_its_secrets(None, Answered(200, text=text), Sent())
    hooks.error_keeps_its_secrets(None, Answered(404, text="Please select another card."), Sent())


def test_header_that_no_contract_lists_is_found(hooks: ModuleType) -> None:
    listed = Sent(responses={"200": {"$ref": "#/components/responses/a~1b"}})
    hooks.header_is_documented(None, Answered(headers={"etag": "1", "date": "now", "tandem-mock": "yes"}), listed)
    with pytest.raises(AssertionError, match=r"200 answer has headers that the contract does not list: \['x-worker'\]"):
        hooks.header_is_documented(None, Answered(headers={"etag": "1", "x-worker": "7"}), listed)
    with pytest.raises(AssertionError, match="etag"):
        hooks.header_is_documented(None, Answered(headers={"etag": "1"}), Sent())
