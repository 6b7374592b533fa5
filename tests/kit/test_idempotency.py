"""Keys live and die with the transaction of the change they protect."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tandem.kit.answers import Answer
from tandem.kit.idempotency import Attempt, IdempotencyKeyReused, fingerprint
from tests.kit.loan.service import LoanService

FIRST = Attempt("support:agent-1", "openLoan", "key-1", fingerprint("/v1/loans", b"", b"{}"))
ANSWER = Answer(201, b'{"id":"lon_1"}', {"etag": '"1"', "location": "/v1/loans/lon_1"})


@pytest.fixture
async def connection(loan: LoanService) -> AsyncIterator["asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"]:
    async with loan.pool.acquire() as connection, connection.transaction():
        yield connection


Connection = asyncpg.pool.PoolConnectionProxy


async def test_first_attempt_has_no_answer_yet(connection: "Connection[asyncpg.Record]") -> None:
    assert await FIRST.find(connection) is None
    assert await FIRST.claim(connection) is None


async def test_repetition_gets_the_kept_answer_and_is_told_so(connection: "Connection[asyncpg.Record]") -> None:
    await FIRST.claim(connection)
    await FIRST.keep(connection, ANSWER)
    expected = Answer(201, ANSWER.body, {**ANSWER.headers, "idempotency-replayed": "true"})
    assert await FIRST.claim(connection) == expected
    assert await FIRST.find(connection) == expected


@pytest.mark.parametrize(
    "other",
    [
        fingerprint("/v1/loans", b"", b'{"a":1}'),
        fingerprint("/v1/loans", b"a=1", b"{}"),
        fingerprint("/v1/cards", b"", b"{}"),
    ],
)
async def test_key_with_another_request_is_refused(connection: "Connection[asyncpg.Record]", other: bytes) -> None:
    await FIRST.claim(connection)
    await FIRST.keep(connection, ANSWER)
    again = Attempt(FIRST.caller, FIRST.operation, FIRST.key, other)
    for ask in (again.claim, again.find):
        with pytest.raises(IdempotencyKeyReused, match="key-1 came with a different request before"):
            await ask(connection)


@pytest.mark.parametrize("change", [{"caller": "support:agent-2"}, {"operation": "closeLoan"}, {"key": "key-2"}])
async def test_key_is_of_one_caller_and_one_operation(
    connection: "Connection[asyncpg.Record]", change: dict[str, str]
) -> None:
    await FIRST.claim(connection)
    names = {"caller": FIRST.caller, "operation": FIRST.operation, "key": FIRST.key}
    assert await Attempt(**{**names, **change}, fingerprint=b"other").claim(connection) is None
