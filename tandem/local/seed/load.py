"""Putting the seed world into the databases: each service's own seed.sql, all at the same time."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import orjson


async def seed(databases: Mapping[str, str], world: Mapping[str, Any], folder_of: Callable[[str], Path]) -> None:
    """`databases` maps a service to its DSN; `folder_of(service)` is the folder that has migrations/seed.sql."""
    async with asyncio.TaskGroup() as tasks:
        for service, dsn in databases.items():
            statement = (folder_of(service) / "migrations" / "seed.sql").read_text()
            tasks.create_task(seed_service(dsn, world, statement))


async def seed_service(dsn: str, world: Mapping[str, Any], statement: str) -> None:
    """`statement` takes the world as its first parameter."""
    # PostgreSQL parses the document once for each array a service takes: it gets no others.
    taken = {name: array for name, array in world.items() if f"'{name}'" in statement}
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement, orjson.dumps(taken).decode())
    finally:
        await connection.close()
