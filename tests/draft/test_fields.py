from __future__ import annotations

import pytest

from tests.draft.desk import Desk, thing


def test_table_says_the_same_as_a_list(desk: Desk) -> None:
    desk.draft(thing("amount: 5.00 SEK; 6.00 SEK — how much"))
    listed = desk.written
    table = "| field | example | another | meaning |\n|---|---|---|---|\n| amount | 5.00 SEK | 6.00 SEK | how much |\n"
    desk.draft(thing("x").replace("- x\n", table))
    assert desk.written == listed


def test_optional_field_may_be_null_and_left_out(desk: Desk) -> None:
    desk.draft(thing("due on: 2026-11-20 — optional, the last day", "ceiling (optional): 5.00 SEK", "size: 1"))
    assert desk.schema("NewGadget")["required"] == ["size"]
    shown = desk.schema("Gadget")["properties"]
    assert shown["due_on"] == {"type": ["string", "null"], "format": "date", "description": "The last day."}
    assert shown["ceiling"]["anyOf"][1] == {"type": "null"}


def test_name_that_hints_at_another_kind_is_changed_and_told(desk: Desk) -> None:
    fields = (
        "paid at: 2026-11-20",
        "seen on: 2026-11-20T09:30:00Z",
        "national id: AB-12",
        "based on: A feeling",
        "paid at: Sea",
    )
    _, interview = desk.draft(thing(*fields))
    names = ["paid_on", "seen_at", "national_number", "based", "paid_remark"]
    assert list(desk.schema("NewGadget")["properties"]) == names
    assert [one.rpartition(" called ")[2] for one in interview.decisions] == [f"`{name}`." for name in names]
    assert interview.decisions[0].startswith("line 5: `paid at` is a day by its example, and called ")


def test_name_that_programs_cannot_use_is_asked(desk: Desk) -> None:
    fields = ("from: Lund", "select: 1", "copy: 1", "förfallodag: 2026-11-20", "Øre: 5", "paid: yes", "balance: good")
    _, asked = desk.take_all(thing(*fields))
    proposals = ["gadget_from", "gadget_select", "gadget_copy", "forfallodag", "ore", "is_paid", "gadget_balance"]
    assert list(asked.values()) == proposals
    assert list(asked)[:2] == ["gadget.from.name", "gadget.select.name"]
    assert list(desk.schema("NewGadget")["properties"]) == proposals


def test_answer_that_is_no_name_either_is_refused(desk: Desk) -> None:
    said = desk.refusals(thing("from: Lund"), {"gadget.from.name": "class"})
    assert said == ["line 5: “class” cannot be a name either; answer for example “gadget_from”."]


@pytest.mark.parametrize("name", ["贷款", "1st", "?"])
def test_name_without_letters_is_refused(desk: Desk, name: str) -> None:
    assert desk.refusals(thing(f"{name}: 5")) == [
        f"line 5: `{name}` is no name that programs can use; begin it with a letter a-z."
    ]


def test_field_twice_is_refused(desk: Desk) -> None:
    assert desk.refusals(thing("size: 1", "Size: 2")) == ["line 6: Gadget has `Size` twice; take one of them out."]


def test_every_mistake_is_told_at_once(desk: Desk) -> None:
    assert [one[:7] for one in desk.refusals(thing("size", "weight", "colour: red"))] == ["line 5:", "line 6:"]


def test_what_every_thing_has_by_itself_is_left_out(desk: Desk) -> None:
    _, interview = desk.draft(thing("id: 17", "size: 1"))
    assert interview.decisions == ["line 5: `id` is left out: every thing has one by itself."]
    assert list(desk.schema("Gadget")["properties"]) == ["id", "size", "created_at", "version"]


def test_personal_data_is_marked_and_told(desk: Desk) -> None:
    _, interview = desk.draft(thing("holder full name: Anna Berg", "email: a@b.se"))
    assert interview.decisions == [
        "line 5: `holder full name` is taken for personal data, and masked in logs.",
        "line 6: `email` is taken for personal data, and masked in logs.",
    ]
    assert all(one["x-sensitive"] for one in desk.schema("NewGadget")["properties"].values())
