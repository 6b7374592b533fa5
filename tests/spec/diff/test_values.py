"""Schemas by chance: what the diff says of them, against what a validator lets through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from jsonschema_rs import Draft202012Validator

from tandem.spec.diff.changes import Direction
from tests.spec.diff.asking import REQUEST, RESPONSE, Ask, Json, document
from tests.spec.diff.chance import Chance

_PAIRS = 40
_VALUES = 30


class Case(NamedTuple):
    base: Json
    revision: Json
    findings: list[str]


def _operation(schema: Json, direction: Direction) -> Json:
    content = {"content": {"application/json": {"schema": schema}}}
    if direction is REQUEST:
        return {"requestBody": content, "responses": {"200": {"description": ""}}}
    return {"responses": {"200": {"description": "", **content}}}


def judged(ask: Ask, pairs: list[tuple[Json, Json]], direction: Direction, *, worst: str) -> list[Case]:
    """Each pair with the rules that break, or that change anything; one document is compared, not one for each."""
    sides = (
        document({f"/{index}": {"post": _operation(pair[side], direction)} for index, pair in enumerate(pairs)})
        for side in (0, 1)
    )
    found: dict[str, list[str]] = {f"POST /{index}": [] for index in range(len(pairs))}
    for finding in ask.diff(*sides).findings:
        if worst == "note" or finding.grade != "note":
            for operation in finding.operations:
                found[operation].append(finding.rule)
    return [Case(*pair, rules) for pair, rules in zip(pairs, found.values(), strict=True)]


def _decided(schema: Json) -> bool:
    """A `oneOf` inside another union is taken for an `anyOf`: nobody counts there."""
    inside = [one for word in ("anyOf", "oneOf", "allOf") for one in schema.get(word, ())]
    if any("oneOf" in each for one in inside for each in _below(one)):
        return False
    members = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return all(map(_decided, [*inside, *members]))


def _below(schema: Json) -> Iterator[Json]:
    yield schema
    for word in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(word, ()):
            yield from _below(one)


def missed(cases: list[Case], direction: Direction, chance: Chance) -> Iterator[tuple[Case, Json]]:
    """A value that one side accepts and the other refuses, where the diff says that this cannot be."""
    values = chance.values(_VALUES)
    for case in cases:
        if case.findings or not (_decided(case.base) and _decided(case.revision)):
            continue
        wide, narrow = (case.base, case.revision) if direction is REQUEST else (case.revision, case.base)
        accepts, still = Draft202012Validator(wide), Draft202012Validator(narrow)
        tried = [*values, *(chance.near(wide) for _ in range(_VALUES))]
        yield from ((case, value) for value in tried if accepts.is_valid(value) and not still.is_valid(value))


@pytest.mark.parametrize("direction", [REQUEST, RESPONSE])
def test_what_breaks_nobody_refuses_nothing_that_was_sent_and_sends_nothing_new(ask: Ask, direction: Direction) -> None:
    silent = 0
    for seed in range(20):
        chance = Chance(seed)
        pairs = [chance.pair() for _ in range(_PAIRS)]
        cases = judged(ask, pairs, direction, worst="breaking")
        assert next(missed(cases, direction, chance), None) is None, seed
        silent += sum(not case.findings for case in cases)
    assert silent > 150


def test_a_diff_that_says_nothing_is_found_out() -> None:
    chance = Chance(1)
    cases = [Case(*chance.pair(), []) for _ in range(_PAIRS)]
    assert next(missed(cases, REQUEST, chance), None) is not None


@pytest.mark.parametrize("direction", [REQUEST, RESPONSE])
def test_equal_schemas_in_other_words_are_silent(ask: Ask, direction: Direction) -> None:
    for seed in range(10):
        chance = Chance(seed)
        schemas = [chance.schema(2) for _ in range(_PAIRS)]
        pairs = [(schema, chance.respelled(schema)) for schema in schemas if _decided(schema)]
        assert [case for case in judged(ask, pairs, direction, worst="note") if case.findings] == [], seed


def test_a_schema_and_itself_are_silent(ask: Ask) -> None:
    for seed in range(10):
        chance = Chance(seed)
        pairs = [(schema, schema) for schema in (chance.schema(3) for _ in range(_PAIRS))]
        for direction in Direction:
            assert [case for case in judged(ask, pairs, direction, worst="note") if case.findings] == [], seed
