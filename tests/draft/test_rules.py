from __future__ import annotations

import pytest

from tandem.draft.sentences import rules_in, sentences
from tests.draft.desk import Desk, thing

FIELDS = ("months: 24", "amount: 1,200.00 SEK", "note: Some words", "state: one of: open, closed")
ACTIONS = "- Add a thing\n- Change a thing\n- Close a thing"


def said_in(desk: Desk) -> list[str]:
    """The rules that a contract says in words, wherever they stand."""
    written = desk.written
    holders = [
        *written["components"]["schemas"].values(),
        *(one for path in written["paths"].values() for one in path.values()),
    ]
    return [rule for one in holders for rule in rules_in(one.get("description", ""))]


def ruled(*rules: str) -> str:
    listed = "\n".join(f"- {one}" for one in rules)
    return thing(*FIELDS, actions=ACTIONS, rest=f"### Rules\n\n{listed}")


@pytest.mark.parametrize(
    ("rule", "field", "limits"),
    [
        ("months is at least 3", "months", {"minimum": 3}),
        ("The months must be between 3 and 60.", "months", {"minimum": 3, "maximum": 60}),
        ("months are more than 3", "months", {"minimum": 4}),
        ("months is below 60", "months", {"maximum": 59}),
        ("`note` has at most 1,000 characters", "note", {"maxLength": 1000}),
        ("The note cannot exceed 500 characters.", "note", {"maxLength": 500}),
        ("months cannot be more than 60", "months", {"maximum": 60}),
        ("months must not be below twelve months", "months", {"minimum": 12}),
        ("months may be up to 60", "months", {"maximum": 60}),
        ("months is at least 3 and at most 60", "months", {"minimum": 3, "maximum": 60}),
        ("months cannot be below 3 or above 60 months", "months", {"minimum": 3, "maximum": 60}),
        ("The number of months is between 3 and 60", "months", {"minimum": 3, "maximum": 60}),
        ("At most 60 months", "months", {"maximum": 60}),
    ],
)
def test_limit_is_held_by_the_contract(desk: Desk, rule: str, field: str, limits: dict[str, int]) -> None:
    desk.draft(ruled(rule))
    found = desk.schema("NewGadget")["properties"][field]
    assert {key: found[key] for key in limits} == limits


def test_money_above_zero_has_a_shape_of_its_own(desk: Desk) -> None:
    desk.draft(ruled("amount is above 0"))
    assert desk.schema("NewGadget")["properties"]["amount"]["$ref"].endswith("/PositiveMoney")


@pytest.mark.parametrize("field", ["note", "state"])
def test_field_that_cannot_be_changed_and_that_a_step_sets_is_the_services(field: str, desk: Desk) -> None:
    _, interview = desk.draft(ruled(f"{field} cannot be changed").replace("Close a gadget", "Close a gadget with note"))
    step = desk.operation("post", "/v1/gadgets/{gadget_id}/close")
    assert step["description"].endswith(f" {field} cannot be changed.")
    assert interview.decisions[-1].endswith("which sets it: the service has to see to it there.")


def test_field_that_cannot_be_changed_and_is_named_by_the_change_is_refused(desk: Desk) -> None:
    text = ruled("months cannot be changed").replace("Change a gadget", "Change a gadget with months, note")
    said = "“months cannot be changed”, but “Change a gadget” on line 13 names `months`; change one of the two."
    assert desk.refusals(text) == [f"line 18: {said}"]


def test_field_that_cannot_be_changed_is_not_in_the_update(desk: Desk) -> None:
    desk.draft(ruled("months cannot be changed"))
    assert list(desk.schema("GadgetUpdate")["properties"]) == ["amount", "note"]


def test_of_two_limits_the_stricter_one_holds(desk: Desk) -> None:
    desk.draft(ruled("months is at least 12", "months is at least 3", "months is at most 36", "months is below 60"))
    assert desk.schema("NewGadget")["properties"]["months"] == {
        "type": "integer",
        "minimum": 12,
        "maximum": 36,
        "description": "The months of the gadget.",
    }


@pytest.mark.parametrize(
    ("rule", "id_"),
    [
        ("months is at least 3 for companies", "gadget.months.at_least_3"),
        ("months is at most 2 years", "gadget.months.at_most_2"),
        ("note is at most 500 words", "gadget.note.at_most_500"),
        ("A company has a gadget for at most 36 months", "gadget.months.at_most_36"),
    ],
)
def test_limit_that_may_say_more_is_asked_and_else_kept_in_words(rule: str, id_: str, desk: Desk) -> None:
    _, asked = desk.take_all(ruled(rule))
    assert asked == {id_: "no"}
    assert rule in said_in(desk)


def test_limit_that_is_meant_as_one_is_held_by_the_contract(desk: Desk) -> None:
    rule = "A company has a gadget for at most 36 months"
    desk.draft(ruled(rule), {"gadget.months.at_most_36": "yes"})
    assert desk.schema("NewGadget")["properties"]["months"]["maximum"] == 36
    assert rule not in said_in(desk)


@pytest.mark.parametrize(
    "rule",
    [
        "A company can have at most three gadgets",
        "A company has at most three gadgets",
        "A gadget has at most five parts",
        "amount is at least 1 000 kronor",
        "amount is at most 5 times the salary",
        "amount is above 0 and below 10 000.00 SEK",
        "months is below 3 or above 60",
        "months is at least 3 and at most 60 for companies",
        "A closed gadget cannot be changed",
        "months cannot be changed after a week",
        "note can be changed at any time",
        "months may be more than 3",
        "Only support can close a gadget that is older than a year",
        "Only the owner can close",
        "Gadgets are delivered the same day, e.g. by a van",
        "Gadgets are dear. They break",
        "A gadget is blue!",
        "A gadget cannot be closed within a week",
    ],
)
def test_rule_that_only_words_can_hold_stands_where_it_is_found_again(rule: str, desk: Desk) -> None:
    _, interview = desk.draft(ruled(rule))
    assert set(sentences(rule)) <= set(said_in(desk))
    assert interview.decisions[-1].endswith("the service has to see to it.")


def test_rule_of_who_may_is_held_by_the_scopes(desk: Desk) -> None:
    desk.draft(ruled("Only support can close gadgets"))
    step = desk.operation("post", "/v1/gadgets/{gadget_id}/close")
    assert step["description"].endswith(" Only support can close gadgets.")


def test_rule_of_who_may_answers_what_would_be_asked(desk: Desk) -> None:
    text = ruled("Only support and services can close or change a gadget").replace(
        "Support: all", "Customers: add, see"
    )
    desk.draft(text)
    callers = desk.written["components"]["securitySchemes"]["token"]["x-callers"]
    assert callers["support"] == callers["service"] == ["gadgets:change", "gadgets:close"]


@pytest.mark.parametrize(("answer", "is_said"), [("services", True), ("support and services", False)])
def test_rule_that_others_were_let_past_is_asked(answer: str, desk: Desk, is_said: bool) -> None:
    text = ruled("Only services can close")
    assert desk.take_all(text)[1] == {"gadget.close.who": "services"}
    desk.draft(text, {"gadget.close.who": answer})
    callers = desk.written["components"]["securitySchemes"]["token"]["x-callers"]
    assert ("gadgets:close" in callers["support"]) is not is_said
    assert ("Only services can close" in said_in(desk)) is is_said


def test_rule_in_prose_beside_a_list_is_refused(desk: Desk) -> None:
    listed = "### Rules\n\n{}\n\n- months is at least 3"
    text = thing(*FIELDS, actions=ACTIONS, rest=listed.format("Nobody has two gadgets."))
    assert desk.refusals(text) == ["line 18: “Rules” is written as prose; write it as a list, a line each."]
    desk.draft(thing(*FIELDS, actions=ACTIONS, rest=listed.format("These hold for all:")))


def test_rule_about_an_action_stands_with_it(desk: Desk) -> None:
    _, interview = desk.draft(ruled("Only an open gadget can be closed"))
    step = desk.operation("post", "/v1/gadgets/{gadget_id}/close")
    assert step["description"].endswith(" Only an open gadget can be closed.")
    assert "409" in step["responses"]
    assert interview.decisions[-1] == (
        "line 18: “Only an open gadget can be closed” is kept in words with “Close a gadget”: "
        "the service has to see to it."
    )


@pytest.mark.parametrize("rule", ["A company has five gadgets at most", "amount is at most 500,000.00 SEK"])
def test_rule_that_the_contract_cannot_hold_is_kept_in_words(desk: Desk, rule: str) -> None:
    _, interview = desk.draft(ruled(rule))
    assert desk.schema("Gadget")["description"].endswith(f" {rule}.")
    assert "the service has to see to it" in interview.decisions[-1]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("interest is above 0", "“interest” is no field of Gadget; there are: `months`, `amount`, `note`, `state`."),
        ("Nobody sees `interest`", "“interest” is no field of Gadget; there are: `months`, `amount`, `note`, `state`."),
        ("months is above many", "“above many” needs a number, for example `months is at most 12`."),
        (
            "gadget mnths is above 3",
            "“gadget mnths” is no field of Gadget; there are: `months`, `amount`, `note`, `state`.",
        ),
        ("months is above 24", "The example 24 of `months` breaks this rule; change one of the two."),
    ],
)
def test_rule_that_is_wrong_says_why(desk: Desk, rule: str, said: str) -> None:
    assert desk.refusals(ruled(rule)) == [f"line 18: {said}"]


def test_example_that_is_not_above_zero_breaks_the_rule(desk: Desk) -> None:
    text = ruled("amount is above 0").replace("1,200.00", "0.00")
    assert desk.refusals(text) == ["line 18: The example 0.00 of `amount` breaks this rule; change one of the two."]


def test_rule_at_the_end_finds_its_thing(desk: Desk) -> None:
    text = (
        "# A\n\n## Boat\n\n- size: 1\n\n## Crew\n\n- heads: 3\n\n## Rules\n\n- heads is at most 9\n- A crew is kind\n"
    )
    desk.take_all(text)
    assert desk.schema("NewCrew")["properties"]["heads"]["maximum"] == 9
    assert desk.schema("Crew")["description"] == "A crew. Rule: A crew is kind."
