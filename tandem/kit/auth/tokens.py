"""The token a service shows when it calls another."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from tandem.kit.auth.watched_file import WatchedFile
from tandem.kit.problems import Unavailable


class TokenUnreadable(Unavailable):
    title = "No service token"


class TokenSource(Protocol):
    async def open(self) -> None:
        """Get ready before the first call. What cannot be had yet is no reason not to start."""
        ...

    async def close(self) -> None: ...

    def authorization(self) -> str | None:
        """The value of the Authorization header, if there is to be one."""
        ...


class _AtHand:
    """Needs nobody to be asked."""

    async def open(self) -> None:
        return

    async def close(self) -> None:
        return


class NullToken(_AtHand):
    def authorization(self) -> str | None:
        return None


class StaticToken(_AtHand):
    def __init__(self, token: str) -> None:
        self._authorization = f"Bearer {token}"

    def authorization(self) -> str | None:
        return self._authorization


class FileToken(_AtHand):
    """Read again when it is replaced; when the file goes away, the last token serves on until it expires."""

    def __init__(self, path: Path, check_seconds: float = 1.0, now: Callable[[], float] = time.monotonic) -> None:
        self._file = WatchedFile(path, check_seconds, now)
        self._authorization: str | None = None

    def authorization(self) -> str | None:
        try:
            content = self._file.news(at_once=self._authorization is None)
        except OSError as error:
            if self._authorization is None:
                raise TokenUnreadable("This service has no token to call others with.") from error
            return self._authorization
        if content:
            self._authorization = f"Bearer {content.decode('ascii', 'replace').strip()}"
        return self._authorization
