"""Progress of what may take long, shown to a person who waits."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

_PATIENCE_SECONDS = 1.0
# How many of how many are done.
Step = Callable[[int, int], None]


@contextmanager
def progress(what: str, done: str) -> Iterator[Step]:
    """A bar on standard error once a second has passed, and nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(done))
    shown = Progress(*columns, console=Console(stderr=True), transient=True)
    task = shown.add_task(what, total=None)
    late = Timer(_PATIENCE_SECONDS, shown.start)
    late.daemon = True
    late.start()
    try:
        yield lambda ready, of: shown.update(task, completed=ready, total=of)
    finally:
        late.cancel()
        late.join()
        shown.stop()
