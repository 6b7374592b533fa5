"""Who may do what, and what those are told who may not: at the gateway, by the real services."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import jwt
import pytest

from tandem.local.issuer import AUDIENCE, LocalIssuer, read_callers
from tandem.local.state import Secrets
from tests.architecture.project import SERVICES
from tests.e2e.api import Account, Api, new_company, new_key
from tests.e2e.laptop import Laptop
from tests.service_under_test import REPOSITORY

CALLERS = read_callers(REPOSITORY / "contracts")


def problem(answer: httpx.Response, status: int, type_: str) -> dict[str, Any]:
    """The one shape of every error, with the id that finds it in the logs."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert (document["status"], document["type"]) == (status, f"/problems/{type_}")
    assert document["title"]
    assert document["detail"]
    assert document["request_id"] == answer.headers["x-request-id"]
    return document


@pytest.fixture(scope="session")
async def stranger(api: Api) -> Account:
    """Somebody with an account of their own."""
    return await api.account(1000)


async def test_nothing_there_is_a_404(api: Api) -> None:
    problem(await api.send("GET", "/v1/no-such-things", "support"), 404, "not-found")
    unknown = "acc_01k9zc6n00000000000000zzzz"
    problem(await api.send("GET", f"/v1/accounts/{unknown}", "support"), 404, "account-not-found")


async def test_another_method_is_a_405_that_says_what_is_possible(api: Api) -> None:
    answer = await api.send("DELETE", "/v1/accounts", "support")
    problem(answer, 405, "method-not-allowed")
    assert set(answer.headers["allow"].split(", ")) >= {"GET", "POST"}


async def test_no_token_is_a_401_that_says_how_to_send_one(api: Api) -> None:
    answer = await api.client.get("/v1/accounts")
    problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"customer_id": ', 400),
        (b"[]", 422),
        (b'{"customer_id": 7, "credit_limit": null}', 422),
        (b'{"customer_id": "cus_01k9zc6n00000000000000h001", "credit_limit": {}, "colour": "red"}', 422),
        (b"[" * 100_000, 400),
        (b" " * 2_000_000, 413),
    ],
    ids=["cut off", "another type", "wrong types", "unknown field", "deep", "huge"],
)
async def test_a_bad_body_is_a_4xx_problem(api: Api, body: bytes, status: int) -> None:
    headers = {
        "authorization": f"Bearer {api.token('support')}",
        "content-type": "application/json",
        "idempotency-key": "a-bad-body",
    }
    answer = await api.client.post("/v1/accounts", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_nul_in_a_text_is_a_422_problem(api: Api) -> None:
    answer = await api.send("POST", "/v1/customers", "support", {**new_company(), "name": "Ny\0Butik"}, new_key())
    assert "NUL" in problem(answer, 422, "invalid-request")["detail"]


@pytest.mark.parametrize("query", ["limit=1000000000000000000000", "limit=0", "cursor=mine", "cursor=%00", "colour=a"])
async def test_an_absurd_page_is_a_422_problem(api: Api, query: str) -> None:
    answer = await api.send("GET", f"/v1/transactions?account_id=acc_01k9zc6n00000000000000h001&{query}", "support")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["in"] == "query"


async def test_a_customer_finds_nothing_of_another_customer(api: Api, stranger: Account) -> None:
    victim = await api.account(1000)
    bought = (await api.purchase(victim, 10)).json()
    for path, kind in (
        (f"/v1/customers/{victim.customer_id}", "customer"),
        (f"/v1/accounts/{victim.id}", "account"),
        (f"/v1/accounts/{victim.id}/overview", "account"),
        (f"/v1/cards/{victim.card_id}", "card"),
        (f"/v1/balances/{victim.id}", "account"),
        (f"/v1/transactions?account_id={victim.id}", "account"),
        (f"/v1/transactions/{bought['id']}", "transaction"),
    ):
        problem(await api.send("GET", path, stranger.customer_id), 404, f"{kind}-not-found")
    freeze = f"/v1/cards/{victim.card_id}/freeze"
    problem(await api.send("POST", freeze, stranger.customer_id, {"reason": "Mine"}), 404, "card-not-found")
    assert (await api.get(f"/v1/cards/{victim.card_id}"))["status"] == "active"


async def test_a_token_without_the_scope_is_a_403_that_names_it(api: Api, stranger: Account) -> None:
    body = {"customer_id": stranger.customer_id, "credit_limit": {"amount": "1.00", "currency": "SEK"}}
    answer = await api.send("POST", "/v1/accounts", stranger.customer_id, body, "without-scope")
    assert "accounts:open" in problem(answer, 403, "forbidden")["detail"]
    assert (await api.purchase(stranger, 1)).status_code == 201
    purchase = {**body, "account_id": stranger.id, "card_id": stranger.card_id, "description": "Own goal"}
    answer = await api.send("POST", "/v1/purchases", stranger.customer_id, purchase, "without-scope")
    assert "transactions:record" in problem(answer, 403, "forbidden")["detail"]


def _expired(laptop: Laptop) -> str:
    issuer = LocalIssuer(laptop.folder / "issuer", CALLERS, now=lambda: time.time() - 7200)
    return issuer.issue("support", "late", lifetime=timedelta(hours=1))


def _of_another_issuer(laptop: Laptop) -> str:
    return LocalIssuer(laptop.folder / "issuer", CALLERS, issuer="https://elsewhere.example").issue("support", "other")


def _of_another_key(laptop: Laptop) -> str:
    return LocalIssuer(laptop.folder / "forger", CALLERS).issue("support", "forger")


def _unsigned(laptop: Laptop) -> str:
    claims = jwt.decode(_of_another_key(laptop), options={"verify_signature": False}, audience=AUDIENCE)
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def _signed_with_the_public_key(laptop: Laptop) -> str:
    payload = jwt.decode(_of_another_key(laptop), options={"verify_signature": False}, audience=AUDIENCE)
    public = json.loads((laptop.folder / "issuer" / "jwks.json").read_text())["keys"][0]
    return jwt.encode(payload, public["n"], "HS256", {"kid": public["kid"]})


FORGERIES = [_expired, _of_another_issuer, _of_another_key, _unsigned, _signed_with_the_public_key]


@pytest.mark.parametrize("make", FORGERIES)
async def test_a_token_that_does_not_hold_is_a_401(api: Api, make: Callable[[Laptop], str]) -> None:
    for path in ("/v1/accounts", "/v1/cards", "/v1/customers", "/v1/invoices", "/v1/contact-options"):
        answer = await api.client.get(path, headers={"authorization": f"Bearer {make(api.laptop)}"})
        problem(answer, 401, "unauthorized")


@pytest.mark.parametrize("role", SERVICES)
async def test_a_role_opens_its_own_database_and_no_other(laptop: Laptop, role: str) -> None:
    port, password = laptop.rows()["postgres"]["port"], Secrets(laptop.home).password(role)
    own = await asyncpg.connect(f"postgresql://{role}:{password}@127.0.0.1:{port}/{role}")
    await own.close()
    for other in ("postgres", *(name for name in SERVICES if name != role)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(f"postgresql://{role}:{password}@127.0.0.1:{port}/{other}")
