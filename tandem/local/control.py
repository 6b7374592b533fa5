"""How another process talks to the running runtime: JSON lines over a unix socket in the state folder."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from tandem.local.state import Home
from tandem.local.trouble import Refused, Trouble

Handler = Callable[[Mapping[str, Any]], Awaitable[Any]]


class NotRunning(Refused):
    """Nobody listens on the control socket."""


class ControlServer:
    """`handlers` by the name a request gives in `do`."""

    def __init__(self, path: Path, handlers: Mapping[str, Handler]) -> None:
        self._path = path
        self._handlers = handlers
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        # The lock on the state folder is ours, so a socket that is there was left by a dead runtime.
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self._path)
        self._path.chmod(0o600)

    def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                answer = await self._answer(line)
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            handler = self._handlers[request["do"]]
        except (ValueError, KeyError, TypeError):
            return {"refused": f"Not understood. Possible: {', '.join(sorted(self._handlers))}."}
        try:
            return {"done": await handler(request)}
        except Refused as error:
            return {"refused": str(error)}
        except (Trouble, OSError) as error:
            return {"trouble": str(error)}
        except (KeyError, ValueError, TypeError) as error:
            return {"refused": f"{request['do']}: {error!r} is missing or wrong."}


def ask(home: Home, do: str, timeout_seconds: float = 60.0, **arguments: Any) -> Any:
    """Ask the runtime of this state folder and return its answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_seconds)
        try:
            connection.connect(str(home.control_socket))
        except OSError as error:
            raise NotRunning("Tandem is not running here. Start it with `make up` or `tandem up`.") from error
        try:
            connection.sendall(json.dumps({"do": do, **arguments}).encode() + b"\n")
            line = connection.makefile("rb").readline()
        except OSError as error:
            raise Trouble(
                f"Tandem did not answer within {timeout_seconds:g} s. See `tandem logs supervisor`."
            ) from error
    return _result(line)


def _result(line: bytes) -> Any:
    if not line:
        raise Trouble("Tandem stopped before it had answered. See `tandem status`.")
    answer = json.loads(line)
    if "refused" in answer:
        raise Refused(answer["refused"])
    if "trouble" in answer:
        raise Trouble(answer["trouble"])
    return answer["done"]
