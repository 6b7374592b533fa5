"""What a service may be called: its name becomes a folder, a package, a database, a role and a host."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from pathlib import Path

from tandem.draft.names import is_reserved
from tandem.local.trouble import Refused

# Folders and packages of the project, and what runs beside the services under a name of its own.
_OURS = frozenset(
    {"admin", "aws", "bus", "common", "envoy", "gate", "gateway", "infra", "issuer", "kit", "main", "mock", "mocks",
     "openapi", "peers", "postgres", "postgresql", "prism", "public", "released", "replay", "seeds", "service",
     "services", "support", "tandem", "template0", "template1", "tests"}
)  # fmt: skip
# The cloud's names: a target group has 32 characters, of which colour and suffix take 14.
_LONGEST = 18
_FORM = re.compile(r"[a-z][a-z0-9]*")


def check_name(name: str, project: Path, services: Collection[str]) -> None:
    """Raises Refused, with a way out."""
    if not _FORM.fullmatch(name):
        said = "small letters a to z and digits, beginning with a letter"
        raise Refused(f"{name!r} cannot be the name of a service: it has to be {said}, such as loan.")
    if len(name) > _LONGEST:
        raise Refused(f"{name} is too long: names in the cloud leave room for {_LONGEST} characters. Shorten it.")
    if name in services:
        raise Refused(f"There is a service {name} already. Choose another name, or `tandem add operation` to it.")
    if reason := _taken(name):
        raise Refused(
            f"{name} is {reason}, so a service cannot be called that. Choose another name, such as our{name}."
        )
    if left := [str(one) for one in folders(name) if (project / one).exists()]:
        raise Refused(f"{', '.join(left)} is there already and no service: move or delete it, or choose another name.")


def folders(name: str) -> tuple[Path, ...]:
    """Those that belong to the service alone."""
    return tuple(Path(one) / name for one in ("contracts", "services", "tests/services"))


def _taken(name: str) -> str | None:
    if name in _OURS:
        return "a name that the platform uses itself"
    if name in sys.stdlib_module_names:
        return "a module of Python's own library"
    return "a word of Python or SQL" if is_reserved(name) else None
