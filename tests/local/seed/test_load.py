"""The world in five real databases, and the services' own view of it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import asyncpg
import pytest

from tandem.kit.migrations import migrate
from tandem.local.seed.load import seed
from tandem.local.seed.world import world
from tests.architecture.project import SERVICES
from tests.service_under_test import REPOSITORY, Databases

WORLD = world(date(2026, 11, 21))


def folder_of(service: str) -> Path:
    return REPOSITORY / "services" / service


@pytest.fixture
async def five(databases: Databases) -> AsyncIterator[dict[str, str]]:
    urls = {service: await databases.create() for service in SERVICES}
    for service, url in urls.items():
        await asyncio.to_thread(migrate, url, folder_of(service) / "migrations")
    yield urls
    for url in urls.values():
        await databases.drop(url)


async def test_each_service_has_its_part_of_the_world_and_seeding_twice_adds_nothing(five: dict[str, str]) -> None:
    expected = {
        ("customer", "customers"): len(WORLD["customers"]),
        ("customer", "contact_requests"): len(WORLD["contact_requests"]),
        ("account", "accounts"): len(WORLD["accounts"]),
        ("account", "credit_limit_changes"): len(WORLD["credit_limit_changes"]),
        ("card", "cards"): len(WORLD["cards"]),
        ("transaction", "transactions"): len(WORLD["transactions"]),
        ("transaction", "postings"): 2 * len(WORLD["transactions"]),
        ("invoice", "invoices"): len(WORLD["invoices"]),
        ("invoice", "ledger_lines"): len(WORLD["transactions"]),
        ("invoice", "payments"): sum(len(invoice["payments"]) for invoice in WORLD["invoices"]),
    }
    for _ in range(2):
        await seed(five, WORLD, folder_of)
        counted = {key: await _ask(five[key[0]], f"SELECT count(*) FROM {key[1]}") for key in expected}
        assert counted == expected


async def test_the_books_agree_with_each_other(five: dict[str, str]) -> None:
    await seed(five, WORLD, folder_of)
    assert await _ask(five["transaction"], "SELECT sum(amount) FROM postings") == 0
    in_ledger = await _ask(five["transaction"], "SELECT sum(amount) FROM transactions WHERE kind = 'payment'")
    assert in_ledger == await _ask(five["invoice"], "SELECT sum(paid) FROM invoices")
    assert await _ask(five["transaction"], "SELECT max(used - credit_limit) FROM ledgers") == 0


async def test_a_seed_that_fails_leaves_nothing_half_done(five: dict[str, str]) -> None:
    broken = {**WORLD, "cards": [{**WORLD["cards"][0], "last_four": "12"}]}
    with pytest.raises(ExceptionGroup) as failed:
        await seed({"card": five["card"]}, broken, folder_of)
    assert failed.group_contains(asyncpg.CheckViolationError)
    assert await _ask(five["card"], "SELECT count(*) FROM accounts") == 0


async def _ask(dsn: str, question: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()
