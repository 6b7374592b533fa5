"""Feature flags: on or off, for everybody or for some, changed without a release."""

import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import orjson

from tandem.kit.auth.caller import Caller

_POLL_MILLISECONDS = 100
_PROVIDER_LOG = "openfeature.contrib"


class Flags(Protocol):
    def on(self, name: str, default: bool = False, caller: Caller | None = None) -> bool:
        """Never raises: what cannot be decided is `default`."""
        ...

    def close(self) -> None: ...


class NullFlags:
    def on(self, name: str, default: bool = False, caller: Caller | None = None) -> bool:  # noqa: ARG002
        return default

    def close(self) -> None:
        return None


class FlagdFlags:
    """Definitions in flagd's format from a file, evaluated in process; a change is seen within 0.1 s.

    A file that is broken or missing leaves the last good flags in force (at the start: the defaults in the code),
    and is picked up again when mended.
    """

    def __init__(self, path: Path) -> None:
        # Imported here: it brings gRPC along (0.35 s, 20 MB), which a service without flags need not carry.
        from openfeature import api
        from openfeature.contrib.provider.flagd import FlagdProvider
        from openfeature.contrib.provider.flagd.config import ResolverType
        from openfeature.exception import OpenFeatureError

        self._domain = str(path)
        logging.getLogger(_PROVIDER_LOG).addFilter(_complaints)
        provider = FlagdProvider(
            resolver_type=ResolverType.FILE, offline_flag_source_path=str(path), deadline_ms=_POLL_MILLISECONDS
        )
        try:
            api.set_provider_and_wait(provider, self._domain)
        except OpenFeatureError as error:
            logging.getLogger(__name__).error("The flags in %s cannot be read; defaults are used: %s", path, error)
        self._client = api.get_client(self._domain)

    def on(self, name: str, default: bool = False, caller: Caller | None = None) -> bool:
        return self._client.get_boolean_value(name, default, _evaluation_context(caller))

    def close(self) -> None:
        from openfeature import api
        from openfeature.provider.no_op_provider import NoOpProvider

        api.set_provider(NoOpProvider(), self._domain)


def _evaluation_context(caller: Caller | None) -> Any:
    """Customers are the unit of a partial rollout: all the people of one company see the same."""
    from openfeature.evaluation_context import EvaluationContext

    if caller is None:
        return None
    attributes = {"kind": caller.kind, "subject": caller.subject, "customer_id": caller.customer_id or ""}
    return EvaluationContext(caller.customer_id or caller.subject, attributes)


class OncePerMinute(logging.Filter):
    """The provider logs a stack trace at each look at a broken file, ten times a second."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._quiet_until: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now, message = self._now(), str(record.msg)
        if record.levelno < logging.WARNING:
            return True
        if now < self._quiet_until.get(message, float("-inf")):
            return False
        self._quiet_until[message] = now + 60.0
        return True


_complaints = OncePerMinute()


def open_flags(path: Path | None) -> Flags:
    return NullFlags() if path is None else FlagdFlags(path)


def write_flags(path: Path, definitions: Mapping[str, Any]) -> None:
    """In one step, and with a later time than before: the provider overlooks a file that is not younger."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(orjson.dumps(definitions, option=orjson.OPT_INDENT_2))
    # The provider compares seconds as floats, which do not tell single nanoseconds apart.
    modified = max(draft.stat().st_mtime_ns, before + 1_000_000)
    os.utime(draft, ns=(modified, modified))
    draft.replace(path)
