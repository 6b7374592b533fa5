"""What has to be true before anything is started. Each refusal is one sentence that says what to do."""

import os
import pwd
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from tandem.local.ports import holder, is_free
from tandem.local.trouble import Refused

# The databases of a seeded world take about 150 MB, their write-ahead log and the logs of a working day the rest.
NEEDED_MEGABYTES = 500
_VARIABLES = {"gateway": "TANDEM_GATEWAY_PORT", "mock": "TANDEM_MOCK_PORT"}


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> None:
    if version < (3, 11):
        have = ".".join(map(str, version))
        raise Refused(f"Python {have} is too old: Tandem needs 3.11 or newer. Try `make up PYTHON=python3.12`.")


def check_owner(folder: Path) -> None:
    if not folder.exists():
        return
    owner, me = folder.stat().st_uid, os.geteuid()
    if owner != me:
        raise Refused(
            f"{folder} belongs to {_name(owner)} and you are {_name(me)}. "
            f"Run this as {_name(owner)}, or keep your own state: TANDEM_HOME=/some/folder."
        )


def check_disk(folder: Path, needed_megabytes: int = NEEDED_MEGABYTES) -> None:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free // 1_000_000
    if free < needed_megabytes:
        raise Refused(
            f"The disk is nearly full: {free} MB are free at {existing} and Tandem needs {needed_megabytes} MB. "
            "Free some space, or keep the state elsewhere: TANDEM_HOME=/some/folder."
        )


def check_port(name: str, port: int) -> None:
    if is_free(port):
        return
    raise Refused(
        f"Port {port} ({name}) is taken by {holder(port)}. "
        f"Stop that, or choose another port: {_VARIABLES[name]}={port + 1000 if port < 60_000 else port - 1000}."
    )


def chosen_port(name: str, default: int, environment: Mapping[str, str] = os.environ) -> int:
    variable = _VARIABLES[name]
    text = environment.get(variable, str(default))
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 65_535:
        raise Refused(f"{variable} is {text!r}: a port is a number from 1 to 65535.")
    return int(text)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
