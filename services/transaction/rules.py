"""What may be booked, and how it stands in the books."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from services.transaction.errors import (
    AccountIsClosed,
    AccountIsFrozen,
    BalanceNotZero,
    BalanceOutOfRange,
    CardNotActive,
    CardNotFound,
    CreditLimitExceeded,
    CurrencyMismatch,
    NotRefundable,
    PurchaseDatedLater,
    RefundExceedsPurchase,
)
from services.transaction.models import Balance, Money, PositiveMoney, Transaction
from tandem.kit.problems import Complaint, InvalidRequest

# Terminals set their own clocks; one that is a little fast must not lose its purchase.
CLOCK_TOLERANCE = timedelta(minutes=5)
# Keeps used, limit and remaining within the twelve digits that the contract's Money has.
LARGEST_BALANCE = Decimal("900000000000.00")

CSV_COLUMNS = (
    "sequence",
    "booked_at",
    "kind",
    "description",
    "amount",
    "currency",
    "card_id",
    "purchased_at",
    "merchant_category",
    "purchase_id",
    "reason",
    "invoice_id",
    "reference",
    "id",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the ledger knows of an account. `used` is below zero when more was paid than is owed."""

    account_id: str
    customer_id: str
    currency: str
    credit_limit: Decimal
    status: str
    used: Decimal
    last_sequence: int

    @property
    def remaining(self) -> Decimal:
        return self.credit_limit - self.used


@dataclass(frozen=True, slots=True)
class Card:
    card_id: str
    account_id: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Which transactions of an account; None leaves it open."""

    card_id: str | None = None
    kind: str | None = None
    booked_from: datetime | None = None
    booked_before: datetime | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A transaction that is to be booked; booking gives it its time and its place in the sequence."""

    id: str
    account_id: str
    kind: str
    amount: Decimal
    currency: str
    description: str
    card_id: str | None = None
    purchased_at: datetime | None = None
    merchant_category: str | None = None
    purchase_id: str | None = None
    reason: str | None = None
    invoice_id: str | None = None
    payment_id: str | None = None
    reference: str | None = None

    @property
    def effect(self) -> Decimal:
        """What it adds to the credit that is used."""
        return self.amount if self.kind in ("purchase", "fee") else -self.amount

    @property
    def lines(self) -> list[tuple[str, Decimal]]:
        """The ledger accounts it moves money between; a debit is above zero."""
        counterpart = {"purchase": "clearing", "refund": "clearing", "payment": "bank", "fee": "fee_income"}[self.kind]
        return [(f"receivable:{self.account_id}", self.effect), (counterpart, -self.effect)]

    @property
    def accepting_statuses(self) -> list[str]:
        """The states of a ledger in which it may be booked."""
        if self.kind == "purchase":
            return ["open"]
        if self.payment_id is not None:
            # The invoice service has the money already: it must stand in the books whatever became of the account.
            return ["open", "frozen", "closed"]
        return ["open", "frozen"]


def check_purchase_date(purchased_at: datetime | None, now: datetime) -> None:
    if purchased_at is not None and purchased_at > now + CLOCK_TOLERANCE:
        raise PurchaseDatedLater(purchased_at)


def check_entry(ledger: Ledger, card: Card | None, entry: Entry) -> None:
    """Raise the reason why `entry` cannot be booked, if there is one; `card` matters to purchases only."""
    is_purchase = entry.kind == "purchase"
    if is_purchase and (card is None or card.account_id != ledger.account_id):
        raise CardNotFound(str(entry.card_id))
    if entry.currency != ledger.currency:
        raise CurrencyMismatch(entry.currency, ledger.currency)
    if ledger.status not in entry.accepting_statuses:
        raise AccountIsClosed(ledger.account_id) if ledger.status == "closed" else AccountIsFrozen(ledger.account_id)
    if is_purchase and card is not None and card.status != "active":
        raise CardNotActive(card.card_id, card.status)
    if is_purchase and entry.amount > ledger.remaining:
        raise CreditLimitExceeded(ledger.account_id, entry.amount, ledger.remaining, ledger.currency)
    if abs(ledger.used + entry.effect) > LARGEST_BALANCE:
        raise BalanceOutOfRange(ledger.account_id, LARGEST_BALANCE, ledger.currency)


def check_refund(purchase: Transaction, refunded: Decimal, amount: PositiveMoney) -> None:
    if purchase.kind != "purchase":
        raise NotRefundable(purchase.id, purchase.kind)
    if amount.currency != purchase.amount.currency:
        raise CurrencyMismatch(amount.currency, purchase.amount.currency)
    left = purchase.amount.amount - refunded
    if amount.amount > left:
        raise RefundExceedsPurchase(purchase.id, amount.amount, left, amount.currency)


def check_closing(ledger: Ledger) -> None:
    if ledger.used != 0:
        raise BalanceNotZero(ledger.account_id, ledger.used, ledger.currency)


def balance(ledger: Ledger) -> Balance:
    def money(amount: Decimal) -> Money:
        return Money(amount=amount, currency=ledger.currency)

    return Balance(
        account_id=ledger.account_id,
        status=ledger.status,
        credit_limit=money(ledger.credit_limit),
        used=money(ledger.used),
        remaining=money(ledger.remaining),
        transactions=ledger.last_sequence,
    )


def instant(name: str, text: str | None) -> datetime | None:
    """The moment a query parameter names. RFC 3339 also has leap seconds and a year 0, which no clock here has."""
    try:
        return datetime.fromisoformat(text) if text is not None else None
    except ValueError as error:
        message = f"{name} is not a moment on our calendar: {error}"
        raise InvalidRequest(f"query {name}: {message}.", [Complaint("query", name, message)]) from error


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Lines of a CSV file (RFC 4180)."""
    text = io.StringIO()
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def csv_row(transaction: Transaction) -> list[str]:
    """The cells in the order of CSV_COLUMNS."""
    plain = transaction.model_dump(mode="json")
    plain |= plain["amount"]
    return ["" if plain[column] is None else str(plain[column]) for column in CSV_COLUMNS]


def _cell(text: str) -> str:
    # Spreadsheets run what begins like a formula (OWASP, CSV injection).
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
