"""The runtime in the background: started by one process that waits until it is ready, and left alone by it then."""

import json
import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import Any

from tandem.local import preflight
from tandem.local.journal import rotate_open_file
from tandem.local.runtime import run
from tandem.local.state import Home
from tandem.local.trouble import Refused, Trouble, disk_trouble

_LOOK_SECONDS = 0.2


def start_detached(home: Home, on_wait: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """The status once everything is ready. Raises the runtime's own Trouble, and then nothing is left running."""
    preflight.check_owner(home.folder)
    home.create()
    log = home.logs / "supervisor.log"
    rotate_open_file(log)
    reader, writer = os.pipe()
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tandem.local.detached", str(writer)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=home.project,
            env={**os.environ, "TANDEM_HOME": str(home.folder)},
            pass_fds=[writer],
            start_new_session=True,
        )
    os.close(writer)
    try:
        status = _result(_read(reader, on_wait), log)
        # It outlives us: nobody here will ever wait for it.
        process.returncode = 0
        return status
    except (KeyboardInterrupt, Trouble):
        process.send_signal(signal.SIGTERM)
        process.wait()
        raise


def _read(reader: int, on_wait: Callable[[], None]) -> bytes:
    said = b""
    with os.fdopen(reader, "rb", buffering=0) as stream:
        while not said.endswith(b"\n"):
            ready, _, _ = select.select([stream], [], [], _LOOK_SECONDS)
            if ready:
                data = stream.read(1 << 16)
                if not data:
                    break
                said += data
            else:
                on_wait()
    return said


def _result(said: bytes, log: os.PathLike[str]) -> dict[str, Any]:
    if not said:
        raise Trouble(f"Tandem ended before it was ready. Its last words are in {log}.")
    answer: dict[str, Any] = json.loads(said)
    if "failed" in answer:
        raise (Refused if answer["exit_code"] == Refused.exit_code else Trouble)(answer["failed"])
    return answer


def main() -> int:
    """The background process: says on the given file descriptor that it is ready, or why it will not be."""
    announcement = int(sys.argv[1])

    def announce(document: dict[str, Any]) -> None:
        with os.fdopen(announcement, "w") as stream:
            stream.write(json.dumps(document) + "\n")

    try:
        run(Home.find(), announce)
    except Trouble as error:
        return _fail(error, announce)
    except OSError as error:
        return _fail(disk_trouble(error), announce)
    except Exception as error:  # noqa: BLE001 - the edge of the process: whoever waits is told, the log has the rest
        traceback.print_exc()
        return _fail(Trouble(f"Tandem itself broke: {type(error).__name__}: {error}. See .tandem/logs."), announce)
    return 0


def _fail(trouble: Trouble, announce: Callable[[dict[str, Any]], None]) -> int:
    sys.stderr.write(f"{trouble}\n")
    try:
        announce({"failed": str(trouble), "exit_code": trouble.exit_code})
    except OSError:
        # It had been ready: nobody waits for the announcement any more.
        return trouble.exit_code
    return trouble.exit_code


if __name__ == "__main__":
    sys.exit(main())
