"""The seed world: some fifty companies and a year of what they did, the same for the same day and seed."""

import calendar
from datetime import date
from random import Random
from typing import Any

from tandem.local.seed import people
from tandem.local.seed.identifiers import DAY, instant, money, new_id, organisation_number
from tandem.local.seed.ledger import Ledger
from tandem.local.seed.plans import HOUR, CardPlan, Plan, plans
from tandem.local.seed.questions import QUESTIONS
from tandem.local.seed.spending import purchases

Document = dict[str, Any]
_ARRAYS = ("customers", "contact_requests", "accounts", "credit_limit_changes", "cards", "transactions", "invoices")
# The ids that the examples of every contract use, by the story they tell.
_STORY_IDS = {
    "healthy": "h",
    "new_customer": "n",
    "overdue": "v",
    "card_frozen": "f",
    "limit_reached": "r",
    "empty": "e",
}


def world(as_of: date, seed: int = 1) -> Document:
    """One JSON document with what services/*/migrations/seed.sql take. Nothing in it is later than `as_of` begins."""
    random = Random(f"{seed} {as_of}")  # noqa: S311 - it makes companies, not keys
    now = calendar.timegm(as_of.timetuple())
    found: Document = {name: [] for name in _ARRAYS}
    for plan in plans(random, now):
        _Inhabitant(random, plan, now, found).move_in()
    _number(found["invoices"])
    return found


class _Inhabitant:
    """One company's part of the world."""

    def __init__(self, random: Random, plan: Plan, now: int, found: Document) -> None:
        self._random = random
        self._plan = plan
        self._now = now
        self._found = found
        self._customer_id = self._id("cus", plan.opened_at - DAY)
        self._account_id = self._id("acc", plan.opened_at)
        self._taken_digits: set[str] = set()

    def move_in(self) -> None:
        plan = self._plan
        self._found["customers"].append(self._customer())
        self._found["accounts"].append(self._account())
        self._found["credit_limit_changes"] += [
            {**self._of_account(), "credit_limit": self._money(limit), "reason": reason, "changed_at": instant(since)}
            for since, limit, reason in plan.limits
        ]
        cards = [self._card(card, place) for place, card in enumerate(plan.cards)]
        self._found["cards"] += cards
        ledger = Ledger(self._random, plan, self._account_id, self._customer_id, [card["id"] for card in cards])
        ledger.play(purchases(self._random, plan, self._now), self._now)
        if plan.story:
            ledger.name_due_invoice(self._id("inv", self._now))
        self._found["transactions"] += ledger.transactions
        self._found["invoices"] += [invoice.document for invoice in ledger.invoices]
        if self._random.random() < 0.55 and plan.opened_at < self._now - 30 * DAY:
            self._found["contact_requests"].append(self._contact_request())

    def _id(self, prefix: str, moment: int, number: int = 1) -> str:
        letter = _STORY_IDS.get(self._plan.story)
        if letter and number == 1:
            return f"{prefix}_01k9zc6n00000000000000{letter}001"
        return new_id(self._random, prefix, moment)

    def _of_account(self) -> Document:
        return {"account_id": self._account_id}

    def _money(self, hundredths: int) -> dict[str, str]:
        return money(hundredths, self._plan.country.currency)

    def _customer(self) -> Document:
        plan, registered_at = self._plan, self._plan.opened_at - 2 * HOUR
        return {
            "id": self._customer_id,
            "name": plan.company.name,
            "organisation_number": plan.company.organisation_number or organisation_number(self._random),
            "status": "active" if plan.is_active else "inactive",
            "email": f"info@{people.domain(plan.company.name)}",
            "phone": self._phone(),
            "address": self._address(),
            "registered_at": instant(registered_at),
            "version": 1 if plan.is_active else 2,
            "contact_persons": self._contact_persons(registered_at),
        }

    def _contact_persons(self, registered_at: int) -> list[Document]:
        names = [self._plan.person]
        for _ in range(self._random.choice((0, 1, 1, 2))):
            name = people.full_name(self._random, self._plan.company.country)
            names += [name] if name not in names else []
        roles = [self._random.choice(people.FIRST_ROLES), *self._random.sample(people.ROLES, len(names) - 1)]
        return [
            self._contact_person(name, role, registered_at + place * 5, place)
            for place, (name, role) in enumerate(zip(names, roles, strict=True))
        ]

    def _contact_person(self, name: str, role: str, added_at: int, place: int) -> Document:
        return {
            "id": self._id("per", added_at, place + 1),
            "customer_id": self._customer_id,
            "name": name,
            "role": role,
            "email": people.email(name, self._plan.company.name),
            "phone": self._phone(),
            "added_at": instant(added_at),
            "version": 1,
        }

    def _phone(self) -> str:
        return self._random.choice(self._plan.country.phones).format(self._random.randrange(10, 99))

    def _address(self) -> dict[str, str]:
        country = self._plan.country
        code = country.postal_code.format(self._random.randrange(111, 980), self._random.randrange(10))
        street = f"{self._random.choice(country.streets)} {self._random.randrange(1, 90)}"
        return {
            "street": street,
            "postal_code": code,
            "city": self._plan.company.city,
            "country": self._plan.company.country,
        }

    def _account(self) -> Document:
        plan = self._plan
        return {
            "id": self._account_id,
            "customer_id": self._customer_id,
            "name": plan.company.name,
            "status": plan.status,
            "credit_limit": self._money(plan.limits[-1][1]),
            "opened_at": instant(plan.opened_at),
            "frozen_at": _instant(plan.frozen_at),
            "closed_at": _instant(plan.closed_at),
            "version": len(plan.limits) + (plan.status != "open"),
        }

    def _card(self, card: CardPlan, place: int) -> Document:
        changes = (card.activated_at, card.frozen_at, card.cancelled_at)
        return {
            "id": self._id("crd", card.issued_at, place + 1),
            **self._of_account(),
            "customer_id": self._customer_id,
            "holder_name": card.holder,
            "last_four": card.last_four or self._last_four(),
            "token": f"tok_{self._random.getrandbits(128):032x}",
            "design": card.design,
            "status": card.status,
            "issued_at": instant(card.issued_at),
            "activated_at": _instant(card.activated_at),
            "frozen_at": _instant(card.frozen_at),
            "cancelled_at": _instant(card.cancelled_at),
            "version": 1 + sum(change is not None for change in changes),
        }

    def _last_four(self) -> str:
        """No two cards of an account end alike, so that their holders can tell them apart."""
        taken = self._taken_digits | {card.last_four for card in self._plan.cards if card.last_four}
        free = next(digits for digits in iter(self._four_digits, None) if digits not in taken)
        self._taken_digits.add(free)
        return free

    def _four_digits(self) -> str:
        return f"{self._random.randrange(10_000):04d}"

    def _contact_request(self) -> Document:
        topic, message, answer = self._random.choice(QUESTIONS)
        sent_at = (
            self._now
            - self._random.choice((1, 1, 2, 3, 5, 9, 16, 24)) * DAY
            + self._random.randrange(7 * HOUR, 20 * HOUR)
        )
        answered_at = sent_at + self._random.randrange(HOUR, 90 * HOUR)
        is_answered = answered_at < self._now
        return {
            "id": self._id("req", sent_at),
            "customer_id": self._customer_id,
            "status": "answered" if is_answered else "waiting",
            "channel": self._random.choice(("phone", "email", "chat")),
            "topic": topic,
            "message": message,
            "preferred_time": None,
            "sent_at": instant(sent_at),
            "answer": answer if is_answered else None,
            "answered_at": instant(answered_at) if is_answered else None,
            "version": 2 if is_answered else 1,
        }


def _instant(moment: int | None) -> str | None:
    return instant(moment) if moment is not None else None


def _number(invoices: list[Document]) -> None:
    """From one each year, without gaps, in the order they were issued."""
    latest: dict[str, int] = {}
    for invoice in sorted(invoices, key=lambda one: (one["issued_at"], one["id"])):
        year = invoice["issued_at"][:4]
        latest[year] = latest.get(year, 0) + 1
        invoice["number"] = f"{year}-{latest[year]:06d}"
