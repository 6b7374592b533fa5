"""The little HTTP that the runtime speaks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tandem.local import probe
from tandem.local.ports import is_free
from tandem.local.postgres import free_port
from tandem.local.probe import Answer, NoAnswer

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]


@asynccontextmanager
async def answering(said: bytes, *, keep_open: bool = False) -> AsyncIterator[int]:
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        if keep_open:
            await done.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        done.set()
        server.close()


async def test_plain_answer_is_read() -> None:
    async with answering(b"HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy") as port:
        assert await probe.get(port, "/readyz") == Answer(503, b"busy")


async def test_answer_in_chunks_is_joined() -> None:
    said = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nLIV\r\n2;x=y\r\nE\n\r\n0\r\n\r\n"
    async with answering(said) as port:
        assert await probe.get(port, "/ready") == Answer(200, b"LIVE\n")


async def test_nobody_there_is_no_answer() -> None:
    port = free_port()
    assert is_free(port)
    with pytest.raises(NoAnswer, match="does not answer"):
        await probe.get(port, "/")


async def test_silence_is_no_answer_after_the_time() -> None:
    async with answering(b"", keep_open=True) as port:
        with pytest.raises(NoAnswer, match=r"no answer within 0\.05 s"):
            await probe.get(port, "/", timeout_seconds=0.05)


@pytest.mark.parametrize("said", [b"", b"hello\r\n\r\n", b"HTTP/1.1 200"])
async def test_what_is_not_http_is_no_answer(said: bytes) -> None:
    async with answering(said) as port:
        with pytest.raises(NoAnswer):
            await probe.get(port, "/")
