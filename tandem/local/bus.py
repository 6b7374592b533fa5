"""A look into the running bus from another process, as its owner."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

import asyncpg

from tandem.local.control import NotRunning
from tandem.local.databases import BUS, server
from tandem.local.stack import DATABASE
from tandem.local.state import Home, Secrets
from tandem.local.trouble import Refused, Trouble

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Answer = TypeVar("Answer")
_CONNECT_SECONDS = 5.0
_NOT_MADE = (asyncpg.CannotConnectNowError, asyncpg.InvalidCatalogNameError, asyncpg.UndefinedTableError)


def on_bus(home: Home, work: Callable[[Connection], Awaitable[Answer]]) -> Answer:
    """What `work` returns. Only the databases need to run, so this helps while services do not."""
    try:
        return asyncio.run(_on_bus(_url(home), work))
    except _NOT_MADE as error:
        raise Refused("The queues are not made yet. Try again when `tandem status` says ready.") from error
    except asyncpg.PostgresError as error:
        raise Trouble(f"The bus refused: {error.args[0]}. See `tandem logs postgres`.") from error
    except (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        raise Trouble("The databases did not answer. See `tandem status` and `tandem logs postgres`.") from error


async def _on_bus(url: str, work: Callable[[Connection], Awaitable[Answer]]) -> Answer:
    connection: Connection = await asyncpg.connect(url, timeout=_CONNECT_SECONDS, command_timeout=30)
    try:
        return await work(connection)
    finally:
        await connection.close()


def _url(home: Home) -> str:
    port = home.read_state().get("ports", {}).get(DATABASE)
    postgres = server(home, port, Secrets(home)) if port else None
    # The remembered port may be somebody else's by now.
    if postgres is None or postgres.pid is None:
        raise NotRunning("The databases are not running here. Start everything with `make up` or `tandem up`.")
    return postgres.url(BUS)
