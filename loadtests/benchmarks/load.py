"""Load from raw sockets: the client must cost less than what it measures, and these machines have two cores."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field


@dataclass
class Sample:
    """Latencies in milliseconds of the answers that were 200; `failed` counts the others."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


@dataclass(frozen=True)
class Target:
    port: int
    path: str
    token: str | None = None

    @property
    def request(self) -> bytes:
        token = f"Authorization: Bearer {self.token}\r\n" if self.token else ""
        return f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\n{token}\r\n".encode()


class _Client:
    def __init__(self, target: Target, sample: Sample) -> None:
        self._target = target
        self._sample = sample
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, began: float) -> None:
        try:
            async with asyncio.timeout(10):
                ok = await self._exchange()
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            ok, self._streams = False, None
        if ok:
            self._sample.latencies.append((time.perf_counter() - began) * 1000)
        else:
            self._sample.failed += 1

    async def _exchange(self) -> bool:
        self._streams = self._streams or await asyncio.open_connection("127.0.0.1", self._target.port)
        reader, writer = self._streams
        writer.write(self._target.request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        return head[9:12] == b"200"


async def closed_loop(target: Target, connections: int = 8, seconds: float = 4.0) -> Sample:
    """As many requests as `connections` callers get answered, each asking again at once."""
    sample = Sample(seconds)
    stop = time.perf_counter() + seconds

    async def caller() -> None:
        client = _Client(target, sample)
        while (began := time.perf_counter()) < stop:
            await client.ask(began)

    await asyncio.gather(*(caller() for _ in range(connections)))
    return sample


async def open_loop(targets: list[Target], per_second: float, seconds: float) -> Sample:
    """Requests at a fixed rate, whatever the answers take; latency counts from when each was due."""
    sample = Sample(seconds)
    idle: dict[Target, list[_Client]] = {target: [] for target in targets}
    begin = time.perf_counter() + 0.1

    async def one(target: Target, due: float) -> None:
        client = idle[target].pop() if idle[target] else _Client(target, sample)
        await client.ask(due)
        idle[target].append(client)

    asking = []
    for index in range(int(per_second * seconds)):
        due = begin + index / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asking.append(asyncio.create_task(one(targets[index % len(targets)], due)))
    await asyncio.gather(*asking)
    return sample
