"""Putting the seed world into the databases: each service's own seed.sql, all at the same time."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from tandem.kit.contract import Contract
from tandem.local.seed.examples import completed


async def seed(
    databases: Mapping[str, str],
    world: Mapping[str, Any],
    folder_of: Callable[[str], Path],
    contract_of: Callable[[str], Contract] | None = None,
) -> None:
    """`databases` maps a service to its DSN; `folder_of(service)` is the folder that has migrations/seed.sql. What the
    world does not tell is taken from the examples of `contract_of(service)`."""
    async with asyncio.TaskGroup() as tasks:
        for service, dsn in databases.items():
            statement = (folder_of(service) / "migrations" / "seed.sql").read_text()
            whole = completed(world, statement, partial(contract_of, service)) if contract_of else world
            tasks.create_task(seed_service(dsn, whole, statement))


async def seed_service(dsn: str, world: Mapping[str, Any], statement: str) -> None:
    """`statement` takes the world as its first parameter."""
    # PostgreSQL parses the document once for each array a service takes: it gets no others.
    taken = {name: array for name, array in world.items() if f"'{name}'" in statement}
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement, orjson.dumps(taken).decode())
    finally:
        await connection.close()
