"""Objects and lists: the members they may have, must have and may not have, beside the catalogue."""

import pytest

from tandem.spec.diff.changes import Direction
from tests.spec.diff.asking import REQUEST, RESPONSE, Ask, Json

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
A, AB = {"a": TEXT}, {"a": TEXT, "b": TEXT}
CLOSED: Json = {"additionalProperties": False}


def _object(properties: Json, **words: Json) -> Json:
    return {"type": "object", "properties": properties, **words}


def test_a_required_property_that_counts_among_the_others_may_be_missing(ask: Ask) -> None:
    base, revision = _object(AB, required=["b"], additionalProperties=TEXT), _object(A, additionalProperties=TEXT)
    assert ask.breaks(RESPONSE, base, revision) == ["required-property-removed"]
    assert ask.breaks(REQUEST, base, revision) == []


def test_a_required_property_of_a_closed_object_that_is_gone_breaks_everybody(ask: Ask) -> None:
    base, revision = _object(AB, required=["b"], **CLOSED), _object(A, **CLOSED)
    assert ask.breaks(REQUEST, base, revision) == ["property-refused"]
    assert ask.breaks(RESPONSE, base, revision) == ["required-property-removed"]


def test_a_name_that_counts_among_the_others_changes_with_them(ask: Ask) -> None:
    base, revision = _object(AB, additionalProperties=NUMBER), _object(A, additionalProperties=NUMBER)
    assert ask.breaks(REQUEST, base, revision) == ["type-refused"]
    assert ask.breaks(RESPONSE, base, revision) == ["type-accepted"]


@pytest.mark.parametrize(
    ("word", "unseen", "seen"), [("readOnly", REQUEST, RESPONSE), ("writeOnly", RESPONSE, REQUEST)]
)
class TestSeenOnOneSide:
    def test_changes_inside_a_hidden_object_are_silent(
        self, ask: Ask, word: str, unseen: Direction, seen: Direction
    ) -> None:
        base, revision = {"b": _object({}, **{word: True})}, {"b": _object({}, required=["a"], **{word: True})}
        assert ask.schemas(unseen, _object(base), _object(revision)) == []
        assert ask.schemas(seen, _object(base), _object(revision))

    def test_a_hidden_property_is_not_required(self, ask: Ask, word: str, unseen: Direction, seen: Direction) -> None:
        hidden = {"b": {**TEXT, word: True}}
        assert ask.schemas(unseen, _object(hidden), _object(hidden, required=["b"])) == []
        assert ask.schemas(seen, _object(hidden), _object(hidden, required=["b"]))

    def test_a_required_property_that_shows_itself_is_required_now(
        self, ask: Ask, word: str, unseen: Direction, seen: Direction
    ) -> None:
        base = _object({"b": {**TEXT, word: True}}, required=["b"])
        revision = _object({"b": TEXT}, required=["b"])
        assert ask.schemas(REQUEST, base, revision) == (
            [("required-property-added", "breaking", "request")] if unseen is REQUEST else []
        )

    def test_a_property_that_hides_itself_is_gone(
        self, ask: Ask, word: str, unseen: Direction, seen: Direction
    ) -> None:
        base, revision = _object({"b": TEXT}), _object({"b": {**TEXT, word: True}})
        rule = ("property-unknown", "warning") if unseen is REQUEST else ("property-removed", "breaking")
        assert ask.schemas(unseen, base, revision) == [(*rule, unseen)]
        assert ask.schemas(seen, base, revision) == []


def test_a_value_that_is_only_read_is_checked_when_a_client_sends_it_back(ask: Ask) -> None:
    base, revision = {"b": {**TEXT, "readOnly": True}}, {"b": {**TEXT, "readOnly": True, "pattern": "^a"}}
    assert ask.breaks(REQUEST, _object(base), _object(revision)) == ["pattern-added"]
    assert ask.breaks(REQUEST, _object(revision), _object(base)) == []


def test_a_value_that_is_only_sent_never_comes_back(ask: Ask) -> None:
    base, revision = {"b": {**TEXT, "writeOnly": True, "enum": ["a"]}}, {"b": {**TEXT, "writeOnly": True}}
    assert ask.schemas(RESPONSE, _object(base), _object(revision)) == []
