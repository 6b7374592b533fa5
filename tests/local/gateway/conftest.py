from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.gateway.edge import Edge, running_edge


@pytest.fixture(scope="session")
def shared_edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    with running_edge(tmp_path_factory.mktemp("state"), jwks='{"keys": []}') as edge:
        yield edge


@pytest.fixture
def edge(shared_edge: Edge) -> Iterator[Edge]:
    """Everything live, one version each, before and after."""
    placed = shared_edge.gateway.placement
    assert placed
    yield shared_edge
    shared_edge.gateway.reset()
    shared_edge.gateway.place(placed.instances)


@pytest.fixture
def own_edge(tmp_path: Path) -> Iterator[Edge]:
    """For tests that break it."""
    with running_edge(tmp_path) as edge:
        yield edge
