"""The SQL of the account service, beside the method that runs it."""

from datetime import datetime

from services.account.errors import AccountNotFound
from services.account.models import Account, NewAccount, PastCreditLimit, PositiveMoney
from tandem.kit.database import Connection, Record

Position = tuple[datetime, str]


class Accounts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def open(self, account_id: str, new: NewAccount, name: str, now: datetime) -> Account:
        row = await self._connection.fetchrow(
            """
            INSERT INTO accounts (id, customer_id, name, status, credit_limit, currency, opened_at)
            VALUES ($1, $2, $3, 'open', $4, $5, $6)
            RETURNING id, customer_id, name, status, credit_limit, currency, opened_at, frozen_at, closed_at, version
            """,
            account_id,
            new.customer_id,
            name,
            new.credit_limit.amount,
            new.credit_limit.currency,
            now,
        )
        assert row is not None
        return _account(row)

    async def get(self, account_id: str) -> Account:
        row = await self._connection.fetchrow(
            """
            SELECT id, customer_id, name, status, credit_limit, currency, opened_at, frozen_at, closed_at, version
            FROM accounts
            WHERE id = $1
            """,
            account_id,
        )
        if row is None:
            raise AccountNotFound(account_id)
        return _account(row)

    async def lock(self, account_id: str) -> Account:
        """Like `get`, and nobody else changes the account before this transaction ends."""
        row = await self._connection.fetchrow(
            """
            SELECT id, customer_id, name, status, credit_limit, currency, opened_at, frozen_at, closed_at, version
            FROM accounts
            WHERE id = $1
            FOR UPDATE
            """,
            account_id,
        )
        if row is None:
            raise AccountNotFound(account_id)
        return _account(row)

    async def page(
        self, customer_id: str | None, status: str | None, after: Position | None, limit: int
    ) -> list[Account]:
        rows = await self._connection.fetch(
            """
            SELECT id, customer_id, name, status, credit_limit, currency, opened_at, frozen_at, closed_at, version
            FROM accounts
            WHERE ($1::text IS NULL OR customer_id = $1)
                AND ($2::text IS NULL OR status = $2)
                AND ($3::timestamptz IS NULL OR (opened_at, id) < ($3, $4))
            ORDER BY opened_at DESC, id DESC
            LIMIT $5
            """,
            customer_id,
            status,
            *(after or (None, None)),
            limit,
        )
        return [_account(row) for row in rows]

    async def count(self, customer_id: str | None, status: str | None) -> int:
        total: int = await self._connection.fetchval(
            """
            SELECT count(*)
            FROM accounts
            WHERE ($1::text IS NULL OR customer_id = $1) AND ($2::text IS NULL OR status = $2)
            """,
            customer_id,
            status,
        )
        return total

    async def change_credit_limit(self, account_id: str, limit: PositiveMoney) -> Account:
        row = await self._connection.fetchrow(
            """
            UPDATE accounts
            SET credit_limit = $2, version = version + 1
            WHERE id = $1
            RETURNING id, customer_id, name, status, credit_limit, currency, opened_at, frozen_at, closed_at, version
            """,
            account_id,
            limit.amount,
        )
        assert row is not None
        return _account(row)

    async def freeze(self, account_id: str, now: datetime) -> Account:
        row = await self._connection.fetchrow(
            """
            UPDATE accounts
            SET status = 'frozen', frozen_at = $2, version = version + 1
            WHERE id = $1
            RETURNING id, customer_id, name, status, credit_limit, currency, opened_at, frozen_at, closed_at, version
            """,
            account_id,
            now,
        )
        assert row is not None
        return _account(row)

    async def unfreeze(self, account_id: str) -> Account:
        row = await self._connection.fetchrow(
            """
            UPDATE accounts
            SET status = 'open', frozen_at = NULL, version = version + 1
            WHERE id = $1
            RETURNING id, customer_id, name, status, credit_limit, currency, opened_at, frozen_at, closed_at, version
            """,
            account_id,
        )
        assert row is not None
        return _account(row)

    async def close(self, account_id: str, now: datetime) -> Account:
        row = await self._connection.fetchrow(
            """
            UPDATE accounts
            SET status = 'closed', frozen_at = NULL, closed_at = $2, version = version + 1
            WHERE id = $1
            RETURNING id, customer_id, name, status, credit_limit, currency, opened_at, frozen_at, closed_at, version
            """,
            account_id,
            now,
        )
        assert row is not None
        return _account(row)


class CreditLimitChanges:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, account: Account, reason: str, now: datetime) -> None:
        await self._connection.execute(
            """
            INSERT INTO credit_limit_changes (account_id, credit_limit, currency, reason, changed_at)
            VALUES ($1, $2, $3, $4, $5)
            """,
            account.id,
            account.credit_limit.amount,
            account.credit_limit.currency,
            reason,
            now,
        )

    async def page(self, account_id: str, before: int | None, limit: int) -> list[tuple[int, PastCreditLimit]]:
        """Newest first, each with the number that the next page starts below."""
        rows = await self._connection.fetch(
            """
            SELECT number, credit_limit, currency, reason, changed_at
            FROM credit_limit_changes
            WHERE account_id = $1 AND ($2::bigint IS NULL OR number < $2)
            ORDER BY number DESC
            LIMIT $3
            """,
            account_id,
            before,
            limit,
        )
        return [(row["number"], _past_credit_limit(row)) for row in rows]

    async def count(self, account_id: str) -> int:
        total: int = await self._connection.fetchval(
            "SELECT count(*) FROM credit_limit_changes WHERE account_id = $1", account_id
        )
        return total


def _account(row: Record) -> Account:
    limit = {"amount": row["credit_limit"], "currency": row["currency"]}
    return Account.model_validate({**row, "credit_limit": limit})


def _past_credit_limit(row: Record) -> PastCreditLimit:
    limit = {"amount": row["credit_limit"], "currency": row["currency"]}
    return PastCreditLimit.model_validate({**row, "credit_limit": limit})
