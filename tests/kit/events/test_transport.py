"""What every transport promises; the rest of the kit leans on nothing else."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tandem.kit.aws.clients import Cloud
from tandem.kit.aws.queues import SnsSqsTransport
from tandem.kit.events.envelope import Event
from tandem.kit.events.memory import MemoryTransport, NullTransport
from tandem.kit.events.postgres import PostgresTransport
from tandem.kit.events.transport import Bell, Delivery, Depth, Transport
from tests.kit.aws.cloud import make_queues
from tests.kit.events.conftest import ROUTES, Say


@pytest.fixture(params=["memory", "postgres", "aws"])
async def transport(request: pytest.FixtureRequest, bus_url: str, cloud: Cloud) -> AsyncIterator[Transport]:
    transport = _transport(request.param, bus_url, cloud)
    await transport.open()
    yield transport
    await transport.close()


def _transport(kind: str, bus_url: str, cloud: Cloud) -> Transport:
    match kind:
        case "aws":
            made = make_queues(cloud, ROUTES)
            return SnsSqsTransport(cloud, made.topic, made.queues, 0.2)
        case "postgres":
            return PostgresTransport(bus_url, ROUTES, 0.2)
    return MemoryTransport(ROUTES, 0.2)


async def take(
    transport: Transport, queue: str = "ledger", limit: int = 10, wait_seconds: float = 0.0
) -> list[Delivery]:
    return await transport.receive(queue, limit, wait_seconds)


def ids(deliveries: list[Delivery]) -> list[str]:
    return [Event.from_json(delivery.body).id for delivery in deliveries]


async def test_every_subscriber_gets_its_copy(transport: Transport, say: Say) -> None:
    event = say(type_="card.issued")
    await transport.publish([event])
    for queue in ("ledger", "mailer"):
        (delivery,) = await take(transport, queue)
        assert Event.from_json(delivery.body) == event
        assert delivery.attempt == 1


async def test_event_without_subscribers_goes_nowhere(transport: Transport, say: Say) -> None:
    await transport.publish([say(type_="card.unheard")])
    assert await take(transport) == []


async def test_one_of_a_subject_is_handed_out_at_a_time(transport: Transport, say: Say) -> None:
    await transport.publish([say("crd_1"), say("crd_1"), say("crd_2")])
    deliveries = await take(transport)
    assert ids(deliveries) == ["evt_1", "evt_3"]
    assert await take(transport) == []
    await transport.acknowledge(deliveries[0])
    assert ids(await take(transport)) == ["evt_2"]


async def test_no_more_than_asked_for_are_handed_out(transport: Transport, say: Say) -> None:
    await transport.publish([say(f"crd_{n}") for n in range(5)])
    assert ids(await take(transport, limit=2)) == ["evt_1", "evt_2"]


async def test_duplicate_that_still_waits_is_dropped(transport: Transport, say: Say) -> None:
    event = say()
    await transport.publish([event])
    await transport.publish([event])
    assert (await transport.depth("ledger")).waiting == 1


async def test_acknowledged_event_is_gone_and_acknowledging_again_is_harmless(transport: Transport, say: Say) -> None:
    await transport.publish([say()])
    (delivery,) = await take(transport)
    await transport.acknowledge(delivery)
    await transport.acknowledge(delivery)
    assert await transport.depth("ledger") == Depth(0, 0.0, 0)


async def test_event_given_back_comes_again_and_holds_back_its_subject(transport: Transport, say: Say) -> None:
    await transport.publish([say("crd_1"), say("crd_1")])
    (delivery,) = await take(transport)
    await transport.give_back(delivery, 0.05)
    assert await take(transport) == []
    (again,) = await take(transport, wait_seconds=5)
    assert (ids([again]), again.attempt) == (["evt_1"], 2)


async def test_attempt_that_was_not_the_events_fault_does_not_count(transport: Transport, say: Say) -> None:
    await transport.publish([say()])
    (delivery,) = await take(transport)
    await transport.give_back(delivery, 0.0, counted=False)
    (again,) = await take(transport, wait_seconds=5)
    assert again.attempt == 1


async def test_event_not_dealt_with_comes_again_when_its_lease_ends(transport: Transport, say: Say) -> None:
    await transport.publish([say()])
    await take(transport)
    (again,) = await take(transport, wait_seconds=5)
    assert again.attempt == 2


async def test_late_word_of_a_lost_lease_changes_nothing(transport: Transport, say: Say) -> None:
    await transport.publish([say()])
    (first,) = await take(transport)
    (second,) = await take(transport, wait_seconds=5)
    await transport.give_back(first, 0.0)
    await transport.bury(first, "too late")
    assert (await transport.depth("ledger")).dead == 0
    await transport.acknowledge(second)
    await transport.give_back(second, 0.0)
    assert (await transport.depth("ledger")).waiting == 0


async def test_buried_event_lets_the_next_of_its_subject_pass(transport: Transport, say: Say) -> None:
    await transport.publish([say("crd_1"), say("crd_1")])
    (delivery,) = await take(transport)
    await transport.bury(delivery, "bad luck")
    assert ids(await take(transport)) == ["evt_2"]
    depth = await transport.depth("ledger")
    assert (depth.waiting, depth.dead) == (1, 1)


async def test_waiting_receiver_is_woken_by_a_publication(transport: Transport, say: Say) -> None:
    waiting = asyncio.create_task(take(transport, wait_seconds=10))
    assert await take(transport) == []
    await transport.publish([say()])
    assert ids(await waiting) == ["evt_1"]


async def test_cancelled_receiver_keeps_nothing(transport: Transport, say: Say) -> None:
    await transport.publish([say()])
    for _ in range(20):
        receiving = asyncio.create_task(take(transport, wait_seconds=10))
        await asyncio.sleep(0)
        receiving.cancel()
        await asyncio.wait({receiving})
        for delivery in [] if receiving.cancelled() else receiving.result():
            await transport.give_back(delivery, 0.0, counted=False)
    (delivery,) = await take(transport)
    assert delivery.attempt == 1


async def test_null_transport_takes_everything_and_brings_nothing(say: Say) -> None:
    transport = NullTransport()
    await transport.publish([say()])
    assert await take(transport) == []


async def test_bell_rung_before_waiting_is_not_missed() -> None:
    bell = Bell()
    seen = bell.rings
    bell.ring()
    await asyncio.wait_for(bell.wait(seen, 60), 5)


async def test_bell_stops_waiting_when_the_time_is_over() -> None:
    bell = Bell()
    await asyncio.wait_for(bell.wait(bell.rings, 0.001), 5)
