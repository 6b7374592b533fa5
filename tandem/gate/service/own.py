"""The service as the gate runs it: on a PostgreSQL of its own, with the stories in it and peers that tell them too."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tandem.gate.service.callers import callers
from tandem.gate.service.peers import peers
from tandem.gate.service.running import silence
from tandem.gate.service.serving import served
from tandem.gate.service.stories import Stories
from tandem.kit.migrations import MigrationError
from tandem.local.fill import Filling
from tandem.local.issuer import LocalIssuer, read_callers
from tandem.local.postgres import PostgresError, Server, free_port
from tandem.local.probe import NoAnswer
from tandem.local.processes import die_with_parent
from tandem.local.services import Placed, World, readiness, token_file
from tandem.local.state import Home, Secrets, write_atomically
from tandem.local.trouble import Trouble
from tandem.spec.manifest import Manifest

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_LOOK_SECONDS = 0.05
# Nothing here has to survive a power cut.
_CARELESS = {"fsync": "off", "full_page_writes": "off"}


class DoesNotStart(Trouble):
    """The service itself refused to start; the message is its own last word."""


@dataclass
class OwnService:
    url: str
    callers: Mapping[str, str]
    postgres: Server
    _process: subprocess.Popen[bytes]
    _log: Path
    _everything: ExitStack

    def trouble(self) -> str | None:
        if self.postgres.pid is None:
            return "The database of the service is gone."
        if (code := self._process.poll()) is not None:
            return f"The service ended while it was looked at ({_ending(code)}): {_last_word(self._log)}"
        return silence(self.url)

    def stop(self) -> None:
        self._everything.close()


def start(manifest: Manifest, service: str, project: Path, folder: Path) -> OwnService:
    """Takes about four seconds. Raises DoesNotStart, or Trouble when something around it is broken."""
    with ExitStack() as stack:
        home = Home(folder, project)
        home.create()
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stories = Stories(home.contracts)
        secrets = Secrets(home)
        postgres = stack.enter_context(_database(home, secrets))
        _fill(home, manifest, service, postgres, secrets, stories)
        issuer = LocalIssuer(home.folder / "issuer", read_callers(home.contracts))
        consumed = manifest.services[service].consumes
        peers_url = stack.enter_context(served(peers(stories, consumed)))
        write_atomically(token_file(home, service), issuer.issue("service", service, manifest.scopes_of(service)))
        world = World(home, manifest, postgres, secrets, _port_of(peers_url), issuer.jwks_path)
        told = {"TANDEM_PEERS": json.dumps(dict.fromkeys(consumed, peers_url)), "TANDEM_STAGE": "gate"}
        placed = Placed(service, "gate", free_port(), free_port(), project, told)
        log = home.logs / f"{service}.log"
        process = stack.enter_context(_process(world, placed, log))
        _wait_until_ready(process, placed, log)
        url, tokens = f"http://127.0.0.1:{placed.port}", callers(stories, service, issuer)
        return OwnService(url, tokens, postgres, process, log, stack.pop_all())


@contextmanager
def _database(home: Home, secrets: Secrets) -> Iterator[Server]:
    server = Server(home.postgres, free_port(), secrets.password("postgres"), home.logs / "postgres.log", _CARELESS)
    try:
        server.init()
        server.start()
        yield server
    except PostgresError as error:
        raise Trouble(str(error)) from error
    finally:
        server.kill()


def _fill(home: Home, manifest: Manifest, service: str, postgres: Server, secrets: Secrets, stories: Stories) -> None:
    alone = replace(manifest, services={service: manifest.services[service]})
    filling = Filling(home, alone, postgres, secrets, lambda *_, **__: None, world=lambda _: stories.rows)
    try:
        filling.run(fresh=False, seed_again=False)
    except MigrationError as error:
        raise DoesNotStart(f"Its migrations do not apply: {error}") from error


@contextmanager
def _process(world: World, placed: Placed, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = world.command(placed, placed.service)
    with log.open("wb") as said:
        process = subprocess.Popen(
            command.argv,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=command.folder,
            env=command.environment,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one system call, which takes no lock
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes], patience_seconds: float = _STOP_SECONDS) -> None:
    process.terminate()
    try:
        process.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_ready(
    process: subprocess.Popen[bytes], placed: Placed, log: Path, patience_seconds: float = _START_SECONDS
) -> None:
    give_up = time.monotonic() + patience_seconds
    reasons = ["it said nothing"]
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise DoesNotStart(f"{placed.service} does not start: {_last_word(log)}")
        try:
            reasons = asyncio.run(readiness(placed.admin_port))
        except NoAnswer as error:
            reasons = [str(error)]
        if not reasons:
            return
        time.sleep(_LOOK_SECONDS)
    raise DoesNotStart(f"{placed.service} is not ready after {patience_seconds:g} s: {'; '.join(reasons)}")


def _port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def _ending(code: int) -> str:
    return f"code {code}" if code >= 0 else signal.Signals(-code).name


def _last_word(log: Path) -> str:
    lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
