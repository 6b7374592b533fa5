"""A command that has something to put in order before it ends."""

import contextlib
import signal
from collections.abc import Iterator
from typing import Any, NoReturn


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """A job that is stopped, or a terminal that is closed, ends as Ctrl-C does: in good order, nothing left running."""

    def stop(*_: Any) -> NoReturn:
        raise KeyboardInterrupt

    before = {one: signal.signal(one, stop) for one in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
