from typing import Any

from fastapi import FastAPI

from services.invoice import handlers
from services.invoice.peers import Peers
from services.invoice.settings import Settings
from tandem.kit.outside import Outside
from tandem.kit.service import serve


def create_app(settings: Settings, outside: Outside | None = None, **options: Any) -> FastAPI:
    return serve("invoice", settings, handlers, Peers, outside, **options)
