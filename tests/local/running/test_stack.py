"""Everything together: the services, their databases, the mock, the gateway."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tandem.cli.token import Kind
from tandem.local.databases import BUS
from tandem.local.log_reader import read
from tandem.local.state import Secrets
from tandem.local.trouble import Refused, Trouble
from tests.local.programs import until
from tests.local.running.conftest import Laptop
from tests.product import ALL

pytestmark = pytest.mark.xdist_group("laptop")


async def rows(laptop: Laptop) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in (await laptop.ask("status"))["processes"]}


async def connect(laptop: Laptop, role: str, database: str) -> asyncpg.Connection[asyncpg.Record]:
    port = laptop.runtime.stack.ports.given["postgres"]
    password = Secrets(laptop.home).password(role)
    return await asyncpg.connect(f"postgresql://{role}:{password}@127.0.0.1:{port}/{database}")


async def test_everything_is_ready_and_says_where_it_is(laptop: Laptop) -> None:
    status = await laptop.ask("status")
    assert status["ready"]
    assert status["steps"][:3] == ["databases", "migrated", "seeded"]
    names = [row["name"] for row in status["processes"]]
    assert names == ["gateway", "mock", "postgres", *ALL]
    assert len({row["port"] for row in status["processes"]}) == len(names)


async def test_demo_company_has_a_whole_overview(laptop: Laptop) -> None:
    overview = await (await laptop.overview()).json()
    assert [part for part in ("credit", "cards", "invoice", "transactions") if not overview[part]["available"]] == []
    assert overview["cards"]["items"]


async def test_mock_answers_without_a_token(laptop: Laptop) -> None:
    url = f"http://127.0.0.1:{laptop.runtime.stack.ports.given['mock']}/v1/accounts"
    async with laptop.http.get(url) as response:
        assert response.status == 200
        assert (await response.json())["items"]


async def test_request_is_found_in_every_log_it_passed(laptop: Laptop) -> None:
    request = "11111111-2222-4333-8444-555555555555"
    await laptop.overview(**{"x-request-id": request})
    expected = {"gateway", "account", "card", "invoice", "transaction"}
    await until(lambda: {line.source for line in read(laptop.home, [], request)} == expected)


async def test_service_opens_its_own_database_and_no_other(laptop: Laptop) -> None:
    own = await connect(laptop, "card", "card")
    assert await own.fetchval("SELECT count(*) FROM cards") > 0
    await own.close()
    for closed in ("account", "transaction", "postgres", "template1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connect(laptop, "card", closed)
    bus = await connect(laptop, "card", BUS)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await bus.execute("CREATE TABLE mine (id text)")
    await bus.close()


async def test_wrong_password_opens_nothing(laptop: Laptop) -> None:
    port = laptop.runtime.stack.ports.given["postgres"]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(f"postgresql://card:guess@127.0.0.1:{port}/card")


async def test_secrets_and_tokens_are_their_owners_alone(laptop: Laptop) -> None:
    private = [laptop.home.folder / "secrets.json", laptop.home.folder / "state.json", *laptop.home.tokens.iterdir()]
    assert len(private) == 2 + len(ALL)
    assert {file.stat().st_mode & 0o077 for file in private} == {0}


@pytest.mark.parametrize("name", ["account", "gateway", "mock", "postgres"])
async def test_killed_process_recovers_without_a_human(laptop: Laptop, name: str) -> None:
    before = laptop.pid(name)
    restarts = (await rows(laptop))[name]["restarts"]
    os.kill(before, signal.SIGKILL)
    await until(lambda: laptop.runtime.stack.units[name].restarts == restarts + 1)
    await laptop.all_ready()
    assert laptop.pid(name) != before
    assert (await laptop.overview()).status == 200


async def test_restarted_service_answers_again(laptop: Laptop) -> None:
    before = laptop.pid("invoice")
    await laptop.ask("restart", name="invoice")
    assert laptop.pid("invoice") != before
    assert (await laptop.get("/v1/invoices", Kind.SUPPORT)).status == 200


async def test_unknown_process_is_not_restarted(laptop: Laptop) -> None:
    with pytest.raises(Refused, match=r"no process 'invocie'\. Did you mean `invoice`"):
        await laptop.ask("restart", name="invocie")


async def test_two_versions_share_requests_and_either_can_leave(laptop: Laptop) -> None:
    await laptop.ask("start_version", service="account", version="1.1.0", weight=0)
    assert (await laptop.overview()).headers["x-served-by"] == "account@1.0.0"
    assert (await laptop.overview(**{"x-tandem-version": "1.1.0"})).headers["x-served-by"] == "account@1.1.0"
    await laptop.ask("weights", service="account", weights={"1.0.0": 0, "1.1.0": 100})
    assert (await rows(laptop))["account@1.1.0"]["weight"] == 100

    answers: list[int] = []
    stop = asyncio.Event()

    async def load() -> None:
        while not stop.is_set():
            answers.append((await laptop.overview()).status)

    loading = asyncio.create_task(load())
    await laptop.ask("stop_version", service="account", version="1.0.0")
    addresses = json.loads((laptop.home.folder / "peers.json").read_text())
    assert addresses["account"].endswith(f":{laptop.runtime.stack.fleet.placed['account@1.1.0'].port}")
    await laptop.ask("start_version", service="account", version="1.0.0", weight=100)
    await laptop.ask("stop_version", service="account", version="1.1.0")
    stop.set()
    await loading
    assert set(answers) == {200}
    assert (await laptop.overview()).headers["x-served-by"] == "account@1.0.0"


@pytest.mark.parametrize(
    ("do", "arguments", "told"),
    [
        ("start_version", {"service": "nobody", "version": "1"}, "no service 'nobody'; there are customer"),
        ("start_version", {"service": "card", "version": "1.0.0"}, "card 1.0.0 already runs"),
        ("start_version", {"service": "card"}, "'version'.* is missing"),
        ("stop_version", {"service": "card", "version": "2"}, "card 2 does not run. Running: 1.0.0"),
        ("stop_version", {"service": "card", "version": "1.0.0"}, "only version of card"),
        ("weights", {"service": "card", "weights": {"2": 100}}, "card 2 does not run"),
        ("weights", {"service": "card", "weights": {"1.0.0": 99}}, "make 100 together"),
        ("weights", {"service": "card", "weights": {"1.0.0": "all"}}, "weights"),
    ],
)
async def test_impossible_change_of_versions_is_refused(
    laptop: Laptop, do: str, arguments: dict[str, Any], told: str
) -> None:
    with pytest.raises(Refused, match=told):
        await laptop.ask(do, **arguments)
    assert set(await rows(laptop)) >= {"card"}


async def test_version_that_does_not_start_changes_nothing(laptop: Laptop, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"card@2 did not start: .*contracts/card/openapi\.yaml: there is no such file"):
        await laptop.ask("start_version", service="card", version="2", weight=10, root=str(tmp_path))
    assert "card@2" not in await rows(laptop)
    assert (await laptop.get("/v1/cards", Kind.SUPPORT)).headers["x-served-by"] == "card@1.0.0"


async def test_reset_brings_fresh_data_without_a_restart(laptop: Laptop) -> None:
    before = laptop.pid("card")
    cards = await connect(laptop, "card", "card")
    seeded = await cards.fetchval("SELECT count(*) FROM cards")
    await cards.execute("DELETE FROM cards WHERE id = (SELECT min(id) FROM cards)")
    await cards.close()
    assert (await laptop.ask("reset"))["seeded"] == list(ALL)
    cards = await connect(laptop, "card", "card")
    assert await cards.fetchval("SELECT count(*) FROM cards") == seeded
    await cards.close()
    await laptop.all_ready()
    assert laptop.pid("card") == before
    assert (await laptop.overview()).status == 200


async def test_seed_adds_what_is_missing(laptop: Laptop) -> None:
    customers = await connect(laptop, "customer", "customer")
    before = await customers.fetchval("SELECT count(*) FROM contact_requests")
    await customers.execute("DELETE FROM contact_requests")
    await laptop.ask("seed")
    assert await customers.fetchval("SELECT count(*) FROM contact_requests") == before
    await customers.close()
