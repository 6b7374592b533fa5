"""The CSV file: complete, in order, and harmless to open."""

import csv
import io

import pytest

from tests.service_under_test import ServiceUnderTest, customer
from tests.services.transaction.books import Books, created, refusal


async def _rows(books: Books, **params: str) -> list[dict[str, str]]:
    response = await books.service.get("/v1/transaction-export", params={"account_id": books.account_id, **params})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(response.text)))


async def test_export_has_every_transaction_oldest_first(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    purchase = await books.bought("10.50", description='Åhléns, "City"', merchant_category="5311")
    refund = created(await books.refund(purchase["id"], "10.50"))
    created(await books.pay("5.00", "OCR 1"))
    rows = await _rows(books)
    assert [row["sequence"] for row in rows] == ["1", "2", "3"]
    assert rows[0] == {
        "sequence": "1",
        "booked_at": purchase["booked_at"],
        "kind": "purchase",
        "description": 'Åhléns, "City"',
        "amount": "10.50",
        "currency": "SEK",
        "card_id": books.card_id,
        "purchased_at": "",
        "merchant_category": "5311",
        "purchase_id": "",
        "reason": "",
        "invoice_id": "",
        "reference": "",
        "id": purchase["id"],
    }
    assert (rows[1]["purchase_id"], rows[1]["reason"], rows[1]["id"]) == (purchase["id"], "Returned", refund["id"])
    assert rows[2]["reference"] == "OCR 1"


async def test_export_of_an_unused_account_is_its_column_names(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    assert await _rows(books) == []


@pytest.mark.parametrize("start", ["=1+1", "+46", "-1", "@SUM(A1)", "\tx", "\rx"])
async def test_text_that_begins_like_a_formula_gets_an_apostrophe(service: ServiceUnderTest, start: str) -> None:
    books = await Books(service).open()
    created(await books.charge("1.00", start))
    response = await service.get("/v1/transaction-export", params={"account_id": books.account_id})
    (_, line) = csv.reader(io.StringIO(response.text, newline=""))
    assert line[3] == f"'{start}"


async def test_export_keeps_to_its_period(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    await books.bought("1.00")
    second = await books.bought("2.00")
    await books.bought("3.00")
    assert [row["amount"] for row in await _rows(books, booked_from=second["booked_at"])] == ["2.00", "3.00"]
    assert [row["amount"] for row in await _rows(books, booked_before=second["booked_at"])] == ["1.00"]


async def test_export_of_many_transactions_comes_in_several_batches(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    await _book_fees(books, 1201)
    rows = await _rows(books)
    assert [int(row["sequence"]) for row in rows] == list(range(1, 1202))


async def test_customer_exports_their_own_account(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    params = {"account_id": books.account_id}
    own = await service.get("/v1/transaction-export", params=params, as_=customer(books.customer_id))
    assert own.status_code == 200


async def test_export_with_a_moment_that_is_none_is_refused(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    params = {"account_id": books.account_id, "booked_from": "0000-01-01T00:00:00Z"}
    assert refusal(await service.get("/v1/transaction-export", params=params)) == (422, "invalid-request")


async def _book_fees(books: Books, number: int) -> None:
    async with books.service.pool.acquire() as connection, connection.transaction():
        await connection.execute(
            """
            INSERT INTO transactions (id, account_id, sequence, kind, amount, currency, description, booked_at)
            SELECT 'txn_' || lpad(n::text, 26, '0'), $1, n, 'fee', 1, 'SEK', 'Fee', now()
            FROM generate_series(1, $2) AS n
            """,
            books.account_id,
            number,
        )
        await connection.execute(
            """
            INSERT INTO postings (transaction_id, line, ledger_account, amount, currency)
            SELECT id, line, 'bank', 3 - 2 * line, 'SEK' FROM transactions, generate_series(1, 2) AS line
            """
        )
        await connection.execute("UPDATE ledgers SET used = $1::integer, last_sequence = $1::integer", number)
