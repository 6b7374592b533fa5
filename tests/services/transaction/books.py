"""Accounts with cards to test on, and what must always be true of the books."""

from decimal import Decimal
from typing import Any

import httpx

from tandem.kit.ids import new_id
from tests.service_under_test import ServiceUnderTest, Who

NETWORK = Who("service", "card-network")


def sek(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "SEK"}


class Books:
    """One account with one active card, as the events of the account and the card service make it."""

    def __init__(self, service: ServiceUnderTest) -> None:
        self.service = service
        self.account_id = new_id("acc")
        self.customer_id = new_id("cus")
        self.card_id = new_id("crd")

    async def open(self, limit: str = "1000.00", currency: str = "SEK") -> "Books":
        await self.open_account({"amount": limit, "currency": currency})
        await self.service.deliver("card.issued", card_id=self.card_id, account_id=self.account_id)
        await self.service.deliver("card.activated", card_id=self.card_id)
        return self

    async def open_account(self, credit_limit: dict[str, str]) -> None:
        await self.service.deliver(
            "account.opened",
            account_id=self.account_id,
            customer_id=self.customer_id,
            credit_limit=credit_limit,
            opened_at="2025-01-20T09:00:00Z",
        )

    async def tell(self, event: str) -> None:
        """An event that says nothing but which account or card it is about."""
        subject = {"account_id": self.account_id} if event.startswith("account.") else {"card_id": self.card_id}
        await self.service.deliver(event, **subject)

    def purchase(self, amount: str, /, **fields: Any) -> dict[str, Any]:
        body = {"account_id": self.account_id, "card_id": self.card_id, "amount": sek(amount), "description": "Byggmax"}
        return {**body, **fields}

    async def record(self, what: str, body: dict[str, Any], key: str | None = None) -> httpx.Response:
        return await self.service.post(f"/v1/{what}", body, as_=NETWORK, key=key or new_id("key"))

    async def buy(self, amount: str, /, **fields: Any) -> httpx.Response:
        return await self.record("purchases", self.purchase(amount, **fields))

    async def bought(self, amount: str, /, **fields: Any) -> dict[str, Any]:
        return created(await self.buy(amount, **fields))

    async def refund(self, purchase_id: str, amount: str) -> httpx.Response:
        body = {"purchase_id": purchase_id, "amount": sek(amount), "reason": "Returned"}
        return await self.record("refunds", body)

    async def pay(self, amount: str, reference: str = "1006200110") -> httpx.Response:
        return await self.record(
            "payments", {"account_id": self.account_id, "amount": sek(amount), "reference": reference}
        )

    async def charge(self, amount: str, description: str = "Reminder fee") -> httpx.Response:
        body = {"account_id": self.account_id, "amount": sek(amount), "description": description}
        return await self.record("fees", body)

    async def close(self) -> httpx.Response:
        return await self.service.post(f"/v1/ledgers/{self.account_id}/close", as_=NETWORK)

    async def balance(self) -> dict[str, Any]:
        response = await self.service.get(f"/v1/balances/{self.account_id}")
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    async def used(self) -> str:
        used: str = (await self.balance())["used"]["amount"]
        return used

    async def list(self, **params: Any) -> dict[str, Any]:
        response = await self.service.get("/v1/transactions", params={"account_id": self.account_id, **params})
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body


def created(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


def refusal(response: httpx.Response) -> tuple[int, str]:
    """The status and the kind of problem."""
    return response.status_code, response.json()["type"].removeprefix("/problems/")


async def check_books(service: ServiceUnderTest) -> None:
    """Every transaction balances, every ledger is the sum of its postings, no sequence has a gap."""
    unbalanced = await service.pool.fetch(
        "SELECT transaction_id FROM postings GROUP BY transaction_id HAVING sum(amount) <> 0 OR count(*) <> 2"
    )
    assert unbalanced == []
    wrong = await service.pool.fetch(
        """
        SELECT account_id
        FROM ledgers
        WHERE used <> (
            SELECT coalesce(sum(amount), 0) FROM postings WHERE ledger_account = 'receivable:' || account_id
        ) OR last_sequence <> (
            SELECT count(*) FROM transactions WHERE transactions.account_id = ledgers.account_id
        ) OR last_sequence <> (
            SELECT coalesce(max(sequence), 0) FROM transactions WHERE transactions.account_id = ledgers.account_id
        )
        """
    )
    assert wrong == []
    assert await service.pool.fetchval("SELECT coalesce(sum(amount), 0) FROM postings") == Decimal(0)
