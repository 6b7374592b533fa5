"""The mocks that somebody started by hand here, so that other commands find them; and how one is asked."""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

from tandem.local.processes import Identity
from tandem.local.state import Home, write_atomically
from tandem.local.trouble import Refused

_SECONDS = 10.0


class Silent(Refused):
    """Nobody answers there, or not as a mock or a service would."""


@dataclass(frozen=True)
class RunningMock:
    url: str

    def state(self) -> dict[str, Any]:
        return ask_json(self.url, "GET", "/__tandem/state")

    def send_live(self, operation: str, address: str | None) -> None:
        ask_json(self.url, "PUT", f"/__tandem/live/{quote(operation)}", {"url": address})


def ask_json(url: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Raises Silent, or Refused with what the other side says."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise Silent(f"{url!r} is not an address like http://127.0.0.1:4010.")
    connection = HTTPConnection(parts.netloc, timeout=_SECONDS)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"content-type": "application/json"} if sent else {})
        answer = connection.getresponse()
        document = dict(json.loads(answer.read()))
    except (OSError, HTTPException, ValueError, TypeError) as error:
        raise Silent(f"Nothing answers as it should at {url}: `tandem mock` starts a mock there.") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise Refused(str(document.get("detail") or f"{url} answers {answer.status} to {method} {path}."))
    return document


@contextlib.contextmanager
def announced(home: Home, url: str) -> Iterator[None]:
    """For as long as it runs, other commands of this checkout find it."""
    file = home.folder / "mocks" / f"{urlsplit(url).port}.json"
    me = Identity.of(os.getpid())
    # Whoever may not write here can still name it with --mock.
    with contextlib.suppress(OSError):
        if me is not None:
            write_atomically(file, json.dumps({"url": url, "process": me.document()}) + "\n")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)


def running_mocks(home: Home) -> list[RunningMock]:
    found = (_read(file.read_text()) for file in sorted((home.folder / "mocks").glob("*.json")))
    return [mock for mock in found if mock is not None]


def _read(text: str) -> RunningMock | None:
    try:
        document = json.loads(text)
        return RunningMock(document["url"]) if Identity.read(document["process"]).alive else None
    except (ValueError, KeyError, TypeError):
        return None
