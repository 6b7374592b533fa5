"""Asks a process on this machine how it is, without an HTTP library to load first."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


class NoAnswer(Exception):
    """Nothing that speaks HTTP answered in time."""


async def get(port: int, path: str, timeout_seconds: float = 2.0) -> Answer:
    try:
        async with asyncio.timeout(timeout_seconds):
            return await _get(port, path)
    except TimeoutError as error:
        raise NoAnswer(f"no answer within {timeout_seconds:g} s") from error
    except (OSError, ValueError, IndexError, asyncio.IncompleteReadError) as error:
        raise NoAnswer("does not answer") from error


async def _get(port: int, path: str) -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        # HTTP/1.0: the end of the connection is the end of the body, so there are no chunks to read.
        writer.write(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.read(1 << 20)
    finally:
        writer.close()
    return Answer(int(head.split(b" ", 2)[1]), body)
