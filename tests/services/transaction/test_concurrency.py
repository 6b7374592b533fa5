"""Many at once: the limit holds, the books balance, and a repeated request has one effect."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx

from tandem.kit.ids import new_id
from tests.service_under_test import ServiceUnderTest
from tests.services.transaction.books import Books, check_books, created, refusal

_PATIENCE = 20


async def _until_answered(send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Repeat while the service is too busy, under the same key, as a client does."""
    for _ in range(_PATIENCE):
        response = await send()
        if response.status_code != 503:
            return response
    return response


async def _record_all(books: Books, what: str, bodies: list[dict[str, Any]]) -> list[httpx.Response]:
    keys = [new_id("key") for _ in bodies]
    return await asyncio.gather(
        *(_until_answered(partial(books.record, what, body, key)) for body, key in zip(bodies, keys, strict=True))
    )


async def test_of_200_purchases_at_once_exactly_the_100_that_fit_succeed(service: ServiceUnderTest) -> None:
    books = await Books(service).open("1000.00")
    responses = await _record_all(books, "purchases", [books.purchase("10.00")] * 200)
    assert Counter(response.status_code for response in responses) == {201: 100, 409: 100}
    assert {refusal(response)[1] for response in responses if response.status_code == 409} == {"credit-limit-exceeded"}
    assert sorted(r.json()["sequence"] for r in responses if r.status_code == 201) == list(range(1, 101))
    balance = await books.balance()
    assert (balance["used"]["amount"], balance["remaining"]["amount"]) == ("1000.00", "0.00")
    assert balance["transactions"] == 100
    assert [event["data"]["sequence"] for event in await service.outbox()] == list(range(1, 101))
    await check_books(service)


async def test_purchases_of_many_accounts_at_once_do_not_mix(service: ServiceUnderTest) -> None:
    many = [await Books(service).open("50.00") for _ in range(5)]
    await asyncio.gather(*(_record_all(books, "purchases", [books.purchase("10.00")] * 8) for books in many))
    assert [await books.used() for books in many] == ["50.00"] * 5
    await check_books(service)


async def test_same_key_in_50_requests_at_once_books_once_and_answers_alike(service: ServiceUnderTest) -> None:
    books = await Books(service).open("1000.00")
    key, body = new_id("key"), books.purchase("10.00")
    responses = await asyncio.gather(
        *(_until_answered(partial(books.record, "purchases", body, key)) for _ in range(50))
    )
    assert {response.status_code for response in responses} == {201}
    assert len({response.content for response in responses}) == 1
    assert sum("idempotency-replayed" not in response.headers for response in responses) == 1
    assert await books.used() == "10.00"
    assert len(await service.outbox()) == 1
    await check_books(service)


async def test_same_key_with_other_bodies_at_once_books_one_of_them(service: ServiceUnderTest) -> None:
    books = await Books(service).open("1000.00")
    key = new_id("key")
    bodies = [books.purchase(f"{amount}.00") for amount in range(1, 11)]
    responses = await asyncio.gather(
        *(_until_answered(partial(books.record, "purchases", body, key)) for body in bodies)
    )
    assert Counter(response.status_code for response in responses) == {201: 1, 422: 9}
    assert (await books.balance())["transactions"] == 1


async def test_refunds_at_once_never_give_back_more_than_the_purchase(service: ServiceUnderTest) -> None:
    books = await Books(service).open("1000.00")
    purchase = await books.bought("100.00")
    body = {"purchase_id": purchase["id"], "amount": {"amount": "10.00", "currency": "SEK"}, "reason": "Returned"}
    responses = await _record_all(books, "refunds", [body] * 25)
    assert Counter(response.status_code for response in responses) == {201: 10, 409: 15}
    assert await books.used() == "0.00"
    await check_books(service)


async def test_payment_during_purchases_lets_as_many_more_through_as_it_pays_for(service: ServiceUnderTest) -> None:
    books = await Books(service).open("100.00")
    await books.bought("100.00")
    purchases = asyncio.create_task(_record_all(books, "purchases", [books.purchase("10.00")] * 30))
    created(await books.pay("50.00"))
    accepted = sum(response.status_code == 201 for response in await purchases)
    balance = await books.balance()
    assert accepted <= 5
    assert balance["used"]["amount"] == f"{50 + 10 * accepted}.00"
    await check_books(service)


async def test_ledger_closed_during_purchases_has_no_balance_when_closed(service: ServiceUnderTest) -> None:
    books = await Books(service).open("100.00")
    purchases = asyncio.create_task(_record_all(books, "purchases", [books.purchase("10.00")] * 20))
    closings = await asyncio.gather(*(_until_answered(books.close) for _ in range(5)))
    responses = await purchases
    balance = await books.balance()
    if any(closing.status_code == 200 for closing in closings):
        assert (balance["status"], balance["used"]["amount"]) == ("closed", "0.00")
        assert {refusal(response) for response in responses} == {(409, "account-is-closed")}
    else:
        assert (balance["status"], balance["used"]["amount"]) == ("open", "100.00")
    await check_books(service)


async def test_limit_raised_between_refusal_and_its_reason_lets_the_purchase_through(service: ServiceUnderTest) -> None:
    books = await Books(service).open("100.00")
    await books.bought("100.00")
    async with service.pool.acquire() as other, other.transaction():
        await other.execute("UPDATE ledgers SET credit_limit = 200 WHERE account_id = $1", books.account_id)
        # Refused by what is committed, the purchase now waits to see why.
        purchase = asyncio.create_task(books.buy("10.00"))
        await _somebody_waits_for_a_lock(service)
    assert created(await purchase)["sequence"] == 2
    await check_books(service)


async def _somebody_waits_for_a_lock(service: ServiceUnderTest) -> None:
    async with asyncio.timeout(10):
        while not await service.pool.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
            await asyncio.sleep(0)
