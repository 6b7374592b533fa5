"""One account's year, event by event: purchases that fit in the credit, refunds, fees, invoices and their payments."""

import calendar
import heapq
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from tandem.local.seed.identifiers import DAY, day, instant, luhn_digit, money, new_id
from tandem.local.seed.plans import HOUR, Pays, Plan
from tandem.local.seed.spending import Purchase

DAYS_TO_PAY = 30
DAYS_TO_REMINDER = 5
_STOPPED_FOR_DAYS = 65
_REFUND_REASONS = ("Returned", "Faulty", "Wrong item delivered", "Charged twice", "Order cancelled by the shop")
Document = dict[str, Any]


@dataclass(order=True)
class _Event:
    moment: int
    order: int
    happen: Callable[[int], None] = field(compare=False)


@dataclass
class Invoice:
    """`paid` and `total` are in hundredths; the document is what the world has of it."""

    document: Document
    issued_at: int
    due_at: int
    total: int
    paid: int = 0


class Ledger:
    """`transactions` and `invoices` fill up as the events are played."""

    def __init__(self, random: Random, plan: Plan, account_id: str, customer_id: str, card_ids: list[str]) -> None:
        self.transactions: list[Document] = []
        self.invoices: list[Invoice] = []
        self.used = 0
        self._random = random
        self._plan = plan
        self._account_id = account_id
        self._customer_id = customer_id
        self._cards = list(zip(plan.cards, card_ids, strict=True))
        self._currency = plan.country.currency
        self._events: list[_Event] = []
        self._last_booked = 0
        self._uninvoiced: list[tuple[int, int, Document]] = []
        self._order = 0
        self._now = 0

    def play(self, purchases: list[Purchase], now: int) -> None:
        self._now = now
        # The one that reaches its limit does so with what it buys in the last day.
        until = now - DAY if self._plan.reaches_limit else now
        for purchase in purchases:
            self._expect(purchase.moment, partial(self._purchase, purchase))
        for start, end in _months(self._plan.opened_at, now):
            self._expect(end + self._plan.days_to_invoice * DAY, partial(self._invoice, start, end))
        if purchases:
            self._expect(self._plan.opened_at + 8 * DAY, self._yearly_fee)
        while self._events and self._events[0].moment <= until:
            event = heapq.heappop(self._events)
            event.happen(event.moment)
        if self._plan.reaches_limit:
            self._use_up(now)

    def name_due_invoice(self, invoice_id: str) -> None:
        """Give the invoice that is to be paid next, where there is one, an id that is known beforehand."""
        due = next((invoice.document for invoice in self.invoices if invoice.paid < invoice.total), None)
        if due is not None:
            for transaction in self.transactions:
                if transaction["invoice_id"] == due["id"]:
                    transaction["invoice_id"] = invoice_id
            due["id"] = invoice_id

    def _expect(self, moment: int, happen: Callable[[int], None]) -> None:
        self._order += 1
        heapq.heappush(self._events, _Event(moment, self._order, happen))

    def _purchase(self, purchase: Purchase, moment: int) -> None:
        usable = [card_id for card, card_id in self._cards if card.works_at(moment)]
        if not usable or self.used + purchase.amount > self._plan.limit_at(moment):
            return
        card_id = usable[0] if len(usable) == 1 or self._random.random() < 0.6 else self._random.choice(usable)
        booked = self._book("purchase", moment, purchase.description, purchase.amount, card_id=card_id)
        booked["purchased_at"] = instant(self._last_booked - self._random.randrange(2, 90))
        booked["merchant_category"] = purchase.category
        if self._random.random() < 0.03 and self._plan.closed_at is None:
            later = moment + self._random.randrange(2, 12) * DAY
            self._expect(later, partial(self._refund, booked, purchase.amount))

    def _refund(self, purchase: Document, amount: int, moment: int) -> None:
        given_back = (
            amount if self._random.random() < 0.7 or amount < 20_000 else amount * self._random.randrange(2, 9) // 10
        )
        booked = self._book("refund", moment, purchase["description"], given_back, card_id=purchase["card_id"])
        booked["refunds"] = purchase["id"]
        booked["reason"] = self._random.choice(_REFUND_REASONS)
        booked["merchant_category"] = purchase["merchant_category"]

    def _yearly_fee(self, moment: int) -> None:
        self._book("fee", moment, "Yearly fee", self._plan.country.yearly_fee * 100)

    def _invoice(self, start: int, end: int, moment: int) -> None:
        taken = [(amount, line) for booked_at, amount, line in self._uninvoiced if booked_at < end]
        total = sum(amount for amount, _ in taken)
        if total <= 0:
            return
        self._uninvoiced = [one for one in self._uninvoiced if one[0] >= end]
        document = self._invoice_document(moment, start, total, [line for _, line in taken])
        due_at = moment - moment % DAY + DAYS_TO_PAY * DAY
        invoice = Invoice(document, moment, due_at, total)
        self.invoices.append(invoice)
        for days, share in self._habit(moment):
            paid_at = due_at + days * DAY + self._banking_hours()
            self._expect(paid_at, partial(self._payment, invoice, share))
        self._expect(due_at + DAYS_TO_REMINDER * DAY + 6 * HOUR, partial(self._reminder, invoice))

    def _invoice_document(self, moment: int, start: int, total: int, lines: list[Document]) -> Document:
        return {
            "id": new_id(self._random, "inv", moment),
            "account_id": self._account_id,
            "customer_id": self._customer_id,
            "period": time.strftime("%Y-%m", time.gmtime(start)),
            "number": "",
            "total": money(total, self._currency),
            "issued_at": instant(moment),
            "due_on": day(moment + DAYS_TO_PAY * DAY),
            "lines": lines,
            "payments": [],
            "version": 1,
        }

    def _habit(self, issued_at: int) -> list[tuple[int, int]]:
        """When it pays, in days from the last day to pay, and how many per cent of the total."""
        pays, random = self._plan.pays, self._random
        early = [(-random.randrange(2, 13), 100)]
        if pays is Pays.LAST_DAY:
            return [(0, 100)]
        if pays is Pays.LATE and random.random() < 0.35:
            return [(random.randrange(2, 18), 100)]
        if pays is Pays.IN_PARTS:
            return [(2 - DAYS_TO_PAY, random.randrange(30, 70)), (-2, 100)]
        if pays is Pays.STOPPED and issued_at > self._now - _STOPPED_FOR_DAYS * DAY:
            return []
        return early

    def _banking_hours(self) -> int:
        return self._random.randrange(8 * HOUR, 16 * HOUR)

    def _payment(self, invoice: Invoice, share: int, moment: int) -> None:
        amount = min(invoice.total * share // 100, invoice.total - invoice.paid)
        if amount <= 0:
            return
        invoice.paid += amount
        payment_id = new_id(self._random, "pay", moment)
        invoice.document["version"] += 1
        invoice.document["payments"].append(
            {
                "id": payment_id,
                "amount": money(amount, self._currency),
                "reference": _reference(self._random),
                "received_on": day(moment),
                "registered_at": instant(moment),
            }
        )
        # The ledger hears of it a moment later.
        booked = self._book("payment", moment + self._random.randrange(1, 4), "Invoice payment", amount)
        booked["invoice_id"], booked["payment_id"] = invoice.document["id"], payment_id

    def _reminder(self, invoice: Invoice, moment: int) -> None:
        if invoice.paid < invoice.total:
            self._book("fee", moment, "Reminder fee", self._plan.country.reminder_fee * 100)

    def _use_up(self, now: int) -> None:
        """Spend what remains in the last day, to the last öre."""
        left = self._plan.limit_at(now) - self.used
        shares = [left * 2 // 5, left // 4, left - left * 2 // 5 - left // 4]
        for hours, amount in zip((17, 11, 6), shares, strict=True):
            if amount > 0:
                shop = self._random.choice(("Preem", "Circle K", "OKQ8"))
                fuel = Purchase(now - hours * HOUR, f"{shop} {self._plan.company.city}", "5541", amount)
                self._purchase(fuel, fuel.moment)

    def _book(self, kind: str, moment: int, description: str, amount: int, card_id: str | None = None) -> Document:
        self._last_booked = max(moment, self._last_booked + 1)
        booked_at = instant(self._last_booked)
        uses_credit = kind in {"purchase", "fee"}
        self.used += amount if uses_credit else -amount
        transaction = {
            "id": new_id(self._random, "txn", self._last_booked),
            "account_id": self._account_id,
            "customer_id": self._customer_id,
            "card_id": card_id,
            "kind": kind,
            "description": description,
            "amount": money(amount, self._currency),
            "purchased_at": None,
            "booked_at": booked_at,
            "sequence": len(self.transactions) + 1,
            "merchant_category": None,
            "refunds": None,
            "reason": None,
            "invoice_id": None,
            "payment_id": None,
        }
        self.transactions.append(transaction)
        if kind != "payment":
            signed = amount if uses_credit else -amount
            self._uninvoiced.append((self._last_booked, signed, self._line(transaction, signed)))
        return transaction

    def _line(self, transaction: Document, amount: int) -> Document:
        return {
            "transaction_id": transaction["id"],
            "kind": transaction["kind"],
            "description": transaction["description"],
            "amount": money(amount, self._currency),
            "booked_at": transaction["booked_at"],
        }


def _reference(random: Random) -> str:
    """As banks print it: digits with a check digit."""
    digits = str(random.randrange(10**9, 10**10))
    return digits + luhn_digit(digits)


def _months(opened_at: int, now: int) -> Iterator[tuple[int, int]]:
    """First moments of each month since `opened_at`, and of the one after."""
    date = time.gmtime(opened_at)
    year, month = date.tm_year, date.tm_mon
    start = calendar.timegm((year, month, 1, 0, 0, 0))
    while start < now:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        end = calendar.timegm((year, month, 1, 0, 0, 0))
        yield start, end
        start = end
