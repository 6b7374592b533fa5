"""What was given up can be looked at and tried again, in the order in which it was said."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tandem.kit.events import bus
from tandem.kit.events.dead_letters import hand_back, list_dead
from tandem.kit.events.envelope import Event
from tandem.kit.events.postgres import PostgresTransport
from tests.kit.events.conftest import ROUTES, Connection, Say


@pytest.fixture
async def owner(bus_url: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(bus_url)
    yield connection
    await connection.close()


async def take(transport: PostgresTransport, queue: str = "ledger") -> list[str]:
    """The ids of what is handed out now; each is acknowledged."""
    deliveries = await transport.receive(queue, 10, 0)
    for delivery in deliveries:
        await transport.acknowledge(delivery)
    return [Event.from_json(delivery.body).id for delivery in deliveries]


async def bury(transport: PostgresTransport, queue: str = "ledger", reason: str = "ValueError: no such card") -> None:
    """Give up the first that is handed out."""
    (delivery,) = await transport.receive(queue, 1, 0)
    await transport.bury(delivery, reason)


async def test_dead_letter_says_what_it_was_and_why(transport: PostgresTransport, owner: Connection, say: Say) -> None:
    await transport.publish([say("crd_7")])
    await bury(transport, reason="ValueError: no\n  such card")
    (letter,) = await list_dead(owner)
    assert (letter.queue, letter.event_id, letter.type, letter.subject) == ("ledger", "evt_1", "card.frozen", "crd_7")
    assert (letter.reason, letter.attempts) == ("ValueError: no such card", 1)
    assert letter.buried_at == await owner.fetchval("SELECT died_at FROM dead_letters")


@pytest.mark.parametrize("body", ["not JSON", "[]", "{}"])
async def test_dead_letter_that_cannot_be_read_is_listed_without_a_type(owner: Connection, body: str) -> None:
    await owner.execute(
        "INSERT INTO dead_letters (position, queue, subject, event_id, body, attempts, reason, published_at) "
        "VALUES (1, 'ledger', 'crd_1', 'evt_1', $1, 1, 'UnusableEvent', now())",
        body,
    )
    assert [letter.type for letter in await list_dead(owner)] == [None]


async def test_dead_letters_are_listed_by_queue_in_their_order(
    transport: PostgresTransport, owner: Connection, say: Say
) -> None:
    await transport.publish([say(type_="card.issued"), say()])
    for queue in ("mailer", "ledger", "ledger"):
        await bury(transport, queue)
    assert [(one.queue, one.event_id) for one in await list_dead(owner)] == [
        ("ledger", "evt_1"),
        ("ledger", "evt_2"),
        ("mailer", "evt_1"),
    ]
    assert [one.queue for one in await list_dead(owner, "mailer")] == ["mailer"]


async def test_handed_back_events_come_afresh_before_the_later_ones_of_their_subject(
    transport: PostgresTransport, owner: Connection, say: Say
) -> None:
    await transport.publish([say() for _ in range(4)])
    await bury(transport)
    await bury(transport)
    assert await take(transport) == ["evt_3"]
    assert await hand_back(owner, "ledger") == ["evt_1", "evt_2"]
    (delivery,) = await transport.receive("ledger", 10, 0)
    assert delivery.attempt == 1
    await transport.acknowledge(delivery)
    assert await take(transport) == ["evt_2"]
    assert await take(transport) == ["evt_4"]


async def test_event_keeps_its_age_when_it_is_handed_back(
    transport: PostgresTransport, owner: Connection, say: Say
) -> None:
    await transport.publish([say()])
    published_at = await owner.fetchval("SELECT published_at FROM messages")
    await bury(transport)
    await hand_back(owner, "ledger")
    assert await owner.fetchval("SELECT published_at FROM messages") == published_at


async def test_event_given_up_again_is_dead_again(transport: PostgresTransport, owner: Connection, say: Say) -> None:
    await transport.publish([say()])
    await bury(transport)
    await hand_back(owner, "ledger")
    await bury(transport, reason="ValueError: still no such card")
    assert [one.reason for one in await list_dead(owner)] == ["ValueError: still no such card"]


async def test_only_the_named_event_and_queue_are_handed_back(
    transport: PostgresTransport, owner: Connection, say: Say
) -> None:
    await transport.publish([say(type_="card.issued"), say()])
    for queue in ("mailer", "ledger", "ledger"):
        await bury(transport, queue)
    assert await hand_back(owner, "ledger", "evt_2") == ["evt_2"]
    assert await take(transport) == ["evt_2"]
    assert [(one.queue, one.event_id) for one in await list_dead(owner)] == [("ledger", "evt_1"), ("mailer", "evt_1")]


async def test_handing_back_again_changes_nothing(transport: PostgresTransport, owner: Connection, say: Say) -> None:
    await transport.publish([say()])
    await bury(transport)
    assert await hand_back(owner, "ledger", "evt_1") == ["evt_1"]
    assert await hand_back(owner, "ledger", "evt_1") == await hand_back(owner, "ledger") == []
    assert await take(transport) == ["evt_1"]
    assert await take(transport) == []


async def test_handing_back_twice_at_once_hands_back_once(
    transport: PostgresTransport, owner: Connection, bus_url: str, say: Say
) -> None:
    await transport.publish([say()])
    await bury(transport)
    other: Connection = await asyncpg.connect(bus_url)
    returned = await asyncio.gather(hand_back(owner, "ledger"), hand_back(other, "ledger"))
    await other.close()
    assert sorted(returned) == [[], ["evt_1"]]
    assert (await bus.depth(owner, "ledger")).waiting == 1


async def test_event_that_was_published_again_meanwhile_waits_once(
    transport: PostgresTransport, owner: Connection, say: Say
) -> None:
    event = say()
    for _ in range(2):
        await transport.publish([event])
        await bury(transport)
    await transport.publish([event])
    assert await hand_back(owner, "ledger") == ["evt_1"]
    assert await list_dead(owner) == []
    assert await take(transport) == ["evt_1"]
    assert await take(transport) == []


async def test_event_is_not_handed_out_while_another_of_its_subject_is(
    bus_url: str, owner: Connection, say: Say
) -> None:
    transport = PostgresTransport(bus_url, ROUTES, lease_seconds=0.3)
    await transport.open()
    await transport.publish([say("crd_1"), say("crd_1")])
    await bury(transport)
    (in_hand,) = await transport.receive("ledger", 1, 0)
    assert Event.from_json(in_hand.body).id == "evt_2"
    await hand_back(owner, "ledger")
    await transport.publish([say("crd_2")])
    assert await take(transport) == ["evt_3"]
    await transport.acknowledge(in_hand)
    (delivery,) = await transport.receive("ledger", 10, 5)
    assert Event.from_json(delivery.body).id == "evt_1"
    await transport.close()


async def test_waiting_service_hears_at_once_of_what_is_handed_back(
    transport: PostgresTransport, owner: Connection, say: Say
) -> None:
    await transport.publish([say()])
    await bury(transport)
    waiting = asyncio.create_task(transport.receive("ledger", 1, 10))
    await transport.depth("ledger")
    await hand_back(owner, "ledger")
    assert len(await waiting) == 1
