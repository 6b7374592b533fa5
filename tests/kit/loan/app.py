"""What a server imports. The stage may ask it to fail: the environment is all that a process is given."""

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from tandem.kit.events.catalogue import Catalogue
from tandem.kit.outside import connect
from tandem.kit.service import serve
from tandem.kit.settings import ServiceSettings
from tests.kit.loan import handlers
from tests.kit.loan.peers import Peers


def create_app(settings: ServiceSettings) -> FastAPI:
    # A registry of its own, so that one process can make it more than once.
    outside = connect("loan", settings, Catalogue.load(settings.contracts), CollectorRegistry())
    app = serve("loan", settings, handlers, Peers, outside)
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
