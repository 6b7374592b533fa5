"""The same key gives the same answer: keys live in the transaction of the change they protect.

The claim is an INSERT, so a second request with the key waits for the first to commit and then finds its answer
(draft-ietf-httpapi-idempotency-key-header).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import orjson

from tandem.kit.answers import Answer
from tandem.kit.database import Connection
from tandem.kit.problems import Unprocessable


class IdempotencyKeyReused(Unprocessable):
    title = "This key was used for another request"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The Idempotency-Key {key} came with a different request before. Use a new key for a new request."
        )


@dataclass(frozen=True)
class Attempt:
    """Who tries what under which key; `fingerprint` tells a repetition from another request."""

    caller: str
    operation: str
    key: str
    fingerprint: bytes

    async def find(self, connection: Connection) -> Answer | None:
        """The answer that was given and committed, if there is one; raises IdempotencyKeyReused."""
        return await self._stored(connection, is_claimed=False)

    async def claim(self, connection: Connection) -> Answer | None:
        """None when this is the first; else the answer that was given; raises IdempotencyKeyReused."""
        claimed = await connection.fetchval(
            """
            INSERT INTO idempotency_keys (caller, operation, key, fingerprint)
            VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING
            RETURNING true
            """,
            self.caller,
            self.operation,
            self.key,
            self.fingerprint,
        )
        return None if claimed else await self._stored(connection, is_claimed=True)

    async def _stored(self, connection: Connection, *, is_claimed: bool) -> Answer | None:
        row = await connection.fetchrow(
            """
            SELECT fingerprint, status, headers, body
            FROM idempotency_keys
            WHERE caller = $1 AND operation = $2 AND key = $3
            """,
            self.caller,
            self.operation,
            self.key,
        )
        if row is None and not is_claimed:
            return None
        if row is None or row["fingerprint"] != self.fingerprint:
            raise IdempotencyKeyReused(self.key)
        headers = {**orjson.loads(row["headers"]), "idempotency-replayed": "true"}
        return Answer(row["status"], row["body"], headers)

    async def keep(self, connection: Connection, answer: Answer) -> None:
        await connection.execute(
            """
            UPDATE idempotency_keys
            SET status = $4, headers = $5, body = $6
            WHERE caller = $1 AND operation = $2 AND key = $3
            """,
            self.caller,
            self.operation,
            self.key,
            answer.status,
            orjson.dumps(answer.headers).decode(),
            answer.body,
        )


def fingerprint(path: str, query: bytes, body: bytes) -> bytes:
    return hashlib.sha256(b"\n".join((path.encode(), query, body))).digest()
