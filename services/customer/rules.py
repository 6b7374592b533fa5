from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from services.customer.errors import (
    AlreadyAnswered,
    InvalidOrganisationNumber,
    LastContactPerson,
)
from services.customer.models import ContactOption, ContactPerson, ContactRequest, OpeningHours

Channel = Literal["phone", "email", "chat"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

TIME_ZONE = ZoneInfo("Europe/Stockholm")
WORKDAYS: list[Weekday] = ["monday", "tuesday", "wednesday", "thursday", "friday"]
WEEKEND: list[Weekday] = ["saturday", "sunday"]
WEEKDAYS = [*WORKDAYS, *WEEKEND]
# The numbers and domains are ones that are set aside for fiction: put the desk's own here.
WAYS_TO_REACH_US: list[tuple[Channel, str, list[OpeningHours]]] = [
    ("phone", "+46 8 465 004 00", [OpeningHours(days=WORKDAYS, opens="08:00", closes="17:00")]),
    ("email", "support@tandem.example", [OpeningHours(days=WEEKDAYS, opens="00:00", closes="24:00")]),
    (
        "chat",
        "https://support.tandem.example/chat",
        [
            OpeningHours(days=WORKDAYS, opens="08:00", closes="20:00"),
            OpeningHours(days=WEEKEND, opens="10:00", closes="16:00"),
        ],
    ),
]


def check_digit(digits: str) -> int:
    """The Luhn digit that follows `digits` (ISO/IEC 7812-1, annex B)."""
    doubled = (str(int(digit) * (2 - index % 2)) for index, digit in enumerate(reversed(digits)))
    return -sum(int(digit) for number in doubled for digit in number) % 10


def check_organisation_number(number: str) -> None:
    expected = check_digit(number[:-1])
    if int(number[-1]) != expected:
        raise InvalidOrganisationNumber(number, expected)


def digits_of(search: str) -> str | None:
    """The digits to look for in organisation numbers, which people write with a hyphen; None when it is a name."""
    digits = search.replace("-", "").replace(" ", "")
    return digits if digits.isascii() and digits.isdigit() else None


def check_removable(person: ContactPerson, contact_persons: int) -> None:
    if contact_persons <= 1:
        raise LastContactPerson(person.id, person.customer_id)


def check_waiting(request: ContactRequest) -> None:
    if request.status != "waiting":
        raise AlreadyAnswered(request.id)


def contact_options(now: datetime) -> list[ContactOption]:
    local_time = now.astimezone(TIME_ZONE)
    return [
        ContactOption(
            channel=channel, address=address, time_zone=TIME_ZONE.key, hours=hours, open_now=is_open(hours, local_time)
        )
        for channel, address, hours in WAYS_TO_REACH_US
    ]


def is_open(hours: Sequence[OpeningHours], local_time: datetime) -> bool:
    """Whether `local_time`, on the clock where the hours apply, is within one of them."""
    day, time = WEEKDAYS[local_time.weekday()], f"{local_time:%H:%M}"
    return any(day in span.days and span.opens <= time < span.closes for span in hours)
