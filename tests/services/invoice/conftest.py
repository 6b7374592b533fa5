from collections.abc import Iterator

import pytest

from tests.service_under_test import ServiceUnderTest
from tests.services.invoice.story import Story


@pytest.fixture
def story(service: ServiceUnderTest) -> Iterator[Story]:
    """An account in November 2026 whose ledger has nothing in it yet."""
    runtime = service.app.state.runtime
    real_clock = runtime.now
    story = Story(service)
    runtime.now = lambda: story.now
    yield story
    runtime.now = real_clock
