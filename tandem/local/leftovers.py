"""What a runtime that was killed left behind, and how it is cleared away."""

import contextlib

from tandem.local.control import NotRunning, ask
from tandem.local.postgres import PostgresError, Server
from tandem.local.processes import Identity, end_all
from tandem.local.state import Home
from tandem.local.trouble import Trouble

_STOP_SECONDS = 45.0


def clear(home: Home) -> list[str]:
    """End the processes of a dead runtime; their names. To be called with the lock held, or sure that nobody has it."""
    recorded = home.read_state().get("processes", {})
    identities: dict[str, Identity] = {}
    for name, document in recorded.items():
        with contextlib.suppress(KeyError, TypeError, ValueError):
            identities[name] = Identity.read(document)
    # Asked to end, PostgreSQL waits for its clients: it comes after them, and is told not to wait.
    identities.pop("postgres", None)
    ended = end_all(identities)
    return ended + _stop_postgres(home)


def _stop_postgres(home: Home) -> list[str]:
    postgres = Server(home.postgres, 0, "", home.logs / "postgres.log")
    if postgres.pid is None:
        return []
    try:
        postgres.stop()
    except PostgresError as error:
        raise Trouble(str(error)) from error
    return ["postgres"]


def stop(home: Home) -> list[str]:
    """Stop the runtime and all it runs; what was stopped. Works on one that hangs or is dead as well."""
    supervisor = _supervisor(home)
    try:
        running = [row["name"] for row in ask(home, "status", 5.0)["processes"]]
        ask(home, "stop", 5.0)
    except NotRunning:
        running = []
    except Trouble:
        running = ["supervisor"]
    if supervisor is not None and not supervisor.wait(_STOP_SECONDS if running else 0.5):
        end_all({"supervisor": supervisor})
        running = running or ["supervisor"]
    return running + clear(home)


def _supervisor(home: Home) -> Identity | None:
    document = home.read_state().get("supervisor")
    try:
        identity = Identity.read(document) if document else None
    except (KeyError, TypeError, ValueError):
        return None
    return identity if identity is not None and identity.alive else None
