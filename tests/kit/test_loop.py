import asyncio

from tandem.kit.loop import Loop


class Stumbling(Loop):
    first_pause_seconds = 0.001

    def __init__(self, falls: int) -> None:
        super().__init__("stumbling")
        self.falls = falls
        self.begun = 0
        self.well = asyncio.Event()

    async def work(self) -> None:
        self.begun += 1
        if self.begun <= self.falls:
            raise ConnectionError("the floor is wet")
        self.well.set()
        await asyncio.Event().wait()


async def test_failed_work_is_begun_again() -> None:
    loop = Stumbling(falls=3)
    loop.start()
    await asyncio.wait_for(loop.well.wait(), 5)
    assert (loop.begun, loop.running) == (4, True)
    await loop.stop()
    assert not loop.running


async def test_starting_twice_works_once() -> None:
    loop = Stumbling(falls=0)
    loop.start()
    loop.start()
    await asyncio.wait_for(loop.well.wait(), 5)
    assert loop.begun == 1
    await loop.stop()


async def test_stopping_what_never_started_is_harmless() -> None:
    await Stumbling(falls=0).stop()


class Sturdy(Stumbling):
    well_after_seconds = -1.0


async def test_failure_after_being_well_for_long_is_a_new_one() -> None:
    loop = Sturdy(falls=12)
    loop.start()
    await asyncio.wait_for(loop.well.wait(), 2)
    await loop.stop()


class Deaf(Stumbling):
    """Its cancellation meets a failure while it cleans up, and is lost."""

    cancel_again_seconds = 0.01
    first_pause_seconds = 60.0

    async def work(self) -> None:
        try:
            await super().work()
        finally:
            raise ConnectionError("the connection went while it was given back")


async def test_cancellation_that_was_lost_is_said_again() -> None:
    loop = Deaf(falls=0)
    loop.start()
    await asyncio.wait_for(loop.well.wait(), 5)
    await asyncio.wait_for(loop.stop(), 5)
    assert not loop.running
