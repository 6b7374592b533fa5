from typing import Any

from fastapi import FastAPI

from services.account import handlers
from services.account.peers import Peers
from services.account.settings import Settings
from tandem.kit.outside import Outside
from tandem.kit.service import serve


def create_app(settings: Settings, outside: Outside | None = None, **options: Any) -> FastAPI:
    return serve("account", settings, handlers, Peers, outside, **options)
