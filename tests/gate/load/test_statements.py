"""Statements are counted in the log of a real database."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from starlette.types import ASGIApp

from tandem.gate.load.exploring import Answered, asking
from tandem.gate.load.statements import Cost, costs, growth, heard, overheard
from tandem.gate.service.serving import served
from tandem.kit.contract import Operation, load_contract
from tandem.local.postgres import Server, free_port
from tandem.local.trouble import Trouble
from tests.gate.load.notice_service import LISTING, Notices
from tests.gate.world import Project

LOG = """\
2026-11-21 15:00:00.000 UTC [9] LOG:  statement: SELECT
\t  1
2026-11-21 15:00:00.001 UTC [9] LOG:  execute __asyncpg_stmt_2__: SELECT $1
2026-11-21 15:00:00.001 UTC [9] DETAIL:  Parameters: $1 = '1'
2026-11-21 15:00:00.002 UTC [9] LOG:  execute __asyncpg_stmt_2__: SELECT $1
2026-11-21 15:00:00.002 UTC [9] ERROR:  division by zero
"""


@pytest.fixture
def listing(notices: Project) -> Operation:
    notices.contract.write_text(LISTING, "utf-8")
    return load_contract(notices.contract).operation("listNotices")


@asynccontextmanager
async def with_database(url: str, *, one_by_one: bool) -> AsyncIterator[ASGIApp]:
    connection = await asyncpg.connect(url)

    async def answer(path: str, query: dict[str, str]) -> tuple[int, Any]:
        wanted = min(int(query.get("limit", 2)), 8)
        found = await connection.fetch("SELECT generate_series(1, $1) AS id", wanted)
        if one_by_one:
            for row in found:
                await connection.fetchrow("SELECT $1::int AS reader", row["id"])
        return 200, {"items": [{"id": f"not_{row['id']}"} for row in found]}

    try:
        async with Notices(answer).app() as app:
            yield app
    finally:
        await connection.close()


def test_log_is_read_statement_by_statement() -> None:
    assert heard(LOG) == Counter({"SELECT $1": 2, "SELECT 1": 1})


@pytest.fixture(scope="module", params=[True, False], ids=["one by one", "at once"])
def answers(request: pytest.FixtureRequest, postgres: Server) -> Iterator[tuple[bool, str]]:
    with served(with_database(postgres.url(), one_by_one=request.param)) as url:
        yield request.param, url


def test_statements_that_grow_with_the_rows_are_seen(
    answers: tuple[bool, str], postgres: Server, listing: Operation
) -> None:
    one_by_one, url = answers
    with overheard(postgres) as look, asking(url, "t") as client:
        pair = costs(client, [Answered(listing, "/v1/notices", {}, 2)], look)
    assert pair is not None
    assert (
        [(cost.rows, cost.statements.total()) for cost in pair] == [(1, 2), (8, 9)] if one_by_one else [(1, 1), (8, 1)]
    )
    grown = growth(listing, *pair)
    assert [one.repeated for one in grown] == (["SELECT $1::int AS reader"] if one_by_one else [])


def test_log_is_quiet_again_afterwards(postgres: Server) -> None:
    with overheard(postgres):
        pass
    with overheard(postgres) as look:
        assert "SHOW log_statement" not in look()


def test_answers_that_are_much_alike_are_not_compared(listing: Operation) -> None:
    async def few(path: str, query: dict[str, str]) -> tuple[int, Any]:
        return (200, {"items": [{}] * min(int(query["limit"]), 3)}) if path != "/gone" else (404, {})

    with served(Notices(few).app()) as url, asking(url, "t") as client:
        for path in ("/v1/notices", "/gone"):
            assert costs(client, [Answered(listing, path, {}, 20)], Counter) is None


def test_objects_of_different_size_are_compared_where_there_are_no_pages(listing: Operation) -> None:
    one = replace(listing, parameters=())

    async def lines(path: str, _: dict[str, str]) -> tuple[int, Any]:
        return 200, {"lines": [{}] * int(path.rpartition("/")[2])}

    with served(Notices(lines).app()) as url, asking(url, "t") as client:
        answered = [Answered(one, f"/{count}", {}, count) for count in (4, 2, 9)]
        pair = costs(client, answered, Counter)
        assert pair is not None
        assert [cost.rows for cost in pair] == [2, 9]
        assert costs(client, answered[:2], Counter) is None


def test_one_statement_for_two_rows_is_where_growth_begins(listing: Operation) -> None:
    fewest = Cost(1, Counter({"a": 1}))
    assert growth(listing, fewest, Cost(9, Counter({"a": 1, "b": 4})))
    assert not growth(listing, fewest, Cost(9, Counter({"a": 1, "b": 3})))


def test_database_that_is_gone_is_trouble(postgres: Server) -> None:
    gone = Server(postgres.data_dir, free_port(), "none", postgres.log)
    with pytest.raises(Trouble, match="The database of the service cannot be asked"), overheard(gone):
        pass
