"""A whole description: the contract passes the house rules, is the same each time, and nothing half-done is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tandem.draft import Interview, NotUnderstood, Unanswered, draft
from tandem.draft.names import past, plural, singular
from tandem.spec.lint import lint_file, read_rules
from tests.architecture.project import ROOT
from tests.draft.desk import LOAN, Desk, thing

NO_THINGS = "There are no things; write a heading such as `## Loan`, and its fields as a list below."
NO_NAME = "line 3: A thing is named by words of two letters or more, a-z; write the name that programs are to use."
EXAMPLE = ROOT / "docs/examples/loans.md"


def test_example_of_the_documentation_passes_the_house_rules(desk: Desk) -> None:
    made, _ = desk.draft(EXAMPLE.read_bytes())
    assert lint_file(made.path, read_rules(ROOT / "contracts/rules.yaml"), house=True) == []


def test_draft_of_the_same_is_the_same(desk: Desk) -> None:
    first = desk.draft(EXAMPLE.read_bytes())[0].path.read_bytes()
    assert desk.draft(EXAMPLE.read_bytes())[0].path.read_bytes() == first


def test_draft_is_written_for_people(desk: Desk) -> None:
    text = desk.draft(EXAMPLE.read_bytes())[0].path.read_text("utf-8")
    assert text.startswith(
        "# Drafted from idea.md by `tandem draft`. What follows was taken without being told:\n# - line"
    )
    assert "\n\n    Loan:\n      type: object\n" in text
    assert "      tags: [loans]\n      security: [{token: ['loans:read']}]\n" in text


def test_draft_without_guesses_lists_none(desk: Desk) -> None:
    made, _ = desk.draft(thing("size: 1", actions="- See a thing"))
    assert made.path.read_text("utf-8").startswith("# Drafted from idea.md by `tandem draft`.\nopenapi: 3.1.0\n")


def test_draft_goes_below_drafts_when_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "contracts").symlink_to(ROOT / "contracts")
    (tmp_path / "idea.md").write_text(LOAN)
    made = draft(tmp_path / "idea.md", tmp_path / "contracts", None, Interview({}, None))
    assert made.path == tmp_path / "drafts/loans/openapi.yaml"
    assert "../../contracts/common/schemas.yaml#" in made.path.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The description is empty; begin with `# Loans` and, below it, `## Loan`."),
        (b"\xff\xfe\x00\x01", "line 1: This is no text; save the description as a Markdown file in UTF-8."),
        (b"# A\0B", "This is no text but a binary file; write the description as Markdown."),
        ("# A\n" + "x" * 200_001, "The description is longer than 200000 characters; split it."),
        ("Only words.", NO_THINGS),
        ("# Loans\n\n## Rules\n\n- be kind", NO_THINGS),
        (
            "- size: 1\n\n# Loans\n\n## Loan\n\n- size: 1",
            "line 1: This stands before any heading; begin with a title, `# Loans`.",
        ),
        ("# Loan\n\n- size: 1", "line 1: The first heading is the title of the whole, such as `# Loans`; add one."),
        (
            "# A\n\n## Boat\n\nA boat.",
            "line 3: Boat has no fields; write a list below it, for example `- amount: 1,200.00 SEK — what it is`.",
        ),
        (
            "# A\n\n## Boat\n\n- size: 1\n\n## Boats\n\n- size: 1",
            "line 7: Boat is described twice, first on line 3; join them.",
        ),
        (
            "# A\n\n## Boat\n\n- size: 1\n\n## New boat\n\n- size: 1",
            "line 7: New boat is described twice, first on line 3; join them.",
        ),
        (
            "# A\n\n## Card\n\n- size: 1",
            "line 3: Card is a thing of another contract; link to it, or choose another name.",
        ),
        ("# A\n\n## None\n\n- size: 1", "line 3: “None” has a meaning of its own in programs; choose another name."),
        (f"# A\n\n## {'Boat' * 9}\n\n- size: 1", "line 3: This name has more than 30 letters; shorten it."),
        ("# A\n\n## Lån\n\n- size: 1", NO_NAME),
        ("# A\n\n## 贷款\n\n- size: 1", NO_NAME),
        ("# A\n\n## Resource\n\n- size: 1", "line 3: “Resource” is jargon; say what happens, and to whom."),
        (
            "# A\n\n## Boat\n\n- size: 1\n\n### Actions\n\nSell it.",
            "line 9: “Actions” is written as prose; write it as a list, a line each.",
        ),
        (
            "# A\n\n## Boat\n\n- size: 1\n  - inner",
            "line 6: This stands within an item of a list, where it is not read; write it on the line of the item.",
        ),
        ("# A\n\n## Boat\n\n-\n- size: 1", "line 5: This item of the list is empty; take it out."),
        (
            "# A\n\n## Boat\n\n```\nsize\n```",
            "line 5: A box of code is not read here; write it as a list or as plain text.",
        ),
    ],
)
def test_bad_description_is_one_sentence(desk: Desk, text: str | bytes, said: str) -> None:
    assert desk.refusals(text) == [said]


def test_two_hundred_things_are_too_many(desk: Desk) -> None:
    names = (
        f"{one}{other}{two}"
        for one in "BCDFG"
        for other in "aeiou"
        for two in ("rk", "st", "lt", "nd", "mp", "ft", "sk", "lm")
    )
    text = "# A\n\n" + "\n".join(f"## {name}\n\n- size: 1\n" for name in names)
    assert desk.refusals(text) == ["There are 200 things; nobody reads more than 30 in one, so split it."]


def test_things_may_stand_below_a_heading_of_their_own(desk: Desk) -> None:
    made, _ = desk.take_all(
        "# A\n\n## Things\n\n### Boat\n\n**size**: `1`\n\n- size: 1\n\n## Actions\n\n- Add a boat\n"
    )
    assert [one.id for one in made.description.actions] == ["addBoat", "getBoat"]


def test_open_questions_write_nothing(desk: Desk) -> None:
    with pytest.raises(Unanswered) as caught:
        desk.draft(thing("price: 500", "rent: 3.50"))
    assert [(one.id, one.line) for one in caught.value.questions] == [("gadget.price", 5), ("gadget.rent", 6)]
    assert not desk.out.exists()


def test_answer_that_nobody_asked_for_is_refused(desk: Desk) -> None:
    said = desk.refusals(thing("price: 500"), {"gadget.price": "500 SEK", "gadget.prize": "5 SEK"})
    assert said == ["The answers name gadget.prize, which was not asked. Did you mean gadget.price?"]
    assert desk.refusals(LOAN, {"zzz": "5"}) == ["The answers name zzz, which was not asked."]


def test_what_breaks_a_house_rule_is_refused_and_the_old_draft_stays(desk: Desk) -> None:
    before = desk.draft(LOAN)[0].path.read_bytes()
    with pytest.raises(NotUnderstood, match="“schema” in the description is jargon"):
        desk.draft(LOAN.replace("- status:", "- schema status:"))
    assert [one.name for one in desk.out.iterdir()] == ["openapi.yaml"]
    assert (desk.out / "openapi.yaml").read_bytes() == before
    (desk.out / "openapi.yaml").unlink()
    desk.out.rmdir()
    assert desk.refusals(LOAN.replace("- status:", "- schema status:")) != []


def test_ids_of_things_that_look_alike_differ(desk: Desk) -> None:
    text = "# A\n\n" + "".join(f"## {name}\n\n- size: 1\n\n" for name in ("Payment", "Payout", "Payer", "Po"))
    desk.take_all(text)
    prefixes = [desk.schema(f"{name}Id")["pattern"][1:4] for name in ("Payment", "Payout", "Payer", "Po")]
    assert prefixes == ["pay", "pyt", "pyr", "pqa"]


@pytest.mark.parametrize(
    ("verb", "done"),
    [("carry", "carried"), ("ship", "shipped"), ("pay", "paid"), ("close", "closed"), ("hand", "handed")],
)
def test_what_was_done_is_said_in_the_past(verb: str, done: str) -> None:
    assert past(verb) == done


@pytest.mark.parametrize(("one", "many"), [("city", "cities"), ("box", "boxes"), ("loan", "loans"), ("pass", "passes")])
def test_one_and_many_are_told_apart(one: str, many: str) -> None:
    assert (plural(one), singular(many)) == (many, one)


def test_list_can_be_narrowed_by_links_and_words(desk: Desk) -> None:
    desk.draft(LOAN)
    parameters = desk.operation("get", "/v1/loans")["parameters"]
    assert [one.get("name") for one in parameters] == ["status", "customer_id", None, None]


def test_description_of_the_title_becomes_the_summary(desk: Desk) -> None:
    desk.draft(LOAN)
    assert desk.written["info"]["summary"] == "A company borrows money."
    desk.draft(thing("size: 1"))
    assert desk.written["info"]["summary"] == "Things: gadgets and what can be done with them."
