"""The stack of these tests: started once, taken down whatever happens."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tandem.local.demo import DemoCustomer, demo_customer
from tests.e2e.api import Api
from tests.e2e.laptop import Laptop
from tests.service_under_test import REPOSITORY


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    laptop = Laptop.at(tmp_path_factory.mktemp("e2e") / "state")
    try:
        laptop.tandem("up", "-d")
        yield laptop
    finally:
        laptop.tandem("down")


@pytest.fixture(scope="session")
async def api(laptop: Laptop) -> AsyncIterator[Api]:
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    async with httpx.AsyncClient(base_url=laptop.gateway, timeout=20, limits=limits) as client:
        yield Api(laptop, client)


@pytest.fixture(scope="session")
def demo() -> DemoCustomer:
    return demo_customer(REPOSITORY / "contracts")
