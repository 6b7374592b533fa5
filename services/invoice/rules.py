"""What may happen to an invoice. Days are UTC days."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal, Protocol, TypeVar

from services.invoice.errors import (
    CurrencyDiffers,
    InvoiceIsPaid,
    PaymentTooLarge,
    PeriodBeforeAccount,
    PeriodNotStarted,
    ReceivedOnImplausible,
)
from services.invoice.models import Invoice, NewPayment

Status = Literal["open", "partially_paid", "overdue", "paid"]
# When a day begins on the other side of the date line, it is still the day before in UTC.
_EARLIEST_TIME_ZONE = timedelta(hours=14)


class Amounted(Protocol):
    @property
    def amount(self) -> Decimal: ...


A = TypeVar("A", bound=Amounted)


def status_of(total: Decimal, paid: Decimal, due_on: date, today: date) -> Status:
    """The list's filter says the same in SQL."""
    if paid >= total:
        return "paid"
    if due_on < today:
        return "overdue"
    return "partially_paid" if paid > 0 else "open"


def version_shown(invoice: Invoice) -> int:
    """The number in the ETag: an invoice falls overdue by the mere passing of a day, which writes no new version."""
    return invoice.version * 2 + (invoice.status == "overdue")


def period_start(period: str) -> datetime:
    year, month = period.split("-")
    return datetime(int(year), int(month), 1, tzinfo=UTC)


def period_end(period: str) -> datetime:
    """The first moment after the period."""
    return (period_start(period) + timedelta(days=31)).replace(day=1)


def take_until(period: str, opened_at: datetime, now: datetime) -> datetime:
    """An invoice takes what was booked before this moment; raises PeriodNotStarted or PeriodBeforeAccount."""
    if now < period_start(period):
        raise PeriodNotStarted(period)
    if period_end(period) <= opened_at:
        raise PeriodBeforeAccount(period, opened_at.date())
    return min(now, period_end(period))


def to_invoice(lines: Sequence[A]) -> Sequence[A]:
    """All lines, or none when refunds outweigh the rest: an invoice never asks for less than nothing."""
    return lines if total_of(lines) >= 0 else ()


def total_of(lines: Sequence[Amounted]) -> Decimal:
    return sum((line.amount for line in lines), Decimal("0.00"))


def last_day_to_pay(issued_at: datetime, days_to_pay: int) -> date:
    return issued_at.date() + timedelta(days=days_to_pay)


def invoice_number(year: int, place: int) -> str:
    return f"{year}-{place:06d}"


def check_payment(invoice: Invoice, new: NewPayment, now: datetime) -> None:
    """Raise unless the payment may be registered."""
    remaining = invoice.remaining
    if new.amount.currency != remaining.currency:
        raise CurrencyDiffers(new.amount.currency, remaining.currency)
    first, last = period_start(invoice.period).date(), (now + _EARLIEST_TIME_ZONE).date()
    if not first <= new.received_on <= last:
        raise ReceivedOnImplausible(new.received_on, first, last)
    if remaining.amount <= 0:
        raise InvoiceIsPaid(invoice.id)
    if new.amount.amount > remaining.amount:
        raise PaymentTooLarge(new.amount.amount, remaining.amount, remaining.currency)
