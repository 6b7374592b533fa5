"""What stages know of a service that runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import httpx

from tandem.local.trouble import Trouble

_PATIENCE_SECONDS = 5.0


class Running(Protocol):
    """`callers` are tokens by the name of who calls: support, service, customer and neighbour."""

    @property
    def url(self) -> str: ...

    @property
    def callers(self) -> Mapping[str, str]: ...

    def trouble(self) -> str | None:
        """Why it can no longer be judged, in a sentence; None while it can."""
        ...

    def stop(self) -> None: ...


def published(url: str, patience_seconds: float = _PATIENCE_SECONDS) -> httpx.Response:
    """What it shows of its contract; raises Trouble when nothing that speaks HTTP answers in time."""
    try:
        return httpx.get(f"{url}/openapi.json", timeout=patience_seconds)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Trouble(f"{url} {_reason(error, patience_seconds)}.") from error


def silence(url: str) -> str | None:
    try:
        published(url)
    except Trouble as trouble:
        return str(trouble)
    return None


def _reason(error: Exception, patience_seconds: float) -> str:
    match error:
        case httpx.TimeoutException():
            return f"does not answer within {patience_seconds:g} s"
        case httpx.ConnectError():
            return "takes no connections: nothing runs there, or a firewall stands between"
        case httpx.RemoteProtocolError() | httpx.DecodingError():
            return f"answers something that is not HTTP ({str(error).rstrip('.')})"
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return "is not an address: it needs the form http://host:port"
    return f"breaks off ({type(error).__name__}: {error})"
