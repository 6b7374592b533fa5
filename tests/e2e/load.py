"""Clients who go on while things break, and who repeat what they got no clear answer to, as the contract tells them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from tests.e2e.api import Account, Api, new_key

_BUYERS = 4
# What a client may be told while something is down. Anything else, a 500 above all, is a bug.
_TRY_AGAIN = {502, 503, 504}


@dataclass
class Load:
    """`acknowledged` are the ids of what was answered with success; `troubles` what was answered otherwise, counted."""

    acknowledged: list[str] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)
    ended: bool = False


@asynccontextmanager
async def buying(api: Api, account: Account) -> AsyncIterator[Load]:
    """One krona at a time. Whatever was begun is brought to an answer before this ends."""
    load = Load()
    buyers = [asyncio.create_task(_buy(api, account, load)) for _ in range(_BUYERS)]
    try:
        yield load
    finally:
        load.ended = True
        await asyncio.gather(*buyers)


async def _buy(api: Api, account: Account, load: Load) -> None:
    while not load.ended:
        load.acknowledged.append(await _bring_to_an_answer(lambda key: api.purchase(account, 1, key), load))


async def _bring_to_an_answer(send: Callable[[str], Awaitable[httpx.Response]], load: Load) -> str:
    key = new_key()
    async with asyncio.timeout(60):
        while True:
            try:
                answer = await send(key)
            except httpx.TransportError as error:
                load.troubles[type(error).__name__] += 1
            else:
                if answer.status_code == 201:
                    return str(answer.json()["id"])
                assert answer.status_code in _TRY_AGAIN, answer.text
                load.troubles[str(answer.status_code)] += 1
            await asyncio.sleep(0.05)


@asynccontextmanager
async def asking(ask: Callable[[], Awaitable[httpx.Response]], clients: int = 4) -> AsyncIterator[list[httpx.Response]]:
    """The same question again and again; every answer is noted, and none may be missing."""
    answers: list[httpx.Response] = []
    ended = asyncio.Event()

    async def go_on() -> None:
        while not ended.is_set():
            answers.append(await ask())

    running = [asyncio.create_task(go_on()) for _ in range(clients)]
    try:
        yield answers
    finally:
        ended.set()
        await asyncio.gather(*running)
