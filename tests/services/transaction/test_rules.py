"""The rules alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.transaction.errors import (
    AccountIsClosed,
    AccountIsFrozen,
    BalanceNotZero,
    BalanceOutOfRange,
    CardNotActive,
    CardNotFound,
    CreditLimitExceeded,
    CurrencyMismatch,
    PurchaseDatedLater,
)
from services.transaction.rules import (
    CLOCK_TOLERANCE,
    LARGEST_BALANCE,
    Card,
    Entry,
    Ledger,
    balance,
    check_closing,
    check_entry,
    check_purchase_date,
    csv_lines,
    instant,
)
from tandem.kit.problems import InvalidRequest

_LEDGER = Ledger("acc_1", "cus_1", "SEK", Decimal("100.00"), "open", Decimal("40.00"), 7)
_CARD = Card("crd_1", "acc_1", "active")
_PURCHASE = Entry("txn_1", "acc_1", "purchase", Decimal("60.00"), "SEK", "Byggmax", card_id="crd_1")
_NOW = datetime(2026, 11, 15, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "effect", "counterpart"),
    [("purchase", 60, "clearing"), ("fee", 60, "fee_income"), ("refund", -60, "clearing"), ("payment", -60, "bank")],
)
def test_entry_moves_the_receivable_against_its_counterpart(kind: str, effect: int, counterpart: str) -> None:
    entry = replace(_PURCHASE, kind=kind)
    assert entry.effect == effect
    assert entry.lines == [("receivable:acc_1", Decimal(effect)), (counterpart, Decimal(-effect))]


def test_purchase_of_what_remains_passes() -> None:
    check_entry(_LEDGER, _CARD, _PURCHASE)


@pytest.mark.parametrize(
    ("ledger", "card", "reason"),
    [
        ({}, None, CardNotFound),
        ({}, replace(_CARD, account_id="acc_2"), CardNotFound),
        ({}, replace(_CARD, account_id=None), CardNotFound),
        ({"currency": "EUR"}, _CARD, CurrencyMismatch),
        ({"status": "closed"}, _CARD, AccountIsClosed),
        ({"status": "frozen"}, _CARD, AccountIsFrozen),
        ({}, replace(_CARD, status="frozen"), CardNotActive),
        ({"used": Decimal("40.01")}, _CARD, CreditLimitExceeded),
    ],
)
def test_purchase_is_refused_for_the_first_reason(
    ledger: dict[str, object], card: Card | None, reason: type[Exception]
) -> None:
    with pytest.raises(reason):
        check_entry(replace(_LEDGER, **ledger), card, _PURCHASE)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["refund", "payment", "fee"])
def test_frozen_ledger_takes_all_but_purchases(kind: str) -> None:
    check_entry(replace(_LEDGER, status="frozen"), None, replace(_PURCHASE, kind=kind))


def test_invoice_payment_is_taken_by_a_closed_ledger() -> None:
    payment = replace(_PURCHASE, kind="payment", payment_id="pay_1")
    check_entry(replace(_LEDGER, status="closed"), None, payment)


def test_fee_up_to_the_largest_balance_passes_and_beyond_is_refused() -> None:
    fee = replace(_PURCHASE, kind="fee")
    check_entry(replace(_LEDGER, used=LARGEST_BALANCE - 60), None, fee)
    with pytest.raises(BalanceOutOfRange):
        check_entry(replace(_LEDGER, used=LARGEST_BALANCE - Decimal("59.99")), None, fee)


def test_purchase_date_may_be_as_late_as_a_clock_is_wrong() -> None:
    check_purchase_date(None, _NOW)
    check_purchase_date(_NOW + CLOCK_TOLERANCE, _NOW)
    with pytest.raises(PurchaseDatedLater):
        check_purchase_date(_NOW + CLOCK_TOLERANCE + timedelta(seconds=1), _NOW)


@pytest.mark.parametrize("used", ["0.01", "-0.01"])
def test_ledger_closes_only_at_zero(used: str) -> None:
    check_closing(replace(_LEDGER, used=Decimal("0.00")))
    with pytest.raises(BalanceNotZero):
        check_closing(replace(_LEDGER, used=Decimal(used)))


def test_remaining_is_the_limit_less_what_is_used_and_may_be_below_zero() -> None:
    assert balance(replace(_LEDGER, used=Decimal("130.00"))).remaining.amount == Decimal("-30.00")
    assert balance(replace(_LEDGER, used=Decimal("-5.00"))).remaining.amount == Decimal("105.00")


def test_instant_reads_what_the_contract_allows() -> None:
    assert instant("booked_from", None) is None
    assert instant("booked_from", "2026-11-15T09:30:00Z") == _NOW
    assert instant("booked_from", "2026-11-15t09:30:00.123456789Z") == _NOW.replace(microsecond=123456)
    with pytest.raises(InvalidRequest):
        instant("booked_from", "2016-12-31T23:59:60Z")


def test_csv_cells_are_quoted_and_never_formulas() -> None:
    assert csv_lines([("a", 'say "hi", Åsa', "=1+1", "")]) == 'a,"say ""hi"", Åsa",\'=1+1,\r\n'.encode()
