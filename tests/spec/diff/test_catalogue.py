"""Pairs of schemas and of operations, by what lies between them. In `cases/`, so that they read as contracts do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.spec.diff.asking import (
    REQUEST,
    RESPONSE,
    Ask,
    Json,
    assert_narrows,
    assert_same,
    assert_shifts,
    one_operation,
    with_answer,
    with_body,
)

CASES = Path(__file__).parent / "cases"
SHARED: Json = {
    "schemas": {"Thing": {"type": "object", "required": ["a"]}},
    "securitySchemes": {
        "token": {"type": "http", "scheme": "bearer"},
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "other_key": {"type": "apiKey", "in": "header", "name": "X-Other"},
        "sign_in": {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "https://a.example", "scopes": {}}}},
    },
}


def _cases(kind: str) -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        content = yaml.safe_load(path.read_text())
        assert content.keys() <= {"narrower", "shifted", "equal", "agreed", "upgraded"}
        for name, values in content.get(kind, {}).items():
            yield pytest.param(*values, id=f"{path.stem}: {name}")


def _operations() -> Iterator[Any]:
    for path in sorted((CASES / "operations").glob("*.yaml")):
        for name, values in yaml.safe_load(path.read_text()).items():
            yield pytest.param(*values, id=f"{path.stem}: {name}")


@pytest.mark.parametrize(("base", "revision", "there", "back"), [*_operations()])
def test_operations_differ_in_what_is_said_there_and_back(
    ask: Ask, base: Json, revision: Json, there: str, back: str
) -> None:
    one, other = (one_operation(each, components=SHARED) for each in (base, revision))
    for told, sides in ((there, (one, other)), (back, (other, one))):
        found = [f"{rule} {grade}" for rule, grade, _ in ask.documents(*sides)]
        assert ("; ".join(found) or "silent") == told


@pytest.mark.parametrize(("old", "new"), [*_cases("upgraded")])
def test_a_document_that_moves_from_3_0_to_3_1_is_the_same_document(ask: Ask, old: Json, new: Json) -> None:
    for around in (with_body, with_answer):
        base, revision = around(old, openapi="3.0.3", components=SHARED), around(new, components=SHARED)
        assert ask.documents(base, revision) == []
        assert ask.documents(revision, base) == []


@pytest.mark.parametrize(("wider", "narrower", "refused", "accepted"), [*_cases("narrower")])
def test_what_is_refused_breaks_senders_and_what_comes_breaks_readers(
    ask: Ask, wider: Json, narrower: Json, refused: str, accepted: str
) -> None:
    assert_narrows(ask, wider, narrower, refused, accepted)


@pytest.mark.parametrize(("one", "other", "rules"), [*_cases("shifted")])
def test_values_that_come_and_go_break_everybody(ask: Ask, one: Json, other: Json, rules: str) -> None:
    assert_shifts(ask, one, other, *rules.split())


@pytest.mark.parametrize(("one", "other"), [*_cases("equal")])
def test_equal_spellings_are_silent(ask: Ask, one: Json, other: Json) -> None:
    assert_same(ask, one, other)


@pytest.mark.parametrize(("base", "revision", "sent", "read"), [*_cases("agreed")])
def test_agreements_hold_beside_the_letter_of_the_schema(
    ask: Ask, base: Json, revision: Json, sent: str, read: str
) -> None:
    for direction, told in ((REQUEST, sent), (RESPONSE, read)):
        assert [f"{rule} {grade}" for rule, grade, _ in ask.schemas(direction, base, revision)] == [told]
