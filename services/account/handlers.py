import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog
from pydantic import ValidationError

from services.account import rules
from services.account.errors import (
    AccountHasBalance,
    AccountHasUnpaidInvoices,
    AccountNotFound,
    CustomerNotFound,
    LedgerNotReady,
)
from services.account.models import (
    Account,
    AccountClosed,
    AccountFrozen,
    AccountLimitChanged,
    AccountOpened,
    AccountOverview,
    AccountPage,
    AccountUnfrozen,
    CreditLimitChange,
    CreditLimitChangePage,
    NewAccount,
)
from services.account.peers import CardPage, Customer, InvoicePage, Peers, TransactionPage
from services.account.repository import Accounts, CreditLimitChanges
from tandem.kit.call import Call
from tandem.kit.peers import PeerRefused, PeerUnavailable

log = structlog.get_logger()
Answer = TypeVar("Answer")
Part = TypeVar("Part")


async def open_account(call: Call[Peers], body: NewAccount) -> Account:
    customer = await _customer(call, body.customer_id)
    rules.check_active(customer)
    account = await Accounts(call.connection).open(call.new_id("acc"), body, customer.name, call.now)
    await CreditLimitChanges(call.connection).add(account, "Opened", call.now)
    await call.emit(
        AccountOpened(
            account_id=account.id,
            customer_id=account.customer_id,
            credit_limit=account.credit_limit,
            opened_at=account.opened_at,
        )
    )
    call.etag = account.version
    return account


async def list_accounts(
    call: Call[Peers], customer_id: str | None, status: str | None, limit: int, cursor: str | None
) -> AccountPage:
    owner = call.caller.restrict(customer_id)
    after = call.read_cursor(cursor, datetime, str)
    async with call.snapshot() as connection:
        accounts = Accounts(connection)
        found = await accounts.page(owner, status, after, limit + 1)
        total = await accounts.count(owner, status)
    items = found[:limit]
    next_cursor = call.write_cursor(items[-1].opened_at, items[-1].id) if len(found) > limit else None
    return AccountPage(items=items, next_cursor=next_cursor, total=total)


async def get_account(call: Call[Peers], account_id: str) -> Account:
    account = await Accounts(call.connection).get(account_id)
    call.caller.require_owner(account.customer_id, AccountNotFound(account_id))
    call.etag = account.version
    return account


async def change_credit_limit(call: Call[Peers], account_id: str, body: CreditLimitChange) -> Account:
    accounts = Accounts(call.connection)
    account = await _locked(call, accounts, account_id)
    rules.check_not_closed(account)
    call.check_match(account.version)
    rules.check_currency(account, body.credit_limit)
    account = await accounts.change_credit_limit(account_id, body.credit_limit)
    await CreditLimitChanges(call.connection).add(account, body.reason, call.now)
    await call.emit(AccountLimitChanged(account_id=account_id, credit_limit=account.credit_limit))
    call.etag = account.version
    return account


async def list_credit_limit_changes(
    call: Call[Peers], account_id: str, limit: int, cursor: str | None
) -> CreditLimitChangePage:
    account = await Accounts(call.connection).get(account_id)
    call.caller.require_owner(account.customer_id, AccountNotFound(account_id))
    (before,) = call.read_cursor(cursor, int) or (None,)
    async with call.snapshot() as connection:
        changes = CreditLimitChanges(connection)
        found = await changes.page(account_id, before, limit + 1)
        total = await changes.count(account_id)
    shown = found[:limit]
    next_cursor = call.write_cursor(shown[-1][0]) if len(found) > limit else None
    return CreditLimitChangePage(items=[change for _, change in shown], next_cursor=next_cursor, total=total)


async def freeze_account(call: Call[Peers], account_id: str) -> Account:
    accounts = Accounts(call.connection)
    account = await _locked(call, accounts, account_id)
    rules.check_not_closed(account)
    if account.status != "frozen":
        account = await accounts.freeze(account_id, call.now)
        await call.emit(AccountFrozen(account_id=account_id))
    call.etag = account.version
    return account


async def unfreeze_account(call: Call[Peers], account_id: str) -> Account:
    accounts = Accounts(call.connection)
    account = await _locked(call, accounts, account_id)
    rules.check_not_closed(account)
    if account.status == "frozen":
        account = await accounts.unfreeze(account_id)
        await call.emit(AccountUnfrozen(account_id=account_id))
    call.etag = account.version
    return account


async def close_account(call: Call[Peers], account_id: str) -> Account:
    seen = await Accounts(call.reader).get(account_id)
    call.caller.require_owner(seen.customer_id, AccountNotFound(account_id))
    if seen.status != "closed":
        await _check_invoices(call, account_id)
        await _close_ledger(call, account_id)
    accounts = Accounts(call.connection)
    account = await accounts.lock(account_id)
    if account.status != "closed":
        account = await accounts.close(account_id, call.now)
        await call.emit(AccountClosed(account_id=account_id))
    call.etag = account.version
    return account


async def get_account_overview(call: Call[Peers], account_id: str) -> AccountOverview:
    account = await Accounts(call.connection).get(account_id)
    call.caller.require_owner(account.customer_id, AccountNotFound(account_id))
    ledger, seconds = call.peers.transaction, call.settings.overview_part_seconds
    credit, cards, invoice, transactions = await asyncio.gather(
        _part(
            ledger.get_balance(account_id=account_id, timeout_seconds=seconds),
            partial(rules.credit, account),
            rules.untouched(account),
        ),
        _part(
            call.peers.card.list_cards(account_id=account_id, limit=100, timeout_seconds=seconds),
            rules.cards,
            NO_CARDS,
        ),
        _part(
            call.peers.invoice.list_invoices(account_id=account_id, unpaid=True, limit=100, timeout_seconds=seconds),
            rules.invoice,
            NO_INVOICES,
        ),
        _part(
            ledger.list_transactions(account_id=account_id, limit=rules.LATEST, timeout_seconds=seconds),
            rules.transactions,
            NO_TRANSACTIONS,
        ),
    )
    return AccountOverview(
        account_id=account_id,
        status=account.status,
        credit=credit,
        cards=cards,
        invoice=invoice,
        transactions=transactions,
    )


NO_CARDS = CardPage(items=[], next_cursor=None, total=0)
NO_INVOICES = InvoicePage(items=[], next_cursor=None, total=0)
NO_TRANSACTIONS = TransactionPage(items=[], next_cursor=None, total=0)


async def _part(asked: Awaitable[Answer], show: Callable[[Answer | None], Part], when_unheard_of: Answer) -> Part:
    """A part of the overview; `show(None)` when it cannot be had.

    A peer answers 404 for an account that was opened so recently that the event has not reached it. It may also answer
    with a value that was added to its contract after ours was written.
    """
    try:
        return show(await asked)
    except PeerUnavailable:
        return show(None)
    except PeerRefused as refusal:
        if refusal.status == 404:
            return show(when_unheard_of)
        log.error("overview part refused", peer=refusal.peer, operation=refusal.operation, status=refusal.status)
        return show(None)
    except ValidationError as error:
        log.error("overview part not understood", part=error.title, wrong=_places(error))
        return show(None)


def _places(error: ValidationError) -> list[str]:
    """Without the values, which may be sensitive."""
    wrong = error.errors(include_url=False, include_context=False, include_input=False)
    return [f"{'/'.join(map(str, one['loc']))}: {one['type']}" for one in wrong]


async def _locked(call: Call[Peers], accounts: Accounts, account_id: str) -> Account:
    account = await accounts.lock(account_id)
    call.caller.require_owner(account.customer_id, AccountNotFound(account_id))
    return account


async def _customer(call: Call[Peers], customer_id: str) -> Customer:
    try:
        return await call.peers.customer.get_customer(customer_id=customer_id)
    except PeerRefused as refusal:
        if refusal.status == 404:
            raise CustomerNotFound(customer_id) from refusal
        raise


async def _check_invoices(call: Call[Peers], account_id: str) -> None:
    """A refund booked after the invoice evens out the ledger while the invoice still asks for its money."""
    unpaid = (await call.peers.invoice.list_invoices(account_id=account_id, unpaid=True, limit=1)).total
    if unpaid:
        raise AccountHasUnpaidInvoices(account_id, unpaid)


async def _close_ledger(call: Call[Peers], account_id: str) -> None:
    """The ledger decides whether anything is owed. It closes first: repeating a close that was cut short ends well."""
    try:
        await call.peers.transaction.close_ledger(account_id=account_id)
    except PeerRefused as refusal:
        if refusal.status == 409:
            raise AccountHasBalance(account_id, refusal.detail) from refusal
        if refusal.status == 404:
            raise LedgerNotReady(account_id) from refusal
        raise
