from typing import Any

from fastapi import FastAPI

from services.card import handlers
from services.card.peers import Peers
from services.card.settings import Settings
from tandem.kit.outside import Outside
from tandem.kit.service import serve


def create_app(settings: Settings, outside: Outside | None = None, **options: Any) -> FastAPI:
    return serve("card", settings, handlers, Peers, outside, keeps_files=True, **options)
