import asyncio

from tandem.kit.events import inbox, outbox
from tests.kit.events.conftest import Pool, Say, Until


async def said(pool: Pool) -> list[str]:
    async with pool.acquire() as connection:
        return [event.id for _, event in await outbox.oldest(connection, 100)]


async def test_event_of_a_change_that_is_rolled_back_was_never_said(pool: Pool, say: Say) -> None:
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await outbox.append(connection, say())
        await transaction.rollback()
    assert await said(pool) == []


async def test_events_wait_in_the_order_said_until_removed(pool: Pool, say: Say) -> None:
    async with pool.acquire() as connection:
        for _ in range(3):
            await outbox.append(connection, say())
        waiting = await outbox.waiting(connection)
        assert (waiting.rows, waiting.seconds >= 0) == (3, True)
        (first, event), *_ = await outbox.oldest(connection, 1)
        assert event.id == "evt_1"
        await outbox.remove(connection, [first])
        assert await said(pool) == ["evt_2", "evt_3"]


async def test_empty_outbox_has_no_lag(pool: Pool) -> None:
    async with pool.acquire() as connection:
        assert await outbox.waiting(connection) == (0, 0.0)


async def test_later_event_of_a_subject_waits_for_the_earlier_transaction(pool: Pool, say: Say, until: Until) -> None:
    """Else it would be published first: positions are given out before transactions commit."""
    async with pool.acquire() as slow, pool.acquire() as fast:
        transaction = slow.transaction()
        await transaction.start()
        await outbox.append(slow, say("crd_1"))
        later = asyncio.create_task(outbox.append(fast, say("crd_1")))
        await outbox.append(pool, say("crd_2"))

        async def later_is_held_back() -> bool:
            return bool(
                await pool.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            )

        await until(later_is_held_back)
        assert await said(pool) == ["evt_3"]
        await transaction.commit()
        await later
    assert [event for event in await said(pool) if event != "evt_3"] == ["evt_1", "evt_2"]


async def test_event_is_new_only_the_first_time(pool: Pool) -> None:
    async with pool.acquire() as connection:
        assert await inbox.first_time(connection, "evt_1")
        assert not await inbox.first_time(connection, "evt_1")


async def test_event_whose_change_was_rolled_back_is_new_again(pool: Pool) -> None:
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        assert await inbox.first_time(connection, "evt_1")
        await transaction.rollback()
        assert await inbox.first_time(connection, "evt_1")


async def test_event_applied_twice_at_once_is_new_for_one(pool: Pool) -> None:
    async def one() -> bool:
        async with pool.acquire() as connection, connection.transaction():
            return await inbox.first_time(connection, "evt_1")

    assert sorted(await asyncio.gather(*(one() for _ in range(5)))) == [False, False, False, False, True]
