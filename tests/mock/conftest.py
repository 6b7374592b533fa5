"""Fixtures: Tandem's contracts mocked without Prism, and Prism itself for the documents that need it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tandem.mock.engine import Engine
from tandem.mock.node import engine_is_installed
from tandem.mock.server import make_engine
from tests.mock.desk import PROJECT, Desk, contracts_source, desk_of


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with desk_of(contracts_source()) as opened:
        yield opened


@pytest.fixture(scope="session")
async def prism() -> AsyncIterator[Engine]:
    """One for all tests: it takes any documents at any time."""
    if not engine_is_installed(PROJECT):
        pytest.skip("Prism is not installed: `make up` or `npm ci` in mocks/ brings it")
    engine = make_engine(PROJECT)
    if not isinstance(engine, Engine):
        pytest.skip("there is no Node 20 or newer")
    engine.start()
    yield engine
    await engine.stop()
