"""Who called which operation on this machine: every service logs its requests with their caller."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tandem.local.log_reader import Line, whole
from tandem.local.state import Home
from tandem.spec.deployment.observed import Call, NotObserved, Observed, parse, summed

_REQUEST = b'"request"'


def seen_here(home: Home) -> Observed | None:
    """None where no service has answered anybody yet."""
    lines = [line for line in whole(home, _REQUEST) if line.document.get("event") == "request"]
    calls = list(_calls(lines))
    if not calls:
        return None
    return Observed(min(one.last_seen for one in calls), max(one.last_seen for one in calls), summed(calls))


def _calls(lines: list[Line]) -> Iterator[Call]:
    """Those who were let in. Of people it says the kind, and never who."""
    for line in lines:
        caller, operation = line.document.get("caller"), line.document.get("operation")
        if isinstance(caller, str) and isinstance(operation, str) and operation != "unmatched":
            kind, _, subject = caller.partition(":")
            consumer = subject if kind == "service" else kind
            yield Call(consumer, line.source, operation, datetime.fromtimestamp(line.at, UTC), 1)


def record_of(home: Home, environment: str) -> Path:
    return home.folder / "observed" / f"{environment}.json"


def recorded(home: Home, environment: str) -> Observed | None:
    """What was taken in for another environment. Raises NotObserved."""
    path = record_of(home, environment)
    return read_record(path) if path.exists() else None


def read_record(path: Path) -> Observed:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise NotObserved(f"{path}: is not JSON: {error}") from error
    except NotObserved as error:
        raise NotObserved(f"{path}: {error}") from error
