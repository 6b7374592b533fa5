import asyncio
import time
from datetime import datetime

from services.invoice.document import render
from services.invoice.errors import AccountNotFound, InvoiceExists, InvoiceNotFound, LedgerBehind, LedgerNotOpen
from services.invoice.models import (
    AccountOpened,
    Invoice,
    InvoiceCreated,
    InvoiceLinePage,
    InvoicePage,
    InvoicePaid,
    InvoicePaymentRegistered,
    NewInvoice,
    NewPayment,
    Payment,
    PaymentPage,
    TransactionRecorded,
)
from services.invoice.peers import Peers
from services.invoice.repository import Account, Accounts, Filters, InvoiceLines, Invoices, Ledger, Payments
from services.invoice.rules import (
    Status,
    check_payment,
    invoice_number,
    last_day_to_pay,
    take_until,
    to_invoice,
    version_shown,
)
from services.invoice.settings import Settings
from tandem.kit.call import Call
from tandem.kit.database import Connection
from tandem.kit.peers import PeerRefused

_FIRST_PAUSE_SECONDS = 0.025
_LONGEST_PAUSE_SECONDS = 0.2
# Enough to make the invoice after the wait, so that giving up is a clear answer and not a timeout.
_RESERVED_SECONDS = 0.5


async def create_invoice(call: Call[Peers], body: NewInvoice) -> Invoice:
    account = await Accounts(call.reader).get(body.account_id)
    call.caller.require_owner(account.customer_id, AccountNotFound(account.id))
    until = take_until(body.period, account.opened_at, call.now)
    await _check_not_invoiced(call, call.reader, body)
    await _wait_for_ledger(call, account.id)
    await Accounts(call.connection).lock(account.id)
    await _check_not_invoiced(call, call.connection, body)
    invoice = await _issue(call, account, body.period, until)
    await call.emit(
        InvoiceCreated(
            invoice_id=invoice.id,
            account_id=invoice.account_id,
            period=invoice.period,
            total=invoice.total,
            due_on=invoice.due_on,
        )
    )
    await _tell_if_paid(call, invoice)
    call.etag = version_shown(invoice)
    return invoice


async def list_invoices(
    call: Call[Peers],
    *,
    account_id: str | None,
    customer_id: str | None,
    status: Status | None,
    period: str | None,
    unpaid: bool | None,
    limit: int,
    cursor: str | None,
) -> InvoicePage:
    filters = Filters(account_id, call.caller.restrict(customer_id), status, period, unpaid)
    after = call.read_cursor(cursor, datetime, str)
    found = await Invoices(call.connection, call.now.date()).page(filters, after, limit + 1)
    items = found.items[:limit]
    next_cursor = call.write_cursor(items[-1].issued_at, items[-1].id) if len(found.items) > limit else None
    return InvoicePage(items=items, next_cursor=next_cursor, total=found.total)


async def get_invoice(call: Call[Peers], invoice_id: str) -> Invoice:
    invoice = await _own_invoice(call, invoice_id)
    call.etag = version_shown(invoice)
    return invoice


async def list_invoice_lines(call: Call[Peers], invoice_id: str, limit: int, cursor: str | None) -> InvoiceLinePage:
    after = call.read_cursor(cursor, datetime, str)
    await _own_invoice(call, invoice_id)
    lines = InvoiceLines(call.connection, invoice_id)
    found = await lines.page(after, limit + 1)
    items = found[:limit]
    next_cursor = call.write_cursor(items[-1].booked_at, items[-1].transaction_id) if len(found) > limit else None
    return InvoiceLinePage(items=items, next_cursor=next_cursor, total=await lines.count())


async def get_invoice_document(call: Call[Peers], invoice_id: str) -> bytes:
    invoice = await _own_invoice(call, invoice_id)
    lines = await InvoiceLines(call.connection, invoice_id).all()
    return await asyncio.to_thread(render, invoice, lines)


async def register_payment(call: Call[Peers], invoice_id: str, body: NewPayment) -> Payment:
    invoices = Invoices(call.connection, call.now.date())
    invoice = await invoices.lock(invoice_id)
    call.caller.require_owner(invoice.customer_id, InvoiceNotFound(invoice_id))
    check_payment(invoice, body, call.now)
    payment = await Payments(call.connection, invoice_id).add(call.new_id("pay"), body, call.now)
    invoice = await invoices.add_to_paid(invoice_id, body.amount.amount)
    await call.emit(
        InvoicePaymentRegistered(
            payment_id=payment.id, invoice_id=invoice_id, account_id=invoice.account_id, amount=payment.amount
        )
    )
    await _tell_if_paid(call, invoice)
    return payment


async def list_payments(call: Call[Peers], invoice_id: str, limit: int, cursor: str | None) -> PaymentPage:
    after = call.read_cursor(cursor, datetime, str)
    await _own_invoice(call, invoice_id)
    async with call.snapshot() as connection:
        payments = Payments(connection, invoice_id)
        found = await payments.page(after, limit + 1)
        total = await payments.count()
    items = found[:limit]
    next_cursor = call.write_cursor(items[-1].registered_at, items[-1].id) if len(found) > limit else None
    return PaymentPage(items=items, next_cursor=next_cursor, total=total)


async def on_account_opened(call: Call[Peers], event: AccountOpened) -> None:
    await Accounts(call.connection).add(event)


async def on_transaction_recorded(call: Call[Peers], event: TransactionRecorded) -> None:
    await Ledger(call.connection).add(event)


async def _own_invoice(call: Call[Peers], invoice_id: str) -> Invoice:
    invoice = await Invoices(call.connection, call.now.date()).get(invoice_id)
    call.caller.require_owner(invoice.customer_id, InvoiceNotFound(invoice_id))
    return invoice


async def _check_not_invoiced(call: Call[Peers], connection: Connection, new: NewInvoice) -> None:
    existing = await Invoices(connection, call.now.date()).find(new.account_id, new.period)
    if existing is not None:
        raise InvoiceExists(new.account_id, new.period, existing)


async def _issue(call: Call[Peers], account: Account, period: str, until: datetime) -> Invoice:
    """One transaction takes the lines and makes the invoice, so that no line is on two and none is lost."""
    settings: Settings = call.settings
    ledger, invoices = Ledger(call.connection), Invoices(call.connection, call.now.date())
    lines = to_invoice(await ledger.not_invoiced(account.id, until))
    number = invoice_number(call.now.year, await invoices.next_place(call.now.year))
    due_on = last_day_to_pay(call.now, settings.days_to_pay)
    invoice = await invoices.add(
        call.new_id("inv"), account, lines, period=period, number=number, issued_at=call.now, due_on=due_on
    )
    await ledger.assign(lines, invoice.id)
    return invoice


async def _tell_if_paid(call: Call[Peers], invoice: Invoice) -> None:
    if invoice.status == "paid":
        await call.emit(InvoicePaid(invoice_id=invoice.id, account_id=invoice.account_id))


async def _wait_for_ledger(call: Call[Peers], account_id: str) -> None:
    """Return when every transaction that the ledger has by now has arrived here; raises LedgerBehind.

    Before the invoice's own transaction: month-end makes many invoices at once, and while they wait the events that
    they wait for need connections too.
    """
    settings: Settings = call.settings
    recorded = await _recorded(call, account_id)
    give_up = min(time.monotonic() + settings.ledger_patience_seconds, call.deadline - _RESERVED_SECONDS)
    pause = _FIRST_PAUSE_SECONDS
    while (heard := await Ledger(call.reader).heard(account_id, recorded)) < recorded:
        if time.monotonic() >= give_up:
            raise LedgerBehind(account_id, heard, recorded)
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


async def _recorded(call: Call[Peers], account_id: str) -> int:
    try:
        return (await call.peers.transaction.get_balance(account_id=account_id)).transactions
    except PeerRefused as refusal:
        if refusal.status != 404:
            raise
        raise LedgerNotOpen(account_id) from refusal
