"""A small file that somebody else replaces while we run: keys, tokens."""

import time
from collections.abc import Callable
from pathlib import Path


class WatchedFile:
    """Looks at most every `check_seconds`, because a look costs about as much as all the rest of a token check."""

    def __init__(self, path: Path, check_seconds: float = 1.0, now: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._check_seconds = check_seconds
        self._now = now
        self._check_at = float("-inf")
        self._seen: tuple[int, int, int] | None = None

    def news(self, at_once: bool = False) -> bytes | None:
        """The content when it has changed since the last call, otherwise None. Raises OSError."""
        now = self._now()
        if now < self._check_at and not at_once:
            return None
        self._check_at = now + self._check_seconds
        stat = self.path.stat()
        state = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if state == self._seen:
            return None
        content = self.path.read_bytes()
        self._seen = state
        return content
