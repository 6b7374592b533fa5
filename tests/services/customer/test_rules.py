from datetime import UTC, datetime

import pytest

from services.customer.errors import AlreadyAnswered, InvalidOrganisationNumber, LastContactPerson
from services.customer.models import ContactPerson, ContactRequest
from services.customer.rules import (
    check_digit,
    check_organisation_number,
    check_removable,
    check_waiting,
    contact_options,
    digits_of,
)

NOW = datetime(2026, 11, 15, 9, 30, tzinfo=UTC)
PERSON = ContactPerson(
    id="per_01k9zc6n00000000000000h001",
    customer_id="cus_01k9zc6n00000000000000h001",
    name="Anna Bergström",
    role="Managing director",
    email="anna@bergstrombygg.example",
    phone="+46 70 174 06 12",
    added_at=NOW,
    version=1,
)
REQUEST = ContactRequest(
    id="req_01k9zc6n00000000000000h001",
    customer_id=PERSON.customer_id,
    status="waiting",
    channel="email",
    topic="credit",
    message="Can our limit be raised?",
    preferred_time=None,
    sent_at=NOW,
    answer=None,
    answered_at=None,
    version=1,
)


@pytest.mark.parametrize("number", ["5566778899", "5567890123", "5599887766", "2120000142", "5560360793"])
def test_a_right_organisation_number_is_accepted(number: str) -> None:
    check_organisation_number(number)


@pytest.mark.parametrize(("number", "expected"), [("5566778890", 9), ("5567890124", 3), ("0000000001", 0)])
def test_a_wrong_check_digit_is_refused_with_the_right_one(number: str, expected: int) -> None:
    with pytest.raises(InvalidOrganisationNumber, match=f"should be {expected}"):
        check_organisation_number(number)


def test_every_single_mistyped_digit_is_noticed() -> None:
    number = "5566778899"
    for place, right in enumerate(number[:-1]):
        for wrong in set("0123456789") - {right}:
            mistyped = number[:place] + wrong + number[place + 1 : -1]
            assert check_digit(mistyped) != int(number[-1])


@pytest.mark.parametrize(
    ("search", "digits"),
    [("556677-8899", "5566778899"), ("55 66", "5566"), ("Bygg", None), ("-", None), ("24 Bygg", None), ("²", None)],
)
def test_only_a_search_made_of_digits_looks_at_numbers(search: str, digits: str | None) -> None:
    assert digits_of(search) == digits


def test_the_last_contact_person_cannot_be_removed() -> None:
    check_removable(PERSON, 2)
    with pytest.raises(LastContactPerson):
        check_removable(PERSON, 1)


def test_an_answered_request_cannot_be_answered_again() -> None:
    check_waiting(REQUEST)
    with pytest.raises(AlreadyAnswered):
        check_waiting(REQUEST.model_copy(update={"status": "answered"}))


@pytest.mark.parametrize(
    ("moment", "open_ones"),
    [
        (datetime(2026, 11, 16, 7, 0, tzinfo=UTC), {"phone", "email", "chat"}),  # Monday 08:00 in winter
        (datetime(2026, 11, 16, 6, 59, tzinfo=UTC), {"email"}),
        (datetime(2026, 11, 16, 16, 0, tzinfo=UTC), {"email", "chat"}),  # 17:00: the phone has just closed
        (datetime(2026, 7, 6, 6, 0, tzinfo=UTC), {"phone", "email", "chat"}),  # 08:00 in summer
        (datetime(2026, 11, 15, 9, 30, tzinfo=UTC), {"email", "chat"}),  # Sunday
        (datetime(2026, 11, 14, 22, 59, tzinfo=UTC), {"email"}),  # Saturday, a minute before midnight
    ],
)
def test_the_desk_is_open_by_the_clock_in_stockholm(moment: datetime, open_ones: set[str]) -> None:
    assert {option.channel for option in contact_options(moment) if option.open_now} == open_ones
