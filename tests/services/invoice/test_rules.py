from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.invoice import rules
from services.invoice.errors import (
    CurrencyDiffers,
    InvoiceIsPaid,
    PaymentTooLarge,
    PeriodBeforeAccount,
    PeriodNotStarted,
    ReceivedOnImplausible,
)
from services.invoice.models import Invoice, NewPayment

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
OPENED = datetime(2025, 1, 20, 9, tzinfo=UTC)
TODAY = NOW.date()
DUE = date(2026, 11, 30)


@dataclass(frozen=True)
class Line:
    amount: Decimal


def lines(*amounts: str) -> list[Line]:
    return [Line(Decimal(amount)) for amount in amounts]


def invoice(total: str = "1000.00", paid: str = "0.00", version: int = 1, today: date = TODAY) -> Invoice:
    remaining = Decimal(total) - Decimal(paid)
    return Invoice.model_validate(
        {
            "id": "inv_01k9zc6n00000000000000h001",
            "account_id": "acc_01k9zc6n00000000000000h001",
            "customer_id": "cus_01k9zc6n00000000000000h001",
            "number": "2026-000431",
            "period": "2026-10",
            "status": rules.status_of(Decimal(total), Decimal(paid), DUE, today),
            "total": {"amount": total, "currency": "SEK"},
            "paid": {"amount": paid, "currency": "SEK"},
            "remaining": {"amount": remaining, "currency": "SEK"},
            "issued_at": "2026-10-31T23:05:00Z",
            "due_on": DUE,
            "version": version,
        }
    )


def payment(amount: str = "1000.00", received_on: str = "2026-11-14", currency: str = "SEK") -> NewPayment:
    return NewPayment.model_validate(
        {"amount": {"amount": amount, "currency": currency}, "reference": "OCR 1", "received_on": received_on}
    )


@pytest.mark.parametrize(
    ("total", "paid", "today", "status"),
    [
        ("100.00", "0.00", date(2026, 11, 15), "open"),
        ("100.00", "0.00", date(2026, 11, 30), "open"),
        ("100.00", "0.00", date(2026, 12, 1), "overdue"),
        ("100.00", "0.01", date(2026, 11, 30), "partially_paid"),
        ("100.00", "99.99", date(2026, 12, 1), "overdue"),
        ("100.00", "100.00", date(2026, 11, 15), "paid"),
        ("100.00", "100.00", date(2027, 11, 15), "paid"),
        ("0.00", "0.00", date(2027, 11, 15), "paid"),
    ],
)
def test_amounts_and_day_decide_the_status(total: str, paid: str, today: date, status: str) -> None:
    assert rules.status_of(Decimal(total), Decimal(paid), DUE, today) == status


def test_every_visible_change_has_its_own_etag() -> None:
    late = date(2026, 12, 1)
    seen = [
        rules.version_shown(invoice()),
        rules.version_shown(invoice(today=late)),
        rules.version_shown(invoice(paid="400.00", version=2, today=late)),
        rules.version_shown(invoice(paid="1000.00", version=3, today=late)),
    ]
    assert seen == sorted(set(seen))


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("2026-10", datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-12", datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        ("2028-02", datetime(2028, 2, 1, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)),
        ("2099-12", datetime(2099, 12, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_period_is_a_month_in_utc(period: str, start: datetime, end: datetime) -> None:
    assert (rules.period_start(period), rules.period_end(period)) == (start, end)


def test_a_past_period_takes_what_was_booked_before_its_end() -> None:
    assert rules.take_until("2026-10", OPENED, NOW) == datetime(2026, 11, 1, tzinfo=UTC)


def test_the_running_period_takes_what_was_booked_so_far() -> None:
    assert rules.take_until("2026-11", OPENED, NOW) == NOW


def test_a_period_can_be_invoiced_from_its_first_moment() -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    assert rules.take_until("2026-12", OPENED, start) == start


def test_a_future_period_is_refused() -> None:
    with pytest.raises(PeriodNotStarted):
        rules.take_until("2026-12", OPENED, NOW)


def test_the_month_of_opening_is_invoiced_and_no_earlier_one() -> None:
    first, last = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
    for opened_at in (first, last):
        assert rules.take_until("2026-10", opened_at, NOW) == datetime(2026, 11, 1, tzinfo=UTC)
        with pytest.raises(PeriodBeforeAccount, match="Choose 2026-10 or a later month"):
            rules.take_until("2026-09", opened_at, NOW)


@pytest.mark.parametrize("amounts", [(), ("10.00",), ("10.00", "-10.00"), ("10.00", "-9.99")])
def test_lines_that_are_owed_or_even_out_are_invoiced(amounts: tuple[str, ...]) -> None:
    assert rules.to_invoice(lines(*amounts)) == lines(*amounts)


@pytest.mark.parametrize("amounts", [("-0.01",), ("10.00", "-10.01")])
def test_lines_with_more_refunds_than_purchases_wait(amounts: tuple[str, ...]) -> None:
    assert rules.to_invoice(lines(*amounts)) == ()


def test_a_total_keeps_every_ore() -> None:
    assert str(rules.total_of(lines("0.10", "0.20", "-0.05"))) == "0.25"
    assert str(rules.total_of([])) == "0.00"


def test_the_last_day_to_pay_is_counted_from_the_issue() -> None:
    assert rules.last_day_to_pay(datetime(2026, 10, 31, 23, 5, tzinfo=UTC), 30) == date(2026, 11, 30)


def test_an_invoice_number_has_its_year_and_sorts_as_text() -> None:
    assert rules.invoice_number(2026, 431) == "2026-000431"
    assert rules.invoice_number(2026, 99) < rules.invoice_number(2026, 100)


@pytest.mark.parametrize("amount", ["0.01", "600.00"])
def test_a_payment_up_to_what_remains_is_taken(amount: str) -> None:
    rules.check_payment(invoice(paid="400.00"), payment(amount), NOW)


def test_a_payment_above_what_remains_is_refused() -> None:
    with pytest.raises(PaymentTooLarge, match=r"600\.00 SEK that remains"):
        rules.check_payment(invoice(paid="400.00"), payment("600.01"), NOW)


def test_a_payment_of_a_paid_invoice_is_refused() -> None:
    with pytest.raises(InvoiceIsPaid):
        rules.check_payment(invoice(paid="1000.00"), payment("0.01"), NOW)


def test_a_payment_in_another_currency_is_refused() -> None:
    with pytest.raises(CurrencyDiffers):
        rules.check_payment(invoice(), payment(currency="EUR"), NOW)


@pytest.mark.parametrize("day", ["2026-10-01", "2026-11-15", "2026-11-16"])
def test_a_payment_received_in_the_period_or_since_is_taken(day: str) -> None:
    """At noon in UTC it is past midnight in Auckland."""
    rules.check_payment(invoice(), payment(received_on=day), NOW)


@pytest.mark.parametrize("day", ["2026-09-30", "2026-11-17", "0001-01-01", "9999-12-31"])
def test_a_payment_received_before_the_period_or_in_the_future_is_refused(day: str) -> None:
    with pytest.raises(ReceivedOnImplausible):
        rules.check_payment(invoice(), payment(received_on=day), NOW)
