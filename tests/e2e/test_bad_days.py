"""`kill -9` under load: nothing that was acknowledged is lost, nothing is done twice, and nobody has to come."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from statistics import quantiles

import pytest

from tests.e2e.api import MONTH, Account, Api, Document, sek
from tests.e2e.laptop import Laptop, eventually
from tests.e2e.load import Load, asking, buying

_PARTS = {"card": ["cards"], "invoice": ["invoice"], "transaction": ["credit", "transactions"]}
_WITHOUT_A_PEER_SECONDS = 1.2


async def _kill(laptop: Laptop, name: str) -> None:
    """And wait until it runs again without anybody's help, and everything else is well."""
    restarts = laptop.rows()[name]["restarts"]
    os.kill(laptop.pid(name), signal.SIGKILL)

    async def recovered() -> bool:
        rows = await asyncio.to_thread(laptop.rows)
        return rows[name]["restarts"] > restarts and all(row["status"] == "ready" for row in rows.values())

    await eventually(recovered, seconds=60)


async def _more(load: Load, count: int = 20) -> None:
    wanted = len(load.acknowledged) + count

    async def acknowledged() -> int:
        return len(load.acknowledged)

    await eventually(acknowledged, lambda now: now >= wanted, seconds=30)


@pytest.mark.timeout(300)
async def test_killed_under_load_everything_comes_back_and_nothing_acknowledged_is_lost(
    laptop: Laptop, api: Api
) -> None:
    account = await api.account(1_000_000)
    async with buying(api, account) as load:
        await _more(load)
        # Whoever buys does not notice that these are gone.
        for name in ("invoice", "mock"):
            await _kill(laptop, name)
        assert not load.troubles
        for name in ("transaction", "gateway", "postgres"):
            await _kill(laptop, name)
            await _more(load)
    await _everything_is_there_once(api, account, load)


async def _everything_is_there_once(api: Api, account: Account, load: Load) -> None:
    booked = await _booked(api, account)
    assert len(set(booked)) == len(booked)
    assert set(load.acknowledged) <= set(booked), f"lost: {set(load.acknowledged) - set(booked)}"
    assert len(booked) == len(load.acknowledged), "something was booked twice"
    balance = await api.balance(account)
    assert Decimal(balance["used"]["amount"]) == len(booked)
    # Each event arrived and counted once: the invoice is the sum of what the ledger says. What the killed one had in
    # hand is handed out again when its lease of half a minute is over.
    month = {"account_id": account.id, "period": MONTH}
    invoice = await api.eventually_create("/v1/invoices", month, seconds=60)
    assert invoice["total"] == sek(len(booked))


async def _booked(api: Api, account: Account) -> list[str]:
    path = f"/v1/transactions?account_id={account.id}&limit=100"
    page = await api.get(path)
    booked = [one["id"] for one in page["items"]]
    while page["next_cursor"]:
        page = await api.get(f"{path}&cursor={page['next_cursor']}")
        booked += [one["id"] for one in page["items"]]
    return booked


@contextmanager
def _hanging(laptop: Laptop, name: str) -> Iterator[None]:
    """It takes connections and says nothing: worse than being gone, which is noticed at once."""
    pid = laptop.pid(name)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("name", list(_PARTS))
async def test_with_a_hanging_peer_the_overview_answers_in_time_without_its_part(
    laptop: Laptop, api: Api, name: str
) -> None:
    account = await api.account(1000)
    path = f"/v1/accounts/{account.id}/overview"
    with _hanging(laptop, name):
        async with asking(lambda: api.send("GET", path, account.customer_id)) as answers:
            await eventually(lambda: _count(answers), lambda count: count >= 40, seconds=19)
    seconds = [answer.elapsed.total_seconds() for answer in answers]
    assert {answer.status_code for answer in answers} == {200}
    assert quantiles(seconds, n=20)[-1] < _WITHOUT_A_PEER_SECONDS
    assert {tuple(_missing(answer.json())) for answer in answers[4:40]} == {tuple(_PARTS[name])}
    await eventually(lambda: api.overview(account), lambda overview: not _missing(overview), seconds=30)


async def test_with_a_dead_peer_the_overview_answers_in_time_without_its_part(laptop: Laptop, api: Api) -> None:
    account = await api.account(1000)
    path = f"/v1/accounts/{account.id}/overview"
    async with asking(lambda: api.send("GET", path, account.customer_id)) as answers:
        await _kill(laptop, "card")
    assert {answer.status_code for answer in answers} == {200}
    assert quantiles([answer.elapsed.total_seconds() for answer in answers], n=20)[-1] < _WITHOUT_A_PEER_SECONDS
    assert ["cards"] in [_missing(answer.json()) for answer in answers]
    await eventually(lambda: api.overview(account), lambda overview: not _missing(overview), seconds=30)


async def _count(answers: Sequence[object]) -> int:
    return len(answers)


def _missing(overview: Document) -> list[str]:
    return [part for part in ("credit", "cards", "invoice", "transactions") if not overview[part]["available"]]
