from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.account import peers, rules
from services.account.errors import AccountIsClosed, CustomerNotActive, OtherCurrency
from services.account.models import Account, Money, PositiveMoney
from tests.services.account.payloads import company

NOW = datetime(2026, 11, 15, 9, 30, tzinfo=UTC)
ACCOUNT = Account(
    id="acc_01k9zc6n00000000000000h001",
    customer_id="cus_01k9zc6n00000000000000h001",
    name="Bergström Bygg AB",
    status="open",
    credit_limit=Money(amount=Decimal("1000.00"), currency="SEK"),
    opened_at=NOW,
    frozen_at=None,
    closed_at=None,
    version=1,
)


def sek(amount: str) -> peers.Money:
    return peers.Money(amount=Decimal(amount), currency="SEK")


def used(amount: str, limit: str = "1000.00") -> peers.Balance:
    left = sek(str(Decimal(limit) - Decimal(amount)))
    return peers.Balance(
        account_id=ACCOUNT.id, status="open", credit_limit=sek(limit), used=sek(amount), remaining=left, transactions=1
    )


def an_invoice(id_: str, due_on: date, status: str = "open") -> peers.Invoice:
    return peers.Invoice(
        id=id_,
        account_id=ACCOUNT.id,
        customer_id=ACCOUNT.customer_id,
        number="2026-000001",
        period="2026-10",
        status=status,
        total=sek("10.00"),
        paid=sek("0.00"),
        remaining=sek("10.00"),
        issued_at=NOW,
        due_on=due_on,
        version=1,
    )


def test_only_an_active_customer_gets_an_account() -> None:
    rules.check_active(peers.Customer.model_validate(company()))
    with pytest.raises(CustomerNotActive):
        rules.check_active(peers.Customer.model_validate(company(status="inactive")))


@pytest.mark.parametrize("status", ["open", "frozen"])
def test_an_account_that_is_not_closed_can_be_changed(status: str) -> None:
    rules.check_not_closed(ACCOUNT.model_copy(update={"status": status}))


def test_a_closed_account_cannot_be_changed() -> None:
    with pytest.raises(AccountIsClosed):
        rules.check_not_closed(ACCOUNT.model_copy(update={"status": "closed"}))


def test_a_limit_in_another_currency_is_refused() -> None:
    rules.check_currency(ACCOUNT, PositiveMoney(amount=Decimal("1.00"), currency="SEK"))
    with pytest.raises(OtherCurrency):
        rules.check_currency(ACCOUNT, PositiveMoney(amount=Decimal("1.00"), currency="EUR"))


@pytest.mark.parametrize(
    ("amount", "remaining"), [("0.00", "1000.00"), ("999.99", "0.01"), ("1200.00", "-200.00"), ("-50.00", "1050.00")]
)
def test_what_remains_is_the_limit_less_what_is_used(amount: str, remaining: str) -> None:
    credit = rules.credit(ACCOUNT, used(amount))
    assert credit.available
    assert credit.remaining == Money(amount=Decimal(remaining), currency="SEK")


def test_what_remains_is_reckoned_from_the_newest_limit() -> None:
    credit = rules.credit(ACCOUNT, used("100.00", limit="500.00"))
    assert credit.remaining == Money(amount=Decimal("900.00"), currency="SEK")


def test_an_untouched_account_has_all_of_its_credit() -> None:
    credit = rules.credit(ACCOUNT, rules.untouched(ACCOUNT))
    assert credit.remaining == ACCOUNT.credit_limit
    assert credit.used == Money(amount=Decimal("0.00"), currency="SEK")


def test_the_due_invoice_is_the_one_to_pay_first() -> None:
    page = peers.InvoicePage(
        items=[
            an_invoice("inv_3", date(2026, 12, 31)),
            an_invoice("inv_2", date(2026, 11, 30), "partially_paid"),
            an_invoice("inv_1", date(2026, 10, 31), "paid"),
            an_invoice("inv_0", date(2026, 9, 30), "a state that this service has not heard of"),
        ],
        next_cursor=None,
        total=4,
    )
    due = rules.invoice(page).due
    assert due is not None
    assert due.id == "inv_2"


@pytest.mark.parametrize(
    ("build", "shown"),
    [
        (rules.cards, {"available": False, "items": []}),
        (rules.invoice, {"available": False, "due": None}),
        (rules.transactions, {"available": False, "latest": [], "more": None}),
    ],
)
def test_a_part_that_is_missing_is_marked(build: Any, shown: dict[str, Any]) -> None:
    assert build(None).model_dump() == shown
