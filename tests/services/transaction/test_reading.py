"""Lists, single transactions, balances: what one sees and whose it is."""

import base64
import json
from typing import Any

import pytest

from tandem.kit.ids import new_id
from tests.service_under_test import ServiceUnderTest, customer
from tests.services.transaction.books import Books, created, refusal


@pytest.fixture
async def books(service: ServiceUnderTest) -> Books:
    """Six transactions: purchases of 10, 20 and 30, a refund of 5, a payment of 15, a fee of 60."""
    books = await Books(service).open()
    first = await books.bought("10.00", description="Circle K Uppsala")
    await books.bought("20.00", description="ÅHLÉNS 100% _Malmö_")
    await books.bought("30.00", description="Byggmax Solna")
    created(await books.refund(first["id"], "5.00"))
    created(await books.pay("15.00"))
    created(await books.charge("60.00"))
    return books


def _sequences(page: dict[str, Any]) -> list[int]:
    return [item["sequence"] for item in page["items"]]


async def test_list_is_newest_first_with_a_total(books: Books) -> None:
    page = await books.list()
    assert _sequences(page) == [6, 5, 4, 3, 2, 1]
    assert (page["total"], page["next_cursor"]) == (6, None)


async def test_account_without_transactions_has_an_empty_list(service: ServiceUnderTest) -> None:
    empty = await Books(service).open()
    assert await empty.list() == {"items": [], "next_cursor": None, "total": 0}
    assert await empty.list(kind="fee") == {"items": [], "next_cursor": None, "total": 0}


async def test_other_accounts_are_not_in_the_list(books: Books, service: ServiceUnderTest) -> None:
    other = await Books(service).open()
    await other.bought("1.00")
    assert (await other.list())["total"] == 1
    assert (await books.list())["total"] == 6


@pytest.mark.parametrize(
    ("filters", "sequences"),
    [
        ({"kind": "purchase"}, [3, 2, 1]),
        ({"kind": "payment"}, [5]),
        ({"min_amount": "20.00"}, [6, 3, 2]),
        ({"max_amount": "15.00"}, [5, 4, 1]),
        ({"min_amount": "15.00", "max_amount": "30.00"}, [5, 3, 2]),
        ({"min_amount": "30.00", "max_amount": "15.00"}, []),
        ({"search": "byggmax"}, [3]),
        ({"search": "åhléns"}, [2]),
        ({"search": "%"}, [2]),
        ({"search": "_m"}, [2]),
        ({"search": "no such shop"}, []),
        ({"search": "circle", "kind": "refund"}, [4]),
        ({"booked_from": "2999-01-01T00:00:00Z"}, []),
        ({"booked_before": "2000-01-01T00:00:00Z"}, []),
        ({"booked_from": "2000-01-01T00:00:00Z", "booked_before": "2999-01-01T00:00:00Z"}, [6, 5, 4, 3, 2, 1]),
    ],
)
async def test_filter_narrows_list_and_total(books: Books, filters: dict[str, str], sequences: list[int]) -> None:
    page = await books.list(**filters)
    assert (_sequences(page), page["total"]) == (sequences, len(sequences))


async def test_card_filter_finds_its_purchases_and_their_refunds(books: Books) -> None:
    assert _sequences(await books.list(card_id=books.card_id)) == [4, 3, 2, 1]
    assert (await books.list(card_id=new_id("crd")))["total"] == 0


async def test_time_filter_begins_at_from_and_ends_short_of_before(books: Books) -> None:
    third = (await books.list())["items"][3]
    assert third["sequence"] == 3
    assert _sequences(await books.list(booked_from=third["booked_at"])) == [6, 5, 4, 3]
    assert _sequences(await books.list(booked_before=third["booked_at"])) == [2, 1]


async def test_pages_follow_one_another_without_gap_or_overlap(books: Books) -> None:
    first = await books.list(limit=4)
    last = await books.list(limit=4, cursor=first["next_cursor"])
    assert (_sequences(first), _sequences(last)) == ([6, 5, 4, 3], [2, 1])
    assert (first["total"], last["total"], last["next_cursor"]) == (6, 6, None)


async def test_page_that_ends_the_list_exactly_has_no_next(books: Books) -> None:
    assert (await books.list(limit=6))["next_cursor"] is None


async def test_pages_stay_right_while_transactions_are_booked(books: Books) -> None:
    first = await books.list(limit=2)
    await books.bought("1.00")
    second = await books.list(limit=2, cursor=first["next_cursor"])
    assert (_sequences(second), second["total"]) == ([4, 3], 7)


async def test_filtered_pages_keep_their_filter(books: Books) -> None:
    first = await books.list(kind="purchase", limit=2)
    second = await books.list(kind="purchase", limit=2, cursor=first["next_cursor"])
    assert (_sequences(first), _sequences(second)) == ([3, 2], [1])
    assert first["total"] == second["total"] == 3


async def test_cursor_of_another_list_is_refused(books: Books, service: ServiceUnderTest) -> None:
    cursor = (await books.list(limit=2))["next_cursor"]
    other = await Books(service).open()
    for params in (
        {"account_id": books.account_id, "kind": "purchase", "cursor": cursor},
        {"account_id": other.account_id, "cursor": cursor},
        {"account_id": books.account_id, "cursor": "nonsense"},
    ):
        response = await service.get("/v1/transactions", params=params)
        assert refusal(response) == (422, "invalid-cursor")


@pytest.mark.parametrize(
    ("values", "status"),
    [
        (["x"], 422),
        ([{"t": "2026-01-01T00:00:00Z"}, "1"], 422),
        ([{"t": "0001-01-01T00:00:00+14:00"}, 1], 422),
        ([{"t": "soon"}, 1], 422),
        ([{"t": "2026-01-01T00:00:00Z"}, 2**64 - 1], 422),
        ([{"t": "2026-01-01T00:00:00Z"}, 2**63 - 1], 200),
        ([{"t": "2026-01-01T00:00:00"}, -1], 200),
    ],
)
async def test_forged_cursor_is_refused_or_harmless(
    books: Books, service: ServiceUnderTest, values: list[Any], status: int
) -> None:
    real = (await books.list(limit=2))["next_cursor"]
    tie = json.loads(base64.urlsafe_b64decode(real + "=" * (-len(real) % 4)))[0]
    forged = base64.urlsafe_b64encode(json.dumps([tie, *values]).encode()).decode().rstrip("=")
    response = await service.get("/v1/transactions", params={"account_id": books.account_id, "cursor": forged})
    assert response.status_code == status


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "many"},
        {"kind": "gift"},
        {"min_amount": "1"},
        {"min_amount": "-1.00"},
        {"booked_from": "today"},
        {"booked_from": "0000-01-01T00:00:00Z"},
        {"booked_before": "2016-12-31T23:59:60Z"},
        {"search": ""},
        {"search": "\0"},
        {"sort": "amount"},
    ],
)
async def test_query_that_departs_from_the_contract_is_refused(
    service: ServiceUnderTest, params: dict[str, str]
) -> None:
    response = await service.get("/v1/transactions", params={"account_id": new_id("acc"), **params})
    assert refusal(response) == (422, "invalid-request")
    assert response.json()["errors"][0]["pointer"].startswith(next(iter(params)))


async def test_list_without_an_account_is_refused(service: ServiceUnderTest) -> None:
    assert refusal(await service.get("/v1/transactions")) == (422, "invalid-request")


async def test_transaction_is_answered_with_its_only_version(books: Books, service: ServiceUnderTest) -> None:
    listed = (await books.list())["items"][-1]
    response = await service.get(f"/v1/transactions/{listed['id']}")
    assert response.json() == listed
    assert response.headers["etag"] == '"1"'
    unchanged = await service.get(f"/v1/transactions/{listed['id']}", headers={"if-none-match": '"1"'})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_postings_are_paged_too(books: Books, service: ServiceUnderTest) -> None:
    path = f"/v1/transactions/{(await books.list())['items'][0]['id']}/postings"
    first = (await service.get(path, params={"limit": 1})).json()
    second = (await service.get(path, params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [item["line"] for item in first["items"] + second["items"]] == [1, 2]
    assert (first["total"], second["total"], second["next_cursor"]) == (2, 2, None)


async def test_unknown_transaction_is_not_found(service: ServiceUnderTest) -> None:
    path = f"/v1/transactions/{new_id('txn')}"
    assert refusal(await service.get(path)) == (404, "transaction-not-found")
    assert refusal(await service.get(f"{path}/postings")) == (404, "transaction-not-found")


async def test_customer_sees_what_is_theirs(books: Books, service: ServiceUnderTest) -> None:
    me = customer(books.customer_id)
    page = (await service.get("/v1/transactions", params={"account_id": books.account_id}, as_=me)).json()
    assert page["total"] == 6
    transaction = f"/v1/transactions/{page['items'][0]['id']}"
    for path in (transaction, f"{transaction}/postings", f"/v1/balances/{books.account_id}"):
        assert (await service.get(path, as_=me)).status_code == 200


async def test_what_is_somebody_else_s_is_answered_like_what_is_not_there(
    books: Books, service: ServiceUnderTest
) -> None:
    stranger = customer(new_id("cus"))
    transaction = f"/v1/transactions/{(await books.list())['items'][0]['id']}"
    account = {"account_id": books.account_id}
    responses = [
        await service.get("/v1/transactions", params=account, as_=stranger),
        await service.get("/v1/transaction-export", params=account, as_=stranger),
        await service.get(f"/v1/balances/{books.account_id}", as_=stranger),
    ]
    assert [refusal(response) for response in responses] == [(404, "account-not-found")] * 3
    responses = [await service.get(path, as_=stranger) for path in (transaction, f"{transaction}/postings")]
    assert [refusal(response) for response in responses] == [(404, "transaction-not-found")] * 2
