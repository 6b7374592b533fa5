"""Up, down and up again; two stacks on one machine; fresh data; and nothing left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from tandem.local.ports import is_free
from tests.e2e.api import Account, Api
from tests.e2e.laptop import Laptop


@pytest.fixture
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """A second checkout's stack; the test itself starts it."""
    other = Laptop.at(tmp_path_factory.mktemp("other") / "state")
    try:
        yield other
    finally:
        other.tandem("down")


@pytest.mark.timeout(300)
async def test_two_stacks_live_side_by_side_and_each_ends_without_a_trace(
    laptop: Laptop, api: Api, other: Laptop
) -> None:
    await asyncio.to_thread(other.tandem, "up", "-d")
    async with httpx.AsyncClient(base_url=other.gateway, timeout=20) as client:
        neighbour = Api(other, client)
        account = await neighbour.account(1000)
        assert (await neighbour.purchase(account, 5)).status_code == 201
        await _each_has_its_own(api, neighbour, account)
        await _down_and_up_keeps_the_data(other, neighbour, account)
        await _reset_begins_again(other, neighbour, account)
    await asyncio.to_thread(other.tandem, "down")
    assert other.alive() == []
    assert is_free(other.gateway_port)
    assert is_free(other.mock_port)
    assert await laptop.is_whole()


async def _each_has_its_own(api: Api, neighbour: Api, account: Account) -> None:
    path = f"/v1/accounts/{account.id}"
    assert (await api.send("GET", path, "support")).status_code == 404
    foreign = await api.client.get(path, headers={"authorization": f"Bearer {neighbour.token('support')}"})
    assert foreign.status_code == 401, "a token of another stack's issuer"


async def _down_and_up_keeps_the_data(other: Laptop, neighbour: Api, account: Account) -> None:
    ports = {name: row["port"] for name, row in other.rows().items()}
    said = await asyncio.to_thread(other.tandem, "down")
    assert said.startswith("Stopped ")
    assert other.alive() == []
    assert all(is_free(port) for port in ports.values())
    assert await asyncio.to_thread(other.tandem, "down") == "Nothing was running.\n"
    await asyncio.to_thread(other.tandem, "up", "-d")
    assert {name: row["port"] for name, row in other.rows().items()} == ports
    assert (await neighbour.balance(account))["used"]["amount"] == "5.00"
    assert (await neighbour.overview(account))["transactions"]["more"] == 0


async def _reset_begins_again(other: Laptop, neighbour: Api, account: Account) -> None:
    pids = {name: row["pid"] for name, row in other.rows().items()}
    await asyncio.to_thread(other.tandem, "reset")
    assert {name: row["pid"] for name, row in other.rows().items()} == pids
    assert (await neighbour.send("GET", f"/v1/accounts/{account.id}", "support")).status_code == 404
    assert (await neighbour.send("GET", f"/v1/balances/{account.id}", "support")).status_code == 404
    assert (await neighbour.get("/v1/customers?limit=1"))["total"] >= 40
    # It is not only there, it works: events still find their way on the new tables.
    assert (await neighbour.purchase(await neighbour.account(1000), 5)).status_code == 201
