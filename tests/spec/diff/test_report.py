"""What the terminal and machines are told."""

from __future__ import annotations

from dataclasses import replace

from tandem.spec.diff.report import as_json
from tandem.spec.diff.text import lines
from tests.spec.diff.asking import Ask, Json, document, with_answer, with_body
from tests.spec.diff.telling import both, reported

CARD: Json = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
OPTIONAL = {**CARD, "required": []}


def test_a_waived_change_names_who_waived_it_and_breaks_nobody(ask: Ask) -> None:
    made = reported(ask, with_answer(CARD), with_answer(OPTIONAL), waived="property-became-optional")
    said = [line.plain for line in lines(made)]
    assert said[1].startswith("  waived    POST /things: `a` of the 200 answer may now be missing")
    assert said[2].strip() == "cards-team, until 2027-06-30: All apps moved | <b>"
    assert said[-1] == "Compatible: 1 waived."
    assert as_json(made)["findings"][0]["waived"]["owner"] == "cards-team"
    assert not made.is_breaking


def test_complaints_about_waivers_are_told_before_the_verdict(ask: Ask) -> None:
    made = replace(reported(ask, document(), document()), complaints=("waivers.yaml: it ended",))
    assert [line.plain for line in lines(made)] == [
        "waiver refused  waivers.yaml: it ended",
        "Compatible: nothing changed for those who use the API.",
    ]


def test_how_to_waive_is_said_where_something_breaks(ask: Ask) -> None:
    broken = [line.plain for line in lines(reported(ask, with_answer(CARD), with_answer(OPTIONAL)))]
    assert broken[-2].startswith("Agreed all the same? tandem contract waive FINGERPRINT")
    fine = [line.plain for line in lines(reported(ask, with_body(CARD), with_body(OPTIONAL)))]
    assert not any("waive" in line for line in fine)


def test_a_change_of_the_api_as_a_whole_names_no_operation(ask: Ask) -> None:
    made = reported(ask, document(servers=[{"url": "/a"}]), document(servers=[]))
    assert next(line.plain for line in lines(made) if "warning" in line.plain).startswith(
        "  warning   The address `/a`"
    )


def test_what_two_contracts_share_is_told_once_for_both(ask: Ask) -> None:
    shared = [reported(ask, with_answer(CARD), with_answer(OPTIONAL), title=title) for title in ("Cards", "Accounts")]
    (told,) = both(*shared).told
    assert told.contracts == ("Cards", "Accounts")
    assert told.said.who


def test_a_document_without_a_title_is_called_by_its_file(ask: Ask) -> None:
    base, revision = ({**with_answer(one), "info": []} for one in (CARD, OPTIONAL))
    assert reported(ask, base, revision).comparisons[0].title == "revision"


def test_the_line_of_an_operation_names_it_once(ask: Ask) -> None:
    (told,) = reported(ask, document(), with_answer(CARD)).told
    assert told.line == "One can now: `POST /things`"
