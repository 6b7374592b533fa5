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
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.read()
    finally:
        writer.close()
    chunked = b"transfer-encoding: chunked" in head.lower()
    return Answer(int(head.split(b" ", 2)[1]), _joined(body) if chunked else body)


def _joined(chunks: bytes) -> bytes:
    """The body that was sent in chunks, each with its length in front (RFC 9112, 7.1)."""
    body = b""
    while chunks:
        length, _, rest = chunks.partition(b"\r\n")
        size = int(length.split(b";")[0], 16)
        body += rest[:size]
        chunks = rest[size + 2 :] if size else b""
    return body
