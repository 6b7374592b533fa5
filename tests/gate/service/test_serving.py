from __future__ import annotations

from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from starlette.types import ASGIApp

from tandem.gate.service.serving import served
from tests.gate.notices import door


def test_application_answers_the_first_request_and_is_gone_after() -> None:
    with served(door({"openapi": "3.1.0"})) as url:
        assert httpx.get(f"{url}/openapi.json").json() == {"openapi": "3.1.0"}
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_application_that_nobody_asks_ends_as_soon_as_it_began() -> None:
    for _ in range(3):
        with served(door({})):
            pass


class _Broken(AbstractAsyncContextManager[ASGIApp]):
    async def __aenter__(self) -> ASGIApp:
        raise ValueError("no stories")

    async def __aexit__(self, *_: object) -> None:
        return


def test_application_that_does_not_start_says_why() -> None:
    with pytest.raises(ValueError, match="no stories"), served(_Broken()):
        pass
