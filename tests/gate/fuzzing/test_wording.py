"""A failure as a sentence that names the fault."""

from __future__ import annotations

import pytest

from tandem.gate.fuzzing.observed import Failure
from tandem.gate.fuzzing.wording import fix, title


def _failure(code: str, message: str = "It is so.\nMore.", heading: str = "Something Else") -> Failure:
    return Failure("GET /v1/cards", "check", code, heading, message, "abc", 418, "")


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        ("ST101", "", "GET /v1/cards answers 418: the server broke."),
        ("ST105", "No.\nReceived: text/plain\nDocumented: x", "does not list (text/plain)."),
        ("ST105", "Malformed type.", "does not list (Malformed type)."),
        ("ST107", "Missing:\n- `ETag`\n- `Location`", "that its contract requires (ETag, Location)."),
        ("ST203", "Missing the 'If-Match' header", "that its contract requires (If-Match)."),
        ("ST901", "its 422 answer shows the inside.\nMore", "GET /v1/cards: its 422 answer shows the inside."),
        ("ST999", "It is so.\nMore.", "GET /v1/cards: something Else. It is so"),
    ],
)
def test_sentence_says_what_is_wrong_with_which_operation(code: str, message: str, said: str) -> None:
    assert title(_failure(code, message)).endswith(said)


def test_advice_is_given_where_there_is_any() -> None:
    assert fix(_failure("ST101")).startswith("Find the reason in the service's log")
    assert fix(_failure("ST999")) == ""
