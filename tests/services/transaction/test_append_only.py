"""The database itself refuses what would falsify the books, whoever asks."""

import asyncpg
import pytest

from tests.service_under_test import ServiceUnderTest
from tests.services.transaction.books import Books


@pytest.mark.parametrize("table", ["transactions", "postings"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET amount = amount + 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
async def test_what_is_booked_cannot_be_changed_or_removed(
    service: ServiceUnderTest, table: str, statement: str
) -> None:
    books = await Books(service).open()
    await books.bought("10.00")
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await service.pool.execute(statement.format(table))
    assert (await books.list())["total"] == 1


async def test_transaction_without_postings_is_refused_at_commit(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    with pytest.raises(asyncpg.CheckViolationError, match="does not balance"):
        await _book_by_hand(service, books, [])


@pytest.mark.parametrize(
    "lines",
    [
        [("receivable", "10.00", "SEK")],
        [("receivable", "10.00", "SEK"), ("clearing", "-9.99", "SEK")],
        [("receivable", "9.00", "SEK"), ("clearing", "-9.00", "SEK")],
        [("receivable", "10.00", "SEK"), ("clearing", "-10.00", "EUR")],
        [("receivable", "10.00", "SEK"), ("clearing", "-5.00", "SEK"), ("bank", "-5.00", "SEK")],
    ],
)
async def test_lines_that_do_not_balance_are_refused_at_commit(
    service: ServiceUnderTest, lines: list[tuple[str, str, str]]
) -> None:
    books = await Books(service).open()
    with pytest.raises(asyncpg.CheckViolationError, match="does not balance"):
        await _book_by_hand(service, books, lines)


async def test_line_added_to_a_booked_transaction_is_refused(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    transaction = await books.bought("10.00")
    with pytest.raises(asyncpg.CheckViolationError, match="does not balance"):
        await service.pool.execute(
            """
            INSERT INTO postings (transaction_id, line, ledger_account, amount, currency)
            VALUES ($1, 3, 'bank', 1, 'SEK')
            """,
            transaction["id"],
        )


async def test_sequence_cannot_be_used_twice(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    await books.bought("10.00")
    with pytest.raises(asyncpg.UniqueViolationError):
        await _book_by_hand(service, books, [("receivable", "10.00", "SEK"), ("clearing", "-10.00", "SEK")])


async def _book_by_hand(service: ServiceUnderTest, books: Books, lines: list[tuple[str, str, str]]) -> None:
    async with service.pool.acquire() as connection, connection.transaction():
        await connection.execute(
            """
            INSERT INTO transactions (id, account_id, sequence, kind, amount, currency, description, booked_at)
            VALUES ('txn_by_hand', $1, 1, 'fee', 10, 'SEK', 'By hand', now())
            """,
            books.account_id,
        )
        await connection.executemany(
            """
            INSERT INTO postings (transaction_id, line, ledger_account, amount, currency)
            VALUES ('txn_by_hand', $1, $2, $3::text::numeric, $4)
            """,
            [(number, *line) for number, line in enumerate(lines, 1)],
        )
