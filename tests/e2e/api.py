"""A client of the gateway, and the steps that most stories begin with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx

from tandem.cli.token import Kind, issue
from tandem.local.seed.identifiers import organisation_number
from tests.e2e.laptop import Laptop, eventually

Document = dict[str, Any]
MONTH = f"{datetime.now(UTC):%Y-%m}"
_random = Random()


def sek(amount: float) -> Document:
    return {"amount": f"{amount:.2f}", "currency": "SEK"}


@dataclass(frozen=True)
class Account:
    """An open account with an active card."""

    customer_id: str
    id: str
    card_id: str


class Api:
    """Speaks as `kind`: `support`, `service`, or the customer of an id."""

    def __init__(self, laptop: Laptop, client: httpx.AsyncClient) -> None:
        self.laptop = laptop
        self.client = client
        self._tokens: dict[str, str] = {}

    def token(self, who: str) -> str:
        if who not in self._tokens:
            customer = who if who.startswith("cus_") else None
            kind = Kind.CUSTOMER if customer else Kind(who)
            self._tokens[who] = issue(self.laptop.home, kind, customer, "e2e", timedelta(hours=1))
        return self._tokens[who]

    async def send(
        self, method: str, path: str, who: str, json: Any = None, key: str | None = None, **headers: str
    ) -> httpx.Response:
        sent = {"authorization": f"Bearer {self.token(who)}", **{n.replace("_", "-"): v for n, v in headers.items()}}
        if key:
            sent["idempotency-key"] = key
        return await self.client.request(method, path, json=json, headers=sent)

    async def get(self, path: str, who: str = "support", **headers: str) -> Any:
        answer = await self.send("GET", path, who, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def create(self, path: str, body: Any, who: str = "support") -> Document:
        answer = await self.send("POST", path, who, body, key=new_key())
        assert answer.status_code == 201, answer.text
        created: Document = answer.json()
        return created

    async def eventually_create(self, path: str, body: Any, seconds: float = 30) -> Document:
        """For what has to wait until other services have heard of it."""
        answer = await eventually(
            lambda: self.send("POST", path, "support", body, key=new_key()),
            lambda answer: answer.status_code == 201,
            seconds,
        )
        created: Document = answer.json()
        return created

    async def overview(self, account: Account) -> Document:
        overview: Document = await self.get(f"/v1/accounts/{account.id}/overview", account.customer_id)
        return overview

    async def purchase(self, account: Account, amount: float, key: str | None = None) -> httpx.Response:
        body = {"account_id": account.id, "card_id": account.card_id, "amount": sek(amount), "description": "Byggmax"}
        return await self.send("POST", "/v1/purchases", "service", body, key=key or new_key())

    async def balance(self, account: Account) -> Document:
        balance: Document = await self.get(f"/v1/balances/{account.id}")
        return balance

    async def register(self) -> str:
        customer = await self.create("/v1/customers", new_company())
        return str(customer["id"])

    async def account(self, limit: float) -> Account:
        """A new company's account, with a card that the ledger knows to be active."""
        customer_id = await self.register()
        opened = await self.create("/v1/accounts", {"customer_id": customer_id, "credit_limit": sek(limit)})
        card = await self.eventually_create("/v1/cards", {"account_id": opened["id"], "holder_name": "Eva Ek"})
        activate = f"/v1/cards/{card['id']}/activate"
        answer = await self.send("POST", activate, customer_id, {"last_four": card["last_four"]})
        assert answer.status_code == 200, answer.text
        account = Account(customer_id, opened["id"], card["id"])
        # A purchase of more than the limit is refused for that reason once the ledger knows account and card.
        too_much = "/problems/credit-limit-exceeded"
        await eventually(
            lambda: self.purchase(account, limit + 1), lambda answer: answer.json().get("type") == too_much
        )
        return account


def new_key() -> str:
    return f"e2e-{secrets.token_hex(8)}"


def new_company() -> Document:
    person = {"name": "Eva Ek", "role": "Owner", "email": "eva@nybutik.example", "phone": "+46 70 174 06 55"}
    return {
        "name": "Ny Butik AB",
        "organisation_number": organisation_number(_random),
        "email": "info@nybutik.example",
        "phone": "+46 8 465 004 99",
        "address": {"street": "Storgatan 1", "postal_code": "111 22", "city": "Stockholm", "country": "SE"},
        "contact_person": person,
    }
