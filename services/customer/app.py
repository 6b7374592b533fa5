from typing import Any

from fastapi import FastAPI

from services.customer import handlers
from services.customer.peers import Peers
from services.customer.settings import Settings
from tandem.kit.outside import Outside
from tandem.kit.service import serve


def create_app(settings: Settings, outside: Outside | None = None, **options: Any) -> FastAPI:
    return serve("customer", settings, handlers, Peers, outside, **options)
