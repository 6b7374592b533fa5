"""What a server imports. The stage may ask it to fail: the environment is all that a process is given."""

from fastapi import FastAPI

from tandem.kit.service import serve
from tandem.kit.settings import ServiceSettings
from tests.kit.loan import handlers
from tests.kit.loan.peers import Peers


def create_app(settings: ServiceSettings) -> FastAPI:
    app = serve("loan", settings, handlers, Peers)
    if settings.stage == "broken":
        app.router.lifespan_context = _Broken
    return app


class _Broken:
    def __init__(self, _: FastAPI) -> None:
        pass

    async def __aenter__(self) -> None:
        raise ConnectionError("the letterhead cannot be fetched\nat all")

    async def __aexit__(self, *_: object) -> None:
        return None
