"""The SQL of the ledger."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.transaction.errors import AccountNotFound, TransactionNotFound
from services.transaction.models import Transaction
from services.transaction.rules import LARGEST_BALANCE, Card, Entry, Filters, Ledger, check_entry
from tandem.kit.database import Connection, Record

_EXPORT_ROWS = 500


@dataclass(frozen=True, slots=True)
class Found:
    """Part of a list, as documents of the contract; how long the whole list is, and whose."""

    items: list[dict[str, Any]]
    total: int
    customer_id: str


class Ledgers:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, account_id: str) -> Ledger:
        row = await self._connection.fetchrow(
            """
            SELECT account_id, customer_id, currency, credit_limit, status, used, last_sequence
            FROM ledgers
            WHERE account_id = $1
            """,
            account_id,
        )
        return _ledger(row, account_id)

    async def lock(self, account_id: str) -> Ledger:
        """As it is now, and nobody else changes it before this transaction ends."""
        row = await self._connection.fetchrow(
            """
            SELECT account_id, customer_id, currency, credit_limit, status, used, last_sequence
            FROM ledgers
            WHERE account_id = $1
            FOR UPDATE
            """,
            account_id,
        )
        return _ledger(row, account_id)

    async def book(self, entry: Entry, now: datetime) -> Transaction:
        """Write it into the ledger, or raise the reason why it cannot be."""
        booked = await self._book(entry, now)
        if booked is None:
            ledger = await self.lock(entry.account_id)
            card = await Cards(self._connection).lock(entry.card_id) if entry.card_id else None
            check_entry(ledger, card, entry)
            # What stood in the way went away meanwhile, for example by a payment. Under the locks it stays away.
            booked = await self._book(entry, now)
        assert booked is not None, f"nothing speaks against {entry.id}, and yet it is not booked"
        return booked

    async def _book(self, entry: Entry, now: datetime) -> Transaction | None:
        """None when the ledger or the card is not in a state that allows it.

        The conditions are those of `check_entry`. PostgreSQL locks the ledger's row and looks at it again after waiting
        for another booking, so that together they never go beyond the limit.
        """
        row = await self._connection.fetchrow(
            """
            WITH ledger AS (
                UPDATE ledgers
                SET used = used + $5, last_sequence = last_sequence + 1, last_booked_at = greatest(last_booked_at, $6)
                WHERE account_id = $2
                    AND currency = $7
                    AND status = ANY($8)
                    AND abs(used + $5) <= $9
                    AND ($3 <> 'purchase' OR used + $5 <= credit_limit AND EXISTS (
                        SELECT FROM cards
                        WHERE card_id = $10 AND cards.account_id = ledgers.account_id AND cards.status = 'active'))
                RETURNING last_sequence, last_booked_at
            ), booked AS (
                INSERT INTO transactions (
                    id, account_id, kind, amount, currency, sequence, booked_at, card_id, description,
                    purchased_at, merchant_category, purchase_id, reason, invoice_id, payment_id, reference
                )
                SELECT $1, $2, $3, $4, $7, last_sequence, last_booked_at, $10, $11, $12, $13, $14, $15, $16, $17, $18
                FROM ledger
                RETURNING
                    id, account_id, kind, amount, currency, sequence, booked_at, card_id, description,
                    purchased_at, merchant_category, purchase_id, reason, invoice_id, reference
            ), lines AS (
                INSERT INTO postings (transaction_id, line, ledger_account, amount, currency)
                SELECT id, line, ledger_account, line_amount, currency
                FROM booked, unnest($19::text[], $20::numeric[])
                    WITH ORDINALITY AS sides(ledger_account, line_amount, line)
            )
            SELECT * FROM booked
            """,
            entry.id,
            entry.account_id,
            entry.kind,
            entry.amount,
            entry.effect,
            now,
            entry.currency,
            entry.accepting_statuses,
            LARGEST_BALANCE,
            entry.card_id,
            entry.description,
            entry.purchased_at,
            entry.merchant_category,
            entry.purchase_id,
            entry.reason,
            entry.invoice_id,
            entry.payment_id,
            entry.reference,
            [ledger_account for ledger_account, _ in entry.lines],
            [amount for _, amount in entry.lines],
        )
        return _transaction(row) if row else None

    async def open(self, account_id: str, customer_id: str, credit_limit: Decimal, currency: str) -> None:
        await self._connection.execute(
            """
            INSERT INTO ledgers (account_id, customer_id, credit_limit, currency)
            VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING
            """,
            account_id,
            customer_id,
            credit_limit,
            currency,
        )

    async def change_limit(self, account_id: str, credit_limit: Decimal) -> None:
        found = await self._connection.fetchval(
            "UPDATE ledgers SET credit_limit = $2 WHERE account_id = $1 RETURNING true", account_id, credit_limit
        )
        _require(found, account_id)

    async def change_status(self, account_id: str, status: str) -> None:
        """A closed ledger stays closed."""
        found = await self._connection.fetchval(
            """
            UPDATE ledgers
            SET status = CASE status WHEN 'closed' THEN status ELSE $2 END
            WHERE account_id = $1
            RETURNING true
            """,
            account_id,
            status,
        )
        _require(found, account_id)


class Cards:
    """Events about a card may come before those about its account, so a card is known even when its account is not."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def lock(self, card_id: str) -> Card | None:
        row = await self._connection.fetchrow(
            "SELECT card_id, account_id, status FROM cards WHERE card_id = $1 FOR SHARE", card_id
        )
        return Card(**row) if row else None

    async def issue(self, card_id: str, account_id: str) -> None:
        await self._connection.execute(
            """
            INSERT INTO cards (card_id, account_id, status)
            VALUES ($1, $2, 'inactive')
            ON CONFLICT (card_id) DO UPDATE SET account_id = $2
            """,
            card_id,
            account_id,
        )

    async def change_status(self, card_id: str, status: str) -> None:
        """A cancelled card stays cancelled."""
        await self._connection.execute(
            """
            INSERT INTO cards (card_id, status)
            VALUES ($1, $2)
            ON CONFLICT (card_id) DO UPDATE SET status = $2
            WHERE cards.status <> 'cancelled'
            """,
            card_id,
            status,
        )


class Transactions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, transaction_id: str) -> tuple[Transaction, str]:
        """The transaction and whose it is."""
        row = await self._connection.fetchrow(
            """
            SELECT
                id, t.account_id, kind, amount, t.currency, sequence, booked_at, card_id, description,
                purchased_at, merchant_category, purchase_id, reason, invoice_id, reference, customer_id
            FROM transactions t
            JOIN ledgers USING (account_id)
            WHERE id = $1
            """,
            transaction_id,
        )
        if row is None:
            raise TransactionNotFound(transaction_id)
        return _transaction(row), row["customer_id"]

    async def page(self, account_id: str, filters: Filters, before: tuple[datetime, int] | None, limit: int) -> Found:
        """One statement, so that rows, total and owner agree. Without filters the total is the latest sequence."""
        booked_before, sequence_before = before or (None, None)
        rows = await self._connection.fetch(
            """
            -- Materialized, or the total is counted again for each row.
            WITH ledger AS MATERIALIZED (
                SELECT account_id AS ledger_id, customer_id, CASE
                    WHEN num_nonnulls(
                        $2::text, $3::text, $4::timestamptz, $5::timestamptz, $6::numeric, $7::numeric, $8::text
                    ) = 0 THEN last_sequence
                    ELSE (
                        SELECT count(*)
                        FROM transactions
                        WHERE transactions.account_id = ledgers.account_id
                            AND ($2 IS NULL OR card_id = $2)
                            AND ($3 IS NULL OR kind = $3)
                            AND booked_at >= coalesce($4, '-infinity')
                            AND booked_at < coalesce($5, 'infinity')
                            AND amount BETWEEN coalesce($6, 0) AND coalesce($7, 'infinity')
                            AND ($8 IS NULL OR strpos(lower(description COLLATE pg_c_utf8), $8) > 0)
                    )
                END AS total
                FROM ledgers
                WHERE account_id = $1
            )
            SELECT
                id, account_id, kind, amount, currency, sequence, booked_at, card_id, description,
                purchased_at, merchant_category, purchase_id, reason, invoice_id, reference, customer_id, total
            FROM ledger
            LEFT JOIN LATERAL (
                SELECT *
                FROM transactions
                WHERE account_id = ledger_id
                    AND (booked_at, sequence) < (coalesce($9::timestamptz, 'infinity'), coalesce($10::bigint, 0))
                    AND ($2 IS NULL OR card_id = $2)
                    AND ($3 IS NULL OR kind = $3)
                    AND booked_at >= coalesce($4, '-infinity')
                    AND booked_at < coalesce($5, 'infinity')
                    AND amount BETWEEN coalesce($6, 0) AND coalesce($7, 'infinity')
                    AND ($8 IS NULL OR strpos(lower(description COLLATE pg_c_utf8), $8) > 0)
                ORDER BY booked_at DESC, sequence DESC
                LIMIT $11
            ) AS page ON true
            ORDER BY booked_at DESC, sequence DESC
            """,
            account_id,
            filters.card_id,
            filters.kind,
            filters.booked_from,
            filters.booked_before,
            filters.min_amount,
            filters.max_amount,
            filters.search,
            booked_before,
            sequence_before,
            limit,
        )
        if not rows:
            raise AccountNotFound(account_id)
        items = [_document(row) for row in rows if row["id"] is not None]
        return Found(items, rows[0]["total"], rows[0]["customer_id"])

    async def batches(
        self, ledger: Ledger, booked_from: datetime | None, booked_before: datetime | None
    ) -> AsyncIterator[list[Transaction]]:
        """Oldest first, up to what `ledger` had seen. What is booked never changes, so the batches agree with one
        another without a snapshot that a slow reader would keep open."""
        after, most = 0, ledger.last_sequence
        while rows := await self._connection.fetch(
            """
            SELECT
                id, account_id, kind, amount, currency, sequence, booked_at, card_id, description,
                purchased_at, merchant_category, purchase_id, reason, invoice_id, reference
            FROM transactions
            WHERE account_id = $1
                AND sequence > $2 AND sequence <= $3
                AND booked_at >= coalesce($4::timestamptz, '-infinity')
                AND booked_at < coalesce($5::timestamptz, 'infinity')
            ORDER BY sequence
            LIMIT $6
            """,
            ledger.account_id,
            after,
            most,
            booked_from,
            booked_before,
            _EXPORT_ROWS,
        ):
            yield [_transaction(row) for row in rows]
            after = rows[-1]["sequence"]

    async def postings(self, transaction_id: str, after_line: int, limit: int) -> Found:
        rows = await self._connection.fetch(
            """
            SELECT line, ledger_account, postings.amount, postings.currency, customer_id, (
                SELECT count(*) FROM postings WHERE transaction_id = $1
            ) AS total
            FROM transactions
            JOIN ledgers USING (account_id)
            LEFT JOIN postings ON transaction_id = id AND line > $2::bigint
            WHERE id = $1
            ORDER BY line
            LIMIT $3
            """,
            transaction_id,
            after_line,
            limit,
        )
        if not rows:
            raise TransactionNotFound(transaction_id)
        items = [_posting(row) for row in rows if row["line"] is not None]
        return Found(items, rows[0]["total"], rows[0]["customer_id"])

    async def refunded(self, purchase_id: str) -> Decimal:
        """What was given back of a purchase. Its ledger must be locked."""
        total: Decimal = await self._connection.fetchval(
            "SELECT coalesce(sum(amount), 0) FROM transactions WHERE purchase_id = $1", purchase_id
        )
        return total

    async def has_payment(self, payment_id: str) -> bool:
        found: bool = await self._connection.fetchval(
            "SELECT EXISTS (SELECT FROM transactions WHERE payment_id = $1)", payment_id
        )
        return found


def _require(found: object, account_id: str) -> None:
    if not found:
        raise AccountNotFound(account_id)


def _ledger(row: Record | None, account_id: str) -> Ledger:
    if row is None:
        raise AccountNotFound(account_id)
    return Ledger(**row)


def _transaction(row: Record) -> Transaction:
    return Transaction.model_validate(_document(row))


def _document(row: Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "account_id": row["account_id"],
        "card_id": row["card_id"],
        "kind": row["kind"],
        "description": row["description"],
        "amount": {"amount": str(row["amount"]), "currency": row["currency"]},
        "booked_at": row["booked_at"],
        "purchased_at": row["purchased_at"],
        "sequence": row["sequence"],
        "merchant_category": row["merchant_category"],
        "purchase_id": row["purchase_id"],
        "reason": row["reason"],
        "invoice_id": row["invoice_id"],
        "reference": row["reference"],
    }


def _posting(row: Record) -> dict[str, Any]:
    return {
        "line": row["line"],
        "ledger_account": row["ledger_account"],
        "side": "debit" if row["amount"] > 0 else "credit",
        "amount": {"amount": abs(row["amount"]), "currency": row["currency"]},
    }
