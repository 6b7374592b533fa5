"""The control socket: every answer is an answer, whatever is asked."""

import asyncio
import json
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tandem.local.control import ControlServer, NotRunning, ask
from tandem.local.state import Home
from tandem.local.trouble import Refused, Trouble


@pytest.fixture
def home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory() as folder:
        yield Home(Path(folder), Path(folder))


async def greet(request: Mapping[str, Any]) -> Any:
    return f"hello {request['name']}"


async def refuse(_: Mapping[str, Any]) -> Any:
    raise Refused("Not today.")


async def break_down(_: Mapping[str, Any]) -> Any:
    raise OSError("disk gone")


@pytest.fixture
async def server(home: Home) -> AsyncIterator[ControlServer]:
    server = ControlServer(home.control_socket, {"greet": greet, "refuse": refuse, "break": break_down})
    await server.start()
    yield server
    server.stop()


async def asked(home: Home, do: str, **arguments: Any) -> Any:
    return await asyncio.to_thread(ask, home, do, 5.0, **arguments)


async def test_question_is_answered(home: Home, server: ControlServer) -> None:
    assert await asked(home, "greet", name="you") == "hello you"


async def test_refusal_and_trouble_reach_the_asker_as_such(home: Home, server: ControlServer) -> None:
    with pytest.raises(Refused, match=r"Not today\."):
        await asked(home, "refuse")
    with pytest.raises(Trouble, match="disk gone") as caught:
        await asked(home, "break")
    assert not isinstance(caught.value, Refused)


async def test_missing_argument_is_refused_by_name(home: Home, server: ControlServer) -> None:
    with pytest.raises(Refused, match=r"greet: KeyError.'name'. is missing or wrong"):
        await asked(home, "greet")


@pytest.mark.parametrize("line", [b"no json\n", b"{}\n", b'{"do": "dance"}\n', b"[1]\n"])
async def test_nonsense_is_answered_with_what_is_possible(home: Home, server: ControlServer, line: bytes) -> None:
    reader, writer = await asyncio.open_unix_connection(home.control_socket)
    writer.write(line)
    answer = json.loads(await reader.readline())
    writer.close()
    assert answer == {"refused": "Not understood. Possible: break, greet, refuse."}


async def test_socket_is_its_owners_alone_and_goes_with_the_server(home: Home, server: ControlServer) -> None:
    assert home.control_socket.stat().st_mode & 0o777 == 0o600
    server.stop()
    assert not home.control_socket.exists()


async def test_socket_of_a_dead_runtime_is_replaced(home: Home) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(home.control_socket))
    server = ControlServer(home.control_socket, {"greet": greet})
    await server.start()
    assert await asked(home, "greet", name="again") == "hello again"
    server.stop()


def test_nobody_there_is_not_running(home: Home) -> None:
    with pytest.raises(NotRunning, match=r"not running here\. Start it with `make up`"):
        ask(home, "status")


def test_runtime_that_says_nothing_is_trouble(home: Home) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(home.control_socket))
        silent.listen()
        with pytest.raises(Trouble, match=r"did not answer within 0\.05 s"):
            ask(home, "status", 0.05)


async def test_runtime_that_ends_before_its_answer_is_trouble(home: Home) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.close()

    server = await asyncio.start_unix_server(hang_up, home.control_socket)
    with pytest.raises(Trouble, match="stopped before it had answered"):
        await asked(home, "status")
    server.close()
