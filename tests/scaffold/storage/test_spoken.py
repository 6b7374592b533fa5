"""Rules that a contract has in words: each is kept by something, or told to whoever writes the service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tandem.kit.contract import load_contract
from tandem.scaffold.storage import Written, write_service
from tandem.scaffold.storage.docstrings import docstring
from tandem.scaffold.storage.spoken import Keeper, Spoken
from tests.draft.desk import Desk

LOAN = """\
# Loans

## Loan

- customer: Customer
- purpose: A van
- months: 24
- amount: 1,200.00 SEK
- status: one of: applied, approved, declined, repaid

### Actions

- Apply for a loan with customer, purpose, months, amount
- See a loan
- Change a loan with purpose
- Approve a loan
- Decline a loan

### Rules

{}

## Who may

- Customers: apply, see a loan, change
- Support: see, approve, decline
"""
Plant = Callable[[dict[str, Any]], None]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def written(desk: Desk, *rules: str, plant: Plant = lambda _: None) -> Written:
    desk.draft(LOAN.format("\n".join(f"- {one}" for one in rules)))
    document = desk.written
    plant(document)
    (desk.out / "openapi.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    return write_service("loan", load_contract(desk.out / "openapi.yaml"))


def unchecked(made: Written) -> list[tuple[str, str]]:
    return [(one.place, one.rule) for one in made.rules if one.is_unchecked]


def handler(made: Written, name: str) -> str:
    text = made.files["services/loan/handlers.py"]
    return next(one for one in text.split("async def ") if one.startswith(f"{name}("))


@pytest.mark.parametrize(
    ("rule", "keeper"),
    [
        ("Only an applied loan can be approved", Keeper.HANDLER),
        ("A repaid loan cannot be approved or declined", Keeper.HANDLER),
        ("Only support can approve", Keeper.CONTRACT),
        ("Only support may approve or decline loans", Keeper.CONTRACT),
    ],
)
def test_rule_that_something_keeps_is_not_told(rule: str, keeper: Keeper, desk: Desk) -> None:
    made = written(desk, rule)
    assert {one.keeper for one in made.rules} == {keeper}
    assert unchecked(made) == []
    assert '"""' not in handler(made, "approve_loan")


@pytest.mark.parametrize(
    ("rule", "operations"),
    [
        ("A customer can have at most three loans", ["applyForLoan"]),
        ("amount is at least 1 000 kronor", ["applyForLoan"]),
        ("The purpose is about the company", ["applyForLoan", "updateLoan"]),
        ("A repaid loan cannot be changed", ["updateLoan"]),
        ("Only an applied loan can be approved within a week", ["approveLoan"]),
        ("A repaid loan cannot be declined after the money was sent", ["declineLoan"]),
        ("Only support can approve a loan above 1,000.00 SEK", ["approveLoan"]),
        ("An applied loan must be approved or declined within a week", ["approveLoan", "declineLoan"]),
        ("Loans are approved by daylight", ["approveLoan"]),
        ("Loans are for vans", ["applyForLoan"]),
    ],
)
def test_rule_that_nothing_keeps_is_told_and_stands_in_the_handler(
    rule: str, operations: list[str], desk: Desk
) -> None:
    made = written(desk, rule)
    assert unchecked(made) == [(one, rule) for one in operations]
    for name in ("apply_for_loan", "update_loan", "approve_loan", "decline_loan"):
        is_there = f'    """Yet to be checked: {rule}."""\n' in handler(made, name)
        assert is_there is (
            name in {{"applyForLoan": "apply_for_loan"}.get(one, one[:-4] + "_loan") for one in operations}
        )


def test_several_rules_of_a_step_are_kept_at_once(desk: Desk) -> None:
    made = written(desk, "A repaid loan cannot be approved", "A declined loan cannot be approved", "Approve kindly")
    assert unchecked(made) == [("approveLoan", "Approve kindly")]
    rules = made.files["services/loan/rules.py"]
    assert 'if loan.status not in {"applied", "approved"}:' in rules
    said = made.files["services/loan/errors.py"]
    assert "A repaid loan cannot be approved. A declined loan cannot be approved." in said


def test_rule_that_contradicts_another_is_told(desk: Desk) -> None:
    made = written(desk, "Only an applied loan can be approved", "Only a repaid loan can be approved")
    assert unchecked(made) == [("approveLoan", "Only a repaid loan can be approved")]


def test_rule_about_who_may_is_told_where_others_have_the_scope(desk: Desk) -> None:
    def let_customers(document: dict[str, Any]) -> None:
        document["components"]["securitySchemes"]["token"]["x-callers"]["customer"].append("loans:approve")

    assert unchecked(written(desk, "Only support can approve", plant=let_customers)) == [
        ("approveLoan", "Only support can approve")
    ]


def described(schema: str, text: str, field: str = "", **limits: int) -> Plant:
    def plant(document: dict[str, Any]) -> None:
        found = document["components"]["schemas"][schema]
        found = found["properties"][field] if field else found
        found |= {"description": text, **limits}

    return plant


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        (described("NewLoan", "What to send. The months must be at most 60."), "The months must be at most 60"),
        (described("NewLoan", "The purpose is at most 200 characters."), ""),
        (described("NewLoan", "At most three for a van.", "months"), "`months`: At most three for a van"),
        (described("NewLoan", "At least 3.", "months", minimum=2), "`months`: At least 3"),
        (described("NewLoan", "At least 3.", "months", minimum=3), ""),
        (described("NewLoan", "At most 60 months.", "months", maximum=60), ""),
        (described("NewLoan", "Never odd.", "months"), "`months`: Never odd"),
    ],
)
def test_rule_about_what_is_sent_is_told_unless_its_schema_holds_it(plant: Plant, told: str, desk: Desk) -> None:
    assert unchecked(written(desk, "amount is above 0", plant=plant)) == ([("applyForLoan", told)] if told else [])


@pytest.mark.parametrize(("field", "told"), [("months", []), ("purpose", ["The purpose cannot be changed"])])
def test_field_that_cannot_be_changed_is_told_where_it_can(field: str, told: list[str], desk: Desk) -> None:
    def plant(document: dict[str, Any]) -> None:
        document["paths"]["/v1/loans/{loan_id}"]["patch"]["description"] = f"The {field} cannot be changed."

    assert unchecked(written(desk, "amount is above 0", plant=plant)) == [("updateLoan", one) for one in told]


def test_operation_that_cannot_be_derived_has_its_rules_in_its_docstring(desk: Desk) -> None:
    def plant(document: dict[str, Any]) -> None:
        path = document["paths"]["/v1/loans/{loan_id}/approve"]["post"]
        path["description"] = "Only an applied loan can be approved. It must be paid out."
        document["components"]["schemas"]["LoanStatus"]["enum"] = ["applied", "declined"]

    made = written(desk, "amount is above 0", plant=plant)
    assert [one.operation_id for one in made.unsupported] == ["approveLoan"]
    assert handler(made, "approve_loan").partition("-> None:\n")[2] == (
        '    """Approve a loan\n\n'
        "    Yet to be checked:\n"
        "    - Only an applied loan can be approved.\n"
        "    - It must be paid out.\n"
        '    """\n'
        "    del call, loan_id\n"
        '    raise NotBuilt("approveLoan")\n\n\n'
    )


def test_rule_of_a_thing_stands_with_what_makes_one_also_where_that_is_not_derived(desk: Desk) -> None:
    def plant(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["NewLoan"]["properties"]["reason"] = {"type": "string", "maxLength": 9}

    made = written(desk, "A customer can have at most three loans", plant=plant)
    assert [one.operation_id for one in made.unsupported] == ["applyForLoan"]
    assert unchecked(made) == [("applyForLoan", "A customer can have at most three loans")]


def test_rule_that_no_operation_was_found_for_is_told_with_what_says_it(desk: Desk) -> None:
    def plant(document: dict[str, Any]) -> None:
        document["info"]["description"] = "Money for vans. Nothing else may be bought."
        del document["paths"]["/v1/loans"]
        document["components"]["schemas"]["Loan"]["description"] = "A loan. Nobody may have two."

    made = written(desk, "amount is above 0", plant=plant)
    assert made.rules == (
        Spoken("Loans", "Nothing else may be bought", is_of_operation=False),
        Spoken("Loan", "Nobody may have two", is_of_operation=False),
    )


@pytest.mark.parametrize(
    ("said", "rules", "text"),
    [
        ("", [], ""),
        ("Add it", [], '    """Add it"""\n'),
        ('Add "it"', [], '    """Add "it" """\n'),
        ("", ['Never "so'], '    """Yet to be checked: Never "so."""\n'),
        ("", ["Never a\\b"], '    """Yet to be checked: Never ab."""\n'),
        ("", ["One", "Two"], '    """Yet to be checked:\n    - One.\n    - Two.\n    """\n'),
    ],
)
def test_docstring(said: str, rules: list[str], text: str) -> None:
    assert docstring(said, rules) == text


def test_docstring_of_long_words_is_no_wider_than_the_code() -> None:
    text = docstring("so " * 90, ["and " * 90, "or"])
    assert max(map(len, text.splitlines())) <= 120
    assert " ".join(text.split()).count("and") == 90
