from __future__ import annotations

import pytest

from tests.draft.desk import Desk

TEXT = """\
# Loans

## Loan

- customer: Customer
- size: 1

### Actions

- Add a loan
- List loans
- See a loan

## Who may

- {}
"""


def scheme(desk: Desk) -> dict[str, list[str]]:
    found: dict[str, list[str]] = desk.written["components"]["securitySchemes"]["token"]["x-callers"]
    return found


def test_callers_get_the_scopes_of_what_they_may(desk: Desk) -> None:
    desk.draft(TEXT.format("Customers may add a loan, and see loans\n- The support desk: everything\n- Everyone: see"))
    assert scheme(desk) == {
        "customer": ["loans:add", "loans:read"],
        "support": ["loans:add", "loans:read"],
        "service": ["loans:read"],
    }


def test_listing_for_fewer_people_has_a_scope_of_its_own(desk: Desk) -> None:
    desk.draft(TEXT.format("Customers: add, see a loan\n- Support: list loans, see loans"))
    assert scheme(desk)["customer"] == ["loans:add", "loans:read"]
    assert scheme(desk)["support"] == ["loans:search", "loans:read"]


def test_what_nobody_may_is_asked(desk: Desk) -> None:
    _, asked = desk.take_all(TEXT.format("Services: add"))
    assert asked == {"loan.list.who": "customers and support", "loan.see.who": "customers and support"}


def test_answer_names_several_kinds(desk: Desk) -> None:
    desk.draft(TEXT.format("Services: add"), {"loan.list.who": "support", "loan.see.who": "customers and support"})
    assert scheme(desk) == {
        "customer": ["loans:read"],
        "support": ["loans:search", "loans:read"],
        "service": ["loans:add"],
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Pirates: add a loan", "“Pirates” is nobody we know; there are customers, support and services."),
        (
            "Support: steal a loan",
            "“steal a loan” is none of the actions; there are: “Add a loan”, “List loans”, “See a loan”.",
        ),
        (
            "Support",
            "“Support” does not say who may do what; write for example `Customers: see loans, apply for a loan`.",
        ),
    ],
)
def test_line_that_is_not_understood_says_why(desk: Desk, line: str, said: str) -> None:
    assert desk.refusals(TEXT.format(line)) == [f"line 16: {said}"]
