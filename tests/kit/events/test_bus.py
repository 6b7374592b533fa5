"""The bus on PostgreSQL: who may do what there, how fast it is, and what it survives."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from tandem.kit.database import DatabaseUnavailable
from tandem.kit.events import bus
from tandem.kit.events.envelope import Event
from tandem.kit.events.postgres import PostgresTransport
from tandem.local.postgres import Server, free_port
from tests.kit.events.conftest import ROUTES, Connection, Pool, Say, Until

MakeRole = Callable[[], Awaitable[str]]


@pytest.fixture
async def owner(bus_url: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(bus_url)
    yield connection
    await connection.close()


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path / "data", free_port(), "secret", tmp_path / "log", {"fsync": "off"})


@pytest.fixture
async def doomed(server: Server) -> AsyncIterator[PostgresTransport]:
    """A transport whose server a test may stop and kill."""
    server.init()
    server.start()
    connection = await asyncpg.connect(server.url())
    await bus.install(connection, {})
    await connection.close()
    transport = PostgresTransport(server.url(), ROUTES)
    await transport.open()
    yield transport
    await transport.close()
    server.stop()


async def transport_of(postgres: Server, bus_url: str, role: str) -> PostgresTransport:
    database = bus_url.rpartition("/")[2]
    transport = PostgresTransport(postgres.url(database, role, "secret"), ROUTES)
    await transport.open()
    return transport


async def test_role_publishes_to_all_and_reads_only_its_queue(
    postgres: Server, bus_url: str, owner: Connection, role: MakeRole, say: Say
) -> None:
    ledger, mailer = await role(), await role()
    await bus.install(owner, {ledger: "ledger", mailer: "mailer"})
    of_ledger, of_mailer = [await transport_of(postgres, bus_url, name) for name in (ledger, mailer)]
    await of_mailer.publish([say(type_="card.issued")])
    await of_ledger.publish([say(type_="card.issued")])

    assert await of_ledger.receive("mailer", 10, 0) == []
    deliveries = await of_mailer.receive("mailer", 10, 0)
    assert len(deliveries) == 1
    await of_ledger.acknowledge(deliveries[0])
    await of_ledger.give_back(deliveries[0], 0)
    await of_ledger.bury(deliveries[0], "none of its business")
    assert (await of_mailer.depth("mailer")).waiting == 2
    assert (await of_ledger.depth("mailer")).waiting == 0

    await of_mailer.bury(deliveries[0], "its own business")
    assert (await of_mailer.depth("mailer")).dead == 1
    assert (await of_ledger.depth("mailer")).dead == 0
    await asyncio.gather(of_ledger.close(), of_mailer.close())


async def test_role_cannot_give_itself_a_queue(
    postgres: Server, bus_url: str, owner: Connection, role: MakeRole
) -> None:
    name = await role()
    await bus.install(owner, {name: "ledger"})
    connection = await asyncpg.connect(postgres.url(bus_url.rpartition("/")[2], name, "secret"))
    for statement in (
        "UPDATE queue_readers SET queue = 'mailer'",
        "INSERT INTO queue_readers VALUES ('somebody', 'mailer')",
        "UPDATE messages SET queue = 'ledger'",
        "ALTER TABLE messages DISABLE ROW LEVEL SECURITY",
        "TRUNCATE messages",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


async def test_installing_again_keeps_messages_and_follows_the_mapping(
    postgres: Server, bus_url: str, owner: Connection, role: MakeRole, say: Say
) -> None:
    name = await role()
    await bus.install(owner, {name: "ledger"})
    transport = await transport_of(postgres, bus_url, name)
    await transport.publish([say(type_="card.issued")])
    await bus.install(owner, {name: "mailer"})
    assert await transport.receive("ledger", 10, 0) == []
    assert len(await transport.receive("mailer", 10, 0)) == 1
    await bus.install(owner, {})
    assert await transport.depth("mailer") == await transport.depth("ledger")
    await transport.close()


async def test_installing_twice_at_once_works(bus_url: str, role: MakeRole) -> None:
    name = await role()
    connections = [await asyncpg.connect(bus_url) for _ in range(3)]
    await asyncio.gather(*(bus.install(connection, {name: "ledger"}) for connection in connections))
    for connection in connections:
        await connection.close()


async def test_every_subject_gets_its_turn(transport: PostgresTransport, say: Say) -> None:
    """Else a busy subject early in the alphabet would keep the others waiting."""
    await transport.publish([say(f"crd_{n}") for _ in range(10) for n in range(5)])
    order = []
    for _ in range(10):
        for delivery in await transport.receive("ledger", 2, 0):
            order.append(Event.from_json(delivery.body).subject)
            await transport.acknowledge(delivery)
    assert all(order.count(f"crd_{n}") >= 3 for n in range(5))


async def test_event_arrives_within_50_milliseconds(transport: PostgresTransport, say: Say) -> None:
    latencies = []
    await transport.receive("ledger", 1, 0.1)
    for n in range(20):
        waiting = asyncio.create_task(transport.receive("ledger", 1, 5))
        await transport.depth("ledger")
        begun = time.perf_counter()
        await transport.publish([say(f"crd_{n}")])
        await transport.acknowledge((await waiting)[0])
        latencies.append(time.perf_counter() - begun)
    assert sorted(latencies)[10] < 0.05


async def test_lost_notification_only_costs_a_second(transport: PostgresTransport, owner: Connection, say: Say) -> None:
    waiting = asyncio.create_task(transport.receive("ledger", 1, 10))
    await transport.depth("ledger")
    event = say()
    await owner.execute(
        "INSERT INTO messages (queue, subject, event_id, body) VALUES ('ledger', $1, $2, $3)",
        event.subject,
        event.id,
        event.to_json().decode(),
    )
    assert len(await waiting) == 1


async def test_listener_comes_back_after_its_connection_was_cut(
    transport: PostgresTransport, owner: Connection, say: Say, until: Until
) -> None:
    async def listening() -> bool:
        return bool(await owner.fetchval("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"))

    await transport.receive("ledger", 1, 0)
    await until(listening)
    await owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    async def not_listening() -> bool:
        return not await listening()

    await until(not_listening)
    await until(listening)
    await transport.publish([say()])
    assert len(await transport.receive("ledger", 1, 5)) == 1


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_messages_outlive_the_server_and_the_transport_finds_it_again(
    server: Server, doomed: PostgresTransport, say: Say, end: str
) -> None:
    await doomed.publish([say("crd_1"), say("crd_2")])
    (delivery,) = await doomed.receive("ledger", 1, 0)
    await asyncio.to_thread(getattr(server, end))
    for trouble in (
        doomed.publish([say()]),
        doomed.receive("ledger", 1, 0),
        doomed.acknowledge(delivery),
        doomed.depth("ledger"),
    ):
        with pytest.raises(DatabaseUnavailable):
            await trouble
    await asyncio.to_thread(server.start)
    await doomed.acknowledge(delivery)
    (again,) = await doomed.receive("ledger", 10, 5)
    await doomed.acknowledge(again)
    assert (await doomed.depth("ledger")).waiting == 0


async def test_transport_opens_while_the_server_is_away(server: Server, say: Say) -> None:
    transport = PostgresTransport(server.url(), ROUTES)
    await transport.open()
    with pytest.raises(DatabaseUnavailable):
        await transport.publish([say()])
    await transport.close()


async def test_cancelled_receiver_does_not_mind_a_server_that_is_away(server: Server) -> None:
    transport = PostgresTransport(server.url(), ROUTES)
    await transport.open()
    receiving = asyncio.create_task(transport.receive("ledger", 1, 5))
    await asyncio.sleep(0)
    receiving.cancel()
    await asyncio.wait({receiving})
    assert receiving.cancelled()
    await transport.close()


async def test_transport_used_before_it_is_open_says_so(bus_url: str) -> None:
    with pytest.raises(RuntimeError, match=r"before open\(\)"):
        await PostgresTransport(bus_url, ROUTES).depth("ledger")


async def test_relays_of_two_services_do_not_hold_each_other_up(
    transport: PostgresTransport, pool: Pool, say: Say
) -> None:
    batches = [[say(f"crd_{n}", "card.issued") for n in range(50)] for _ in range(4)]
    await asyncio.gather(*(transport.publish(batch) for batch in batches))
    assert (await transport.depth("ledger")).waiting == (await transport.depth("mailer")).waiting == 200
