"""How often a service asks its database for one answer, by the database's own log."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import asyncpg
import httpx

from tandem.gate.load.exploring import Answered, ask, longest_page, rows
from tandem.kit.contract import Operation
from tandem.local.postgres import Server
from tandem.local.trouble import Trouble

_SAID = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)")
_SPACE = re.compile(r"\s+")
# Background work of the service is in the log too, and not every time.
_TRIES = 3
_FEWEST_ROWS = 3
_PER_ROW = 0.5
_PATIENCE_SECONDS = 5.0
_LOOK_SECONDS = 0.01


@dataclass(frozen=True)
class Cost:
    """Of one answer: how many things it listed and how many statements it took."""

    rows: int
    statements: Counter[str]


@dataclass(frozen=True)
class Growth:
    """An operation that asks its database again for each thing that it lists."""

    operation: Operation
    fewest: Cost
    most: Cost

    @property
    def repeated(self) -> str:
        """The statement that grew."""
        return (self.most.statements - self.fewest.statements).most_common(1)[0][0]


@contextmanager
def overheard(server: Server) -> Iterator[Callable[[], Counter[str]]]:
    """What was said to the database since the last look."""
    _log_statements(server, "all")
    try:
        with server.log.open("rb") as log:
            log.seek(0, 2)
            yield lambda: heard(log.read().decode("utf-8", "replace"))
    finally:
        _log_statements(server, "none")


def heard(log: str) -> Counter[str]:
    return Counter(_SPACE.sub(" ", said).strip() for said in _SAID.findall(log))


def costs(
    client: httpx.Client, answered: Sequence[Answered], look: Callable[[], Counter[str]]
) -> tuple[Cost, Cost] | None:
    """Of an answer with few rows and of one with many; None when they are too much alike to compare."""
    few, many = min(answered, key=lambda one: one.rows), max(answered, key=lambda one: one.rows)
    if longest := longest_page(many.operation):
        few, many = _page(many, "1"), _page(many, longest)
    elif many.rows - few.rows < _FEWEST_ROWS:
        return None
    fewest, most = _cost(client, few, look), _cost(client, many, look)
    return (fewest, most) if most.rows - fewest.rows >= _FEWEST_ROWS else None


def growth(operation: Operation, fewest: Cost, most: Cost) -> list[Growth]:
    """One, or none when the statements do not grow with the rows."""
    more = most.statements.total() - fewest.statements.total()
    return [Growth(operation, fewest, most)] if more >= _PER_ROW * (most.rows - fewest.rows) else []


def _page(one: Answered, limit: str) -> Answered:
    return replace(one, query={**one.query, "limit": limit})


def _cost(client: httpx.Client, one: Answered, look: Callable[[], Counter[str]]) -> Cost:
    tries = []
    for _ in range(_TRIES):
        look()
        answer = ask(client, one.path, one.query)
        tries.append(Cost(rows(answer.json()) if _is_json(answer) else 0, look()))
    return min(tries, key=lambda cost: cost.statements.total())


def _is_json(answer: httpx.Response) -> bool:
    return answer.is_success and "json" in answer.headers.get("content-type", "")


def _log_statements(server: Server, which: str) -> None:
    try:
        asyncio.run(_set(server, which))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Trouble(f"The database of the service cannot be asked: {error}") from error


async def _set(server: Server, which: str) -> None:
    """Until it holds: connections take a changed setting over one after the other."""
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute(f"ALTER SYSTEM SET log_statement = '{which}'")
        if server.pid is not None:
            os.kill(server.pid, signal.SIGHUP)
        give_up = time.monotonic() + _PATIENCE_SECONDS
        # PostgreSQL tells nobody that it has read its settings.
        while await connection.fetchval("SHOW log_statement") != which and time.monotonic() < give_up:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        await connection.close()
