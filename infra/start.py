"""A part as Pulumi starts it: whatever is refused is a sentence there too."""

from __future__ import annotations

from collections.abc import Callable

from pulumi import RunError

from infra.refusal import Refused


def start(build: Callable[[], None]) -> None:
    """Pulumi prints a RunError alone, and everything else with a traceback."""
    try:
        build()
    except Refused as refused:
        raise RunError(str(refused)) from refused
