"""The rules are data that the team may change; what it may not is said with file and line."""

from pathlib import Path

import pytest

from tandem.kit.contract import ContractError
from tandem.spec.lint import Severity, lint_service, read_rules
from tandem.spec.lint.registry import CHECKS


def _change(contracts: Path, old: str, new: str) -> Path:
    path = contracts / "rules.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


def test_there_is_a_rule_for_every_check(contracts: Path) -> None:
    assert read_rules(contracts / "rules.yaml").rules.keys() == CHECKS.keys()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  paths-differ:", "  paths-difer:", "there is no check for the rule paths-difer; there are: "),
        ("rules:\n", "rulez:\n", "has no rules"),
        (
            "    severity: warning",
            "    severity: fatal",
            "has the severity 'fatal'; there are: error, warning, note, off",
        ),
        ("    severity: error", "    severity: off", "document-is-openapi cannot be off"),
        ("    severity: error\n", "", "document-is-openapi needs severity, as text"),
        ("    severity: error", "    severitee: error\n    severity: error", "has severitee, which no rule has"),
        ("OpenAPI: {said}", "OpenAPI: {sad}", "names sad; it may name: {said}"),
        ("OpenAPI: {said}", "OpenAPI: {said", "cannot be filled in"),
    ],
)
def test_rules_that_cannot_be_are_refused_at_their_line(contracts: Path, old: str, new: str, said: str) -> None:
    path = _change(contracts, old, new)
    with pytest.raises(ContractError) as refused:
        read_rules(path)
    assert said in refused.value.reason
    assert refused.value.line is not None


def test_a_check_without_its_rule_is_an_error(contracts: Path) -> None:
    path = contracts / "rules.yaml"
    before, _, after = path.read_text().partition("  no-fractions:\n")
    path.write_text(before + after[after.index("  times-have-one-shape:") :])
    with pytest.raises(ContractError, match="lacks no-fractions; to switch a rule off, say `severity: off`"):
        read_rules(path)


def _spoil(contracts: Path) -> None:
    path = contracts / "card" / "openapi.yaml"
    path.write_text(path.read_text().replace("summary: List cards", "summary: list cards", 1))


def test_severity_and_words_are_the_teams(contracts: Path) -> None:
    _spoil(contracts)
    path = _change(
        contracts, "  summaries-are-sentences:\n    severity: error", "  summaries-are-sentences:\n    severity: note"
    )
    _change(contracts, "Write one sentence of up to 80", "Ask Anna, or write up to 80")
    (found,) = lint_service("card", contracts, read_rules(path))
    assert (found.severity, found.fix[:8]) == (Severity.NOTE, "Ask Anna")


def test_a_rule_that_is_off_is_not_asked(contracts: Path) -> None:
    _spoil(contracts)
    path = _change(
        contracts, "  summaries-are-sentences:\n    severity: error", "  summaries-are-sentences:\n    severity: off"
    )
    assert lint_service("card", contracts, read_rules(path)) == []


def test_an_excuse_holds_for_its_operation_alone(contracts: Path) -> None:
    _spoil(contracts)
    path = _change(
        contracts, "  words-are-plain:", "    excused: {listCards: Old clients show it.}\n  words-are-plain:"
    )
    assert lint_service("card", contracts, read_rules(path)) == []
    card = contracts / "card" / "openapi.yaml"
    card.write_text(card.read_text().replace("summary: Freeze", "summary: freeze", 1))
    assert [one.operation for one in lint_service("card", contracts, read_rules(path))] == [
        "POST /v1/cards/{card_id}/freeze (freezeCard)"
    ]


def test_an_idle_excuse_is_reported_at_its_line(contracts: Path) -> None:
    path = _change(
        contracts, "  words-are-plain:", "    excused: {listCards: Old clients show it.}\n  words-are-plain:"
    )
    (found,) = lint_service("card", contracts, read_rules(path))
    assert found.message == "listCards is excused from summaries-are-sentences and does not break it."
    assert str(found.place) == f"{path}:{path.read_text().split('excused: {listCards')[0].count(chr(10)) + 1}"


def test_a_list_of_words_is_the_teams(contracts: Path) -> None:
    path = _change(contracts, "words: [API,", "words: [plastic, API,")
    card = contracts / "card" / "openapi.yaml"
    card.write_text(card.read_text().replace("summary: List cards", "summary: List plastics", 1))
    assert [one.message for one in lint_service("card", contracts, read_rules(path))] == [
        "“plastics” in the summary is jargon."
    ]
