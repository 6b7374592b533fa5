import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest

from tandem.kit.housekeeping import Housekeeping, sweep
from tandem.kit.migrations import migrate

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


@pytest.fixture
async def pool(database: str, tmp_path: Path) -> AsyncIterator[Pool]:
    await asyncio.to_thread(migrate, database, tmp_path)
    pool: Pool = await asyncpg.create_pool(database, min_size=0)
    await pool.execute(
        "INSERT INTO inbox SELECT 'evt_' || day, now() - make_interval(days => day) - interval '1 minute' "
        "FROM generate_series(0, 29) AS day"
    )
    await pool.execute(
        "INSERT INTO idempotency_keys (caller, operation, key, fingerprint, created_at) "
        "SELECT 'somebody', 'openAccount', hour::text, '', now() - make_interval(hours => hour) - interval '1 minute' "
        "FROM generate_series(0, 47) AS hour"
    )
    yield pool
    await pool.close()


async def test_what_is_past_its_time_is_deleted_in_batches(pool: Pool) -> None:
    assert await sweep(pool, batch_rows=5) == {"idempotency_keys": 24, "inbox": 23}
    assert await pool.fetchval("SELECT count(*) FROM idempotency_keys") == 24
    assert await pool.fetchval("SELECT count(*) FROM inbox") == 7
    assert await sweep(pool) == {"idempotency_keys": 0, "inbox": 0}


async def test_replicas_sweep_side_by_side(pool: Pool) -> None:
    swept = await asyncio.gather(*(sweep(pool, batch_rows=2) for _ in range(4)))
    assert sum(one["inbox"] for one in swept) == 23


async def test_service_sweeps_while_it_runs(pool: Pool) -> None:
    housekeeping = Housekeeping(pool, every_seconds=0.01)
    housekeeping.start()
    async with asyncio.timeout(20):
        while await pool.fetchval("SELECT count(*) FROM inbox") > 7:
            await asyncio.sleep(0.01)
    await housekeeping.stop()
    assert not housekeeping.running
