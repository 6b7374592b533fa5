"""What the runtime does now and then while everything is well."""

import asyncio

from tandem.local.journal import rotate_open_file
from tandem.local.stack import Stack
from tandem.local.state import Home

_EVERY_SECONDS = 2.0


async def keep_house(home: Home, stack: Stack, stop: asyncio.Event) -> None:
    while True:
        await asyncio.sleep(_EVERY_SECONDS)
        # Somebody deleted the state folder under us: what still runs could be found by nobody.
        if not home.folder.exists():
            stop.set()
            return
        for log in (home.logs / "postgres.log", *(home.folder / "gateway").glob("*.log")):
            await asyncio.to_thread(rotate_open_file, log)
        # `tandem route --weights` changes the shares in a file, without asking us.
        stack.fleet.publish_addresses()
