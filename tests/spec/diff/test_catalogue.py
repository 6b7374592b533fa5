"""Pairs of schemas, by what lies between them. In `cases/`, so that they read as contracts do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.spec.diff.asking import REQUEST, RESPONSE, Ask, Json, assert_narrows, assert_same, assert_shifts

CASES = Path(__file__).parent / "cases"


def _cases(kind: str) -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        content = yaml.safe_load(path.read_text())
        assert content.keys() <= {"narrower", "shifted", "equal", "agreed"}
        for name, values in content.get(kind, {}).items():
            yield pytest.param(*values, id=f"{path.stem}: {name}")


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
