"""Numbers and texts: what their bounds, lists, steps and forms let through, beside the catalogue."""

from tests.spec.diff.asking import RESPONSE, Ask, Json

TEXT: Json = {"type": "string"}


def test_an_extensible_list_may_gain_values_that_readers_were_told_of(ask: Ask) -> None:
    base = {**TEXT, "enum": ["a"], "x-extensible-enum": True}
    assert ask.schemas(RESPONSE, base, {**base, "enum": ["a", "b"]}) == []


def test_an_encoding_that_is_told_of_for_the_first_time_is_noted(ask: Ask) -> None:
    assert ask.schemas(RESPONSE, TEXT, {**TEXT, "contentEncoding": "base64"}) == [("encoding-changed", "note", "")]


def test_a_pattern_that_python_cannot_read_refuses_no_listed_value(ask: Ask) -> None:
    listed = {**TEXT, "enum": ["a"]}
    assert ask.breaks(RESPONSE, {**listed, "pattern": r"^\p{L}+$"}, listed) == []
