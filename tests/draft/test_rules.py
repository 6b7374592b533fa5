from __future__ import annotations

import pytest

from tests.draft.desk import Desk, thing

FIELDS = ("months: 24", "amount: 1,200.00 SEK", "note: Some words", "state: one of: open, closed")
ACTIONS = "- Add a thing\n- Change a thing\n- Close a thing"


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
    ],
)
def test_limit_is_held_by_the_contract(desk: Desk, rule: str, field: str, limits: dict[str, int]) -> None:
    desk.draft(ruled(rule))
    found = desk.schema("NewGadget")["properties"][field]
    assert {key: found[key] for key in limits} == limits


def test_money_above_zero_has_a_shape_of_its_own(desk: Desk) -> None:
    desk.draft(ruled("amount is above 0"))
    assert desk.schema("NewGadget")["properties"]["amount"]["$ref"].endswith("/PositiveMoney")


def test_field_that_cannot_be_changed_is_not_in_the_update(desk: Desk) -> None:
    desk.draft(ruled("months cannot be changed"))
    assert list(desk.schema("GadgetUpdate")["properties"]) == ["amount", "note"]


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
    assert desk.schema("Crew")["description"] == "A crew. A crew is kind."
