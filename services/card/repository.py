"""The SQL of the card service, beside the method that runs it. Only INSERT ever touches a token."""

from dataclasses import dataclass
from datetime import datetime

from services.card.errors import CardNotFound
from services.card.rules import StoredCard
from tandem.kit.database import Connection

Position = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Filter:
    customer_id: str | None
    account_id: str | None
    status: str | None


class Accounts:
    """What this service remembers of accounts. Their rows are the locks that keep the number of cards right."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def open(self, account_id: str, customer_id: str) -> None:
        """Changes nothing for an account that is known, be it closed by now."""
        await self._connection.execute(
            """
            INSERT INTO accounts (id, customer_id, status)
            VALUES ($1, $2, 'open')
            ON CONFLICT (id) DO NOTHING
            """,
            account_id,
            customer_id,
        )

    async def lock(self, account_id: str) -> str:
        """The status of a known account; until this transaction ends nobody else adds cards to it or closes it."""
        status: str = await self._connection.fetchval(
            "SELECT status FROM accounts WHERE id = $1 FOR UPDATE", account_id
        )
        return status

    async def close(self, account_id: str) -> None:
        await self._connection.execute("UPDATE accounts SET status = 'closed' WHERE id = $1", account_id)


class Cards:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def issue(self, card: StoredCard, token: str) -> None:
        await self._connection.execute(
            """
            INSERT INTO cards (
                id, account_id, customer_id, holder_name, last_four, token, status, design, issued_at, replaces, version
            )
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            card.id,
            card.account_id,
            card.customer_id,
            card.holder_name,
            card.last_four,
            token,
            card.status,
            card.design,
            card.issued_at,
            card.replaces,
            card.version,
        )

    async def get(self, card_id: str) -> StoredCard:
        row = await self._connection.fetchrow(
            """
            SELECT id, account_id, customer_id, holder_name, last_four, status, status_reason, design,
                issued_at, activated_at, frozen_at, cancelled_at, replaces, version
            FROM cards
            WHERE id = $1
            """,
            card_id,
        )
        if row is None:
            raise CardNotFound(card_id)
        return StoredCard(**row)

    async def lock(self, card_id: str) -> StoredCard:
        row = await self._connection.fetchrow(
            """
            SELECT id, account_id, customer_id, holder_name, last_four, status, status_reason, design,
                issued_at, activated_at, frozen_at, cancelled_at, replaces, version
            FROM cards
            WHERE id = $1
            FOR UPDATE
            """,
            card_id,
        )
        if row is None:
            raise CardNotFound(card_id)
        return StoredCard(**row)

    async def lock_live(self, account_id: str) -> list[StoredCard]:
        """All cards of an account that are not cancelled."""
        rows = await self._connection.fetch(
            """
            SELECT id, account_id, customer_id, holder_name, last_four, status, status_reason, design,
                issued_at, activated_at, frozen_at, cancelled_at, replaces, version
            FROM cards
            WHERE account_id = $1 AND status <> 'cancelled'
            ORDER BY id
            FOR UPDATE
            """,
            account_id,
        )
        return [StoredCard(**row) for row in rows]

    async def list(self, wanted: Filter, after: Position | None, limit: int) -> list[StoredCard]:
        rows = await self._connection.fetch(
            """
            SELECT id, account_id, customer_id, holder_name, last_four, status, status_reason, design,
                issued_at, activated_at, frozen_at, cancelled_at, replaces, version
            FROM cards
            WHERE ($1::text IS NULL OR customer_id = $1)
                AND ($2::text IS NULL OR account_id = $2)
                AND ($3::text IS NULL OR status = $3)
                AND ($4::timestamptz IS NULL OR (issued_at, id) < ($4, $5))
            ORDER BY issued_at DESC, id DESC
            LIMIT $6
            """,
            wanted.customer_id,
            wanted.account_id,
            wanted.status,
            *(after or (None, None)),
            limit,
        )
        return [StoredCard(**row) for row in rows]

    async def count(self, wanted: Filter) -> int:
        total: int = await self._connection.fetchval(
            """
            SELECT count(*)
            FROM cards
            WHERE ($1::text IS NULL OR customer_id = $1)
                AND ($2::text IS NULL OR account_id = $2)
                AND ($3::text IS NULL OR status = $3)
            """,
            wanted.customer_id,
            wanted.account_id,
            wanted.status,
        )
        return total

    async def save(self, card: StoredCard) -> None:
        """Write what can change about a card that this transaction has locked."""
        await self._connection.execute(
            """
            UPDATE cards
            SET holder_name = $2, design = $3, status = $4, status_reason = $5,
                activated_at = $6, frozen_at = $7, cancelled_at = $8, version = $9
            WHERE id = $1
            """,
            card.id,
            card.holder_name,
            card.design,
            card.status,
            card.status_reason,
            card.activated_at,
            card.frozen_at,
            card.cancelled_at,
            card.version,
        )
