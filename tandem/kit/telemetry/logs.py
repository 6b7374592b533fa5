"""One JSON object a line on standard output; ids of the request in hand on every line; sensitive fields hidden."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import asyncpg
import orjson
import structlog
from pydantic import ValidationError

from tandem.kit.context import current
from tandem.kit.telemetry.embedded import embed
from tandem.kit.telemetry.masking import masked

_NEVER_NESTED = (str, int, float, bool, type(None))


def configure(
    service: str,
    version: str,
    stage: str,
    sensitive: frozenset[str],
    level: int = logging.INFO,
    *,
    embedded_metrics: bool = False,
) -> None:
    """Send structlog and the standard library's loggers through one JSON writer."""
    identity = {"service": service, "version": version, "stage": stage}

    def enrich(_: Any, level_name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.update(identity)
        event["level"] = level_name
        request = current.get()
        if request is not None and "request_id" not in event:
            event["request_id"] = request.request_id
            event["trace_id"] = request.traceparent[3:35]
        return event

    def mask(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in event.items():
            if key in sensitive:
                event[key] = "***"
            elif not isinstance(value, _NEVER_NESTED):
                event[key] = masked(value, sensitive)
        return event

    shared: list[Any] = [enrich, structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"), _exception, mask]
    numbers = [embed] if embedded_metrics else []
    structlog.configure(
        processors=[*shared, *numbers, structlog.processors.JSONRenderer(serializer=_dumps)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    _adopt_standard_library(shared, level)


def _adopt_standard_library(processors: list[Any], level: int) -> None:
    handler = logging.StreamHandler(sys.stdout)
    renderer = structlog.processors.JSONRenderer(
        serializer=lambda event, **_: orjson.dumps(event, default=str).decode()
    )
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=processors, processors=[strip, renderer])
    )
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def _dumps(event: Any, **_: Any) -> bytes:
    return orjson.dumps(event, default=str)


def _exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Tracebacks as text. PostgreSQL repeats the row's values in `DETAIL`, so only its first line is kept."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[1] is not None:
        event["error"] = type(info[1]).__name__
        event["traceback"] = _traceback(info)
    return event


def _traceback(info: tuple[Any, ...]) -> str:
    import traceback

    frames = "".join(traceback.format_tb(info[2]))
    cause = f"\ncaused by {explained(info[1].__cause__)}" if info[1].__cause__ else ""
    return f"{frames}{explained(info[1])}{cause}"


def explained(error: BaseException) -> str:
    """The kind of error and its first line, without the values that PostgreSQL and Pydantic repeat."""
    if isinstance(error, ValidationError):
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        said = "; ".join(f"{'/'.join(map(str, one['loc']))}: {one['type']}" for one in wrong)
    else:
        said = str(error.args[0]) if isinstance(error, asyncpg.PostgresError) and error.args else str(error)
    if isinstance(error, asyncpg.DataError):
        # `invalid input syntax for type date: "…"`: here even the first line repeats the value.
        said = said.partition(":")[0]
    return f"{type(error).__name__}: {said.splitlines()[0] if said else ''}"
