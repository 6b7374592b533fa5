"""The SQL of the invoice service, beside the method that runs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar

from services.invoice.errors import AccountNotFound, InvoiceNotFound
from services.invoice.models import (
    AccountOpened,
    Invoice,
    InvoiceLine,
    Money,
    NewPayment,
    Payment,
    PositiveMoney,
    TransactionRecorded,
)
from services.invoice.rules import Status, status_of, total_of
from tandem.kit.database import Connection, Record

T = TypeVar("T")
Position = tuple[datetime, str]


@dataclass(frozen=True)
class Found(Generic[T]):
    """A part of a list, and how many there are in all of it."""

    items: list[T]
    total: int


@dataclass(frozen=True)
class Account:
    id: str
    customer_id: str
    currency: str
    opened_at: datetime


@dataclass(frozen=True)
class LedgerLine:
    """`amount` is what it adds to an invoice: below zero for a refund."""

    transaction_id: str
    amount: Decimal


@dataclass(frozen=True)
class Filters:
    account_id: str | None
    customer_id: str | None
    status: Status | None
    period: str | None
    unpaid: bool | None


class Accounts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, opened: AccountOpened) -> None:
        await self._connection.execute(
            """
            INSERT INTO accounts (id, customer_id, currency, opened_at)
            VALUES ($1, $2, $3, $4)
            ON CONFLICT (id) DO NOTHING
            """,
            opened.account_id,
            opened.customer_id,
            opened.credit_limit.currency,
            opened.opened_at,
        )

    async def get(self, account_id: str) -> Account:
        row = await self._connection.fetchrow(
            "SELECT id, customer_id, currency, opened_at FROM accounts WHERE id = $1", account_id
        )
        if row is None:
            raise AccountNotFound(account_id)
        return Account(**row)

    async def lock(self, account_id: str) -> None:
        """Nobody else makes an invoice for this account before this transaction ends."""
        await self._connection.fetchval("SELECT id FROM accounts WHERE id = $1 FOR UPDATE", account_id)


class Ledger:
    """What was heard of the transactions of an account."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, recorded: TransactionRecorded) -> None:
        await self._connection.execute(
            """
            INSERT INTO ledger_lines (
                transaction_id, account_id, sequence, kind, amount, currency, description, booked_at
            )
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (transaction_id) DO NOTHING
            """,
            recorded.transaction_id,
            recorded.account_id,
            recorded.sequence,
            recorded.kind,
            recorded.amount.amount,
            recorded.amount.currency,
            recorded.description,
            recorded.booked_at,
        )

    async def heard(self, account_id: str, latest: int) -> int:
        """How many of the first `latest` transactions have arrived. Numbers have no gaps: all of them is `latest`."""
        heard: int = await self._connection.fetchval(
            "SELECT count(*) FROM ledger_lines WHERE account_id = $1 AND sequence <= $2", account_id, latest
        )
        return heard

    async def not_invoiced(self, account_id: str, before: datetime) -> list[LedgerLine]:
        rows = await self._connection.fetch(
            """
            SELECT transaction_id, CASE kind WHEN 'refund' THEN -amount ELSE amount END AS amount
            FROM ledger_lines
            WHERE account_id = $1 AND invoice_id IS NULL AND kind <> 'payment' AND booked_at < $2
            """,
            account_id,
            before,
        )
        return [LedgerLine(row["transaction_id"], row["amount"]) for row in rows]

    async def assign(self, lines: Sequence[LedgerLine], invoice_id: str) -> None:
        await self._connection.execute(
            "UPDATE ledger_lines SET invoice_id = $2 WHERE transaction_id = ANY ($1)",
            [line.transaction_id for line in lines],
            invoice_id,
        )


class Invoices:
    def __init__(self, connection: Connection, today: date) -> None:
        self._connection = connection
        self._today = today

    async def find(self, account_id: str, period: str) -> str | None:
        invoice_id: str | None = await self._connection.fetchval(
            "SELECT id FROM invoices WHERE account_id = $1 AND period = $2", account_id, period
        )
        return invoice_id

    async def next_place(self, year: int) -> int:
        """The place of the next invoice in its year. Other new invoices wait until this transaction ends."""
        place: int = await self._connection.fetchval(
            """
            INSERT INTO invoice_numbers AS numbers (year, latest)
            VALUES ($1, 1)
            ON CONFLICT (year) DO UPDATE SET latest = numbers.latest + 1
            RETURNING latest
            """,
            year,
        )
        return place

    async def add(
        self,
        invoice_id: str,
        account: Account,
        lines: Sequence[LedgerLine],
        *,
        period: str,
        number: str,
        issued_at: datetime,
        due_on: date,
    ) -> Invoice:
        row = await self._connection.fetchrow(
            """
            INSERT INTO invoices (id, account_id, customer_id, number, period, currency, total, issued_at, due_on)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            RETURNING id, account_id, customer_id, number, period, currency, total, paid, issued_at, due_on, version
            """,
            invoice_id,
            account.id,
            account.customer_id,
            number,
            period,
            account.currency,
            total_of(lines),
            issued_at,
            due_on,
        )
        assert row is not None
        return self._invoice(row)

    async def get(self, invoice_id: str) -> Invoice:
        row = await self._connection.fetchrow(
            """
            SELECT id, account_id, customer_id, number, period, currency, total, paid, issued_at, due_on, version
            FROM invoices
            WHERE id = $1
            """,
            invoice_id,
        )
        if row is None:
            raise InvoiceNotFound(invoice_id)
        return self._invoice(row)

    async def lock(self, invoice_id: str) -> Invoice:
        """Like `get`, and nobody else changes the invoice before this transaction ends."""
        row = await self._connection.fetchrow(
            """
            SELECT id, account_id, customer_id, number, period, currency, total, paid, issued_at, due_on, version
            FROM invoices
            WHERE id = $1
            FOR UPDATE
            """,
            invoice_id,
        )
        if row is None:
            raise InvoiceNotFound(invoice_id)
        return self._invoice(row)

    async def page(self, filters: Filters, after: Position | None, limit: int) -> Found[Invoice]:
        rows = await self._connection.fetch(
            """
            WITH matching AS NOT MATERIALIZED (
                SELECT id, account_id, customer_id, number, period, currency, total, paid, issued_at, due_on, version
                FROM invoices
                WHERE ($1::text IS NULL OR account_id = $1)
                    AND ($2::text IS NULL OR customer_id = $2)
                    AND ($3::text IS NULL OR $3 = CASE
                        WHEN paid >= total THEN 'paid'
                        WHEN due_on < $4::date THEN 'overdue'
                        WHEN paid > 0 THEN 'partially_paid'
                        ELSE 'open'
                    END)
                    AND ($5::text IS NULL OR period = $5)
                    AND ($6::boolean IS NULL OR (paid < total) = $6)
            )
            SELECT counted.everything, page.*
            FROM (SELECT count(*) AS everything FROM matching) AS counted
            LEFT JOIN (
                SELECT id, account_id, customer_id, number, period, currency, total, paid, issued_at, due_on, version
                FROM matching
                WHERE $7::timestamptz IS NULL OR (issued_at, id) < ($7, $8::text)
                ORDER BY issued_at DESC, id DESC
                LIMIT $9
            ) AS page ON true
            ORDER BY page.issued_at DESC, page.id DESC
            """,
            filters.account_id,
            filters.customer_id,
            filters.status,
            self._today,
            filters.period,
            filters.unpaid,
            *(after or (None, None)),
            limit,
        )
        items = [self._invoice(row) for row in rows if row["id"] is not None]
        return Found(items, rows[0]["everything"])

    async def add_to_paid(self, invoice_id: str, amount: Decimal) -> Invoice:
        row = await self._connection.fetchrow(
            """
            UPDATE invoices
            SET paid = paid + $2, version = version + 1
            WHERE id = $1
            RETURNING id, account_id, customer_id, number, period, currency, total, paid, issued_at, due_on, version
            """,
            invoice_id,
            amount,
        )
        assert row is not None
        return self._invoice(row)

    def _invoice(self, row: Record) -> Invoice:
        total, paid, currency = row["total"], row["paid"], row["currency"]
        return Invoice(
            id=row["id"],
            account_id=row["account_id"],
            customer_id=row["customer_id"],
            number=row["number"],
            period=row["period"],
            status=status_of(total, paid, row["due_on"], self._today),
            total=Money(amount=total, currency=currency),
            paid=Money(amount=paid, currency=currency),
            remaining=Money(amount=total - paid, currency=currency),
            issued_at=row["issued_at"],
            due_on=row["due_on"],
            version=row["version"],
        )


class InvoiceLines:
    """Lines of one invoice."""

    def __init__(self, connection: Connection, invoice_id: str) -> None:
        self._connection = connection
        self._invoice_id = invoice_id

    async def all(self) -> list[InvoiceLine]:
        """Every line, in the order in which they were booked."""
        rows = await self._connection.fetch(
            """
            SELECT transaction_id, kind, description, booked_at, currency,
                CASE kind WHEN 'refund' THEN -amount ELSE amount END AS amount
            FROM ledger_lines
            WHERE invoice_id = $1
            ORDER BY booked_at, transaction_id
            """,
            self._invoice_id,
        )
        return [_line(row) for row in rows]

    async def page(self, after: Position | None, limit: int) -> list[InvoiceLine]:
        rows = await self._connection.fetch(
            """
            SELECT transaction_id, kind, description, booked_at, currency,
                CASE kind WHEN 'refund' THEN -amount ELSE amount END AS amount
            FROM ledger_lines
            WHERE invoice_id = $1 AND ($2::timestamptz IS NULL OR (booked_at, transaction_id) < ($2, $3::text))
            ORDER BY booked_at DESC, transaction_id DESC
            LIMIT $4
            """,
            self._invoice_id,
            *(after or (None, None)),
            limit,
        )
        return [_line(row) for row in rows]

    async def count(self) -> int:
        total: int = await self._connection.fetchval(
            "SELECT count(*) FROM ledger_lines WHERE invoice_id = $1", self._invoice_id
        )
        return total


def _line(row: Record) -> InvoiceLine:
    return InvoiceLine(
        transaction_id=row["transaction_id"],
        kind=row["kind"],
        description=row["description"],
        amount=Money(amount=row["amount"], currency=row["currency"]),
        booked_at=row["booked_at"],
    )


class Payments:
    """Payments of one invoice."""

    def __init__(self, connection: Connection, invoice_id: str) -> None:
        self._connection = connection
        self._invoice_id = invoice_id

    async def add(self, payment_id: str, new: NewPayment, now: datetime) -> Payment:
        row = await self._connection.fetchrow(
            """
            INSERT INTO payments (id, invoice_id, amount, currency, reference, received_on, registered_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            RETURNING id, invoice_id, amount, currency, reference, received_on, registered_at
            """,
            payment_id,
            self._invoice_id,
            new.amount.amount,
            new.amount.currency,
            new.reference,
            new.received_on,
            now,
        )
        assert row is not None
        return _payment(row)

    async def page(self, after: Position | None, limit: int) -> list[Payment]:
        rows = await self._connection.fetch(
            """
            SELECT id, invoice_id, amount, currency, reference, received_on, registered_at
            FROM payments
            WHERE invoice_id = $1 AND ($2::timestamptz IS NULL OR (registered_at, id) < ($2, $3::text))
            ORDER BY registered_at DESC, id DESC
            LIMIT $4
            """,
            self._invoice_id,
            *(after or (None, None)),
            limit,
        )
        return [_payment(row) for row in rows]

    async def count(self) -> int:
        total: int = await self._connection.fetchval(
            "SELECT count(*) FROM payments WHERE invoice_id = $1", self._invoice_id
        )
        return total


def _payment(row: Record) -> Payment:
    amount = PositiveMoney(amount=row["amount"], currency=row["currency"])
    return Payment.model_validate({**row, "amount": amount})
