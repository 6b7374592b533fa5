"""What the runtime of one checkout remembers in its state folder: ports, secrets and the processes it started."""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tandem.local.trouble import Refused

# What the kernel takes for the path of a unix socket, on the smallest of the systems we run on.
_LONGEST_SOCKET_PATH = 100


@dataclass(frozen=True)
class Home:
    """The state folder (`.tandem`) of one project and the names in it."""

    folder: Path
    project: Path

    @classmethod
    def find(cls, environment: Mapping[str, str] = os.environ, start: Path | None = None) -> "Home":
        project = project_root(start or Path.cwd())
        chosen = environment.get("TANDEM_HOME")
        return cls(Path(chosen).expanduser().resolve() if chosen else project / ".tandem", project)

    @property
    def contracts(self) -> Path:
        return self.project / "contracts"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def tokens(self) -> Path:
        return self.folder / "tokens"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def flags(self) -> Path:
        return self.folder / "flags.json"

    @property
    def control_socket(self) -> Path:
        wanted = self.folder / "control.sock"
        if len(os.fsencode(wanted)) <= _LONGEST_SOCKET_PATH:
            return wanted
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"tandem-{os.getuid()}-{digest}.sock"

    def create(self) -> None:
        for folder in (self.folder, self.logs, self.tokens):
            folder.mkdir(parents=True, exist_ok=True)
        # Root's PostgreSQL runs as somebody else and has to pass through; keys and passwords have their own modes.
        self.folder.chmod(0o711)
        self.tokens.chmod(0o700)
        if not self.flags.exists():
            write_atomically(self.flags, '{"flags": {}}\n', mode=0o644)

    def read_state(self) -> dict[str, Any]:
        """Empty where there is none. A damaged file is kept beside for whoever wants to look, and forgotten."""
        file = self.folder / "state.json"
        try:
            state = json.loads(file.read_text())
        except FileNotFoundError:
            return {}
        except ValueError:
            file.replace(file.with_suffix(".damaged.json"))
            return {}
        return state if isinstance(state, dict) else {}

    def write_state(self, state: Mapping[str, Any]) -> None:
        write_atomically(self.folder / "state.json", json.dumps(state, indent=1, sort_keys=True) + "\n")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One runtime per state folder. The kernel lets go when the holder dies, however it dies."""
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise AlreadyRunning(f"Tandem already runs from {self.folder}. `tandem down` stops it.") from error
            yield


class AlreadyRunning(Refused):
    """Another process holds this state folder."""


def project_root(start: Path) -> Path:
    for folder in (start, *start.parents):
        if (folder / "contracts" / "manifest.yaml").exists():
            return folder
    raise Refused(f"There is no Tandem project in {start} or above it. Run this inside a checkout.")


def write_atomically(file: Path, text: str, *, mode: int = 0o600) -> None:
    """Readers see the old text or the new, never half of one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w") as temporary:
            temporary.write(text)
        Path(name).chmod(mode)
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


class Secrets:
    """Passwords of the local world, made on first use and kept between runs."""

    def __init__(self, home: Home) -> None:
        self._file = home.folder / "secrets.json"
        self._known: dict[str, str] = {}
        try:
            self._known = json.loads(self._file.read_text())
        except FileNotFoundError:
            return
        except ValueError as error:
            raise Refused(f"{self._file} is damaged. `tandem reset` starts with fresh data and passwords.") from error

    def knows(self, name: str) -> bool:
        return name in self._known

    def password(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = secrets.token_urlsafe(24)
            write_atomically(self._file, json.dumps(self._known, indent=1))
        return self._known[name]
