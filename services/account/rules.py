from decimal import Decimal

from services.account import peers
from services.account.errors import AccountIsClosed, CustomerNotActive, OtherCurrency
from services.account.models import (
    Account,
    DueInvoice,
    Money,
    OverviewCard,
    OverviewCards,
    OverviewCredit,
    OverviewInvoice,
    OverviewTransaction,
    OverviewTransactions,
    PositiveMoney,
)

SHOWN_CARDS = frozenset({"inactive", "active", "frozen"})
TO_PAY = frozenset({"open", "partially_paid", "overdue"})
LATEST = 3


def check_active(customer: peers.Customer) -> None:
    if customer.status != "active":
        raise CustomerNotActive(customer.id)


def check_not_closed(account: Account) -> None:
    if account.status == "closed":
        raise AccountIsClosed(account.id)


def check_currency(account: Account, limit: PositiveMoney) -> None:
    if limit.currency != account.credit_limit.currency:
        raise OtherCurrency(account.id, account.credit_limit.currency)


def untouched(account: Account) -> peers.Balance:
    """The balance of an account on which nothing can have happened yet."""
    limit = peers.Money(amount=account.credit_limit.amount, currency=account.credit_limit.currency)
    nothing = peers.Money(amount=Decimal("0.00"), currency=limit.currency)
    return peers.Balance(
        account_id=account.id, status=account.status, credit_limit=limit, used=nothing, remaining=limit, transactions=0
    )


def credit(account: Account, balance: peers.Balance | None) -> OverviewCredit:
    """What remains is reckoned from our limit: the ledger may hear of a new one a moment later than its reader."""
    limit = account.credit_limit
    if balance is None:
        return OverviewCredit(available=False, limit=limit, used=None, remaining=None)
    used = Money(amount=balance.used.amount, currency=limit.currency)
    remaining = Money(amount=limit.amount - used.amount, currency=limit.currency)
    return OverviewCredit(available=True, limit=limit, used=used, remaining=remaining)


def cards(page: peers.CardPage | None) -> OverviewCards:
    if page is None:
        return OverviewCards(available=False, items=[])
    shown = [_card(card) for card in page.items if card.status in SHOWN_CARDS]
    return OverviewCards(available=True, items=shown)


def _card(card: peers.Card) -> OverviewCard:
    return OverviewCard.model_validate(
        {
            "id": card.id,
            "holder_name": card.holder_name,
            "last_four": card.last_four,
            "status": card.status,
            "can_activate": card.status == "inactive",
            "picture_url": card.picture.url,
        }
    )


def invoice(page: peers.InvoicePage | None) -> OverviewInvoice:
    if page is None:
        return OverviewInvoice(available=False, due=None)
    unpaid = [invoice for invoice in page.items if invoice.status in TO_PAY]
    first = min(unpaid, key=lambda invoice: invoice.due_on, default=None)
    return OverviewInvoice(
        available=True, due=DueInvoice.model_validate(first, from_attributes=True) if first else None
    )


def transactions(page: peers.TransactionPage | None) -> OverviewTransactions:
    if page is None:
        return OverviewTransactions(available=False, latest=[], more=None)
    latest = [OverviewTransaction.model_validate(item, from_attributes=True) for item in page.items[:LATEST]]
    return OverviewTransactions(available=True, latest=latest, more=max(0, page.total - len(latest)))
