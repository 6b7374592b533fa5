from typing import Any

from fastapi import FastAPI

from services.transaction import handlers
from services.transaction.peers import Peers
from services.transaction.settings import Settings
from tandem.kit.outside import Outside
from tandem.kit.service import serve


def create_app(settings: Settings, outside: Outside | None = None, **options: Any) -> FastAPI:
    return serve("transaction", settings, handlers, Peers, outside, **options)
