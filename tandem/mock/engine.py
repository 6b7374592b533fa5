"""Prism as one warm process beside the mock: bodies no example has, and checks the kit does not know, come from it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import orjson

from tandem.kit.problems import Unavailable
from tandem.mock.operations import Document, Operation

_LONGEST_LINE = 64 * 1024 * 1024
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0
_START_SECONDS = 20.0


@dataclass(frozen=True)
class EngineAnswer:
    """`wrong` is what Prism found in the request; `problem` is set where it made no answer."""

    status: int
    headers: Mapping[str, str]
    body: Any
    wrong: Sequence[Mapping[str, Any]]
    problem: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Want:
    code: int | None = None
    example: str | None = None
    dynamic: bool = False
    validate: bool = False

    def document(self) -> dict[str, Any]:
        said = {"dynamic": self.dynamic, "validate": self.validate, "code": self.code, "example": self.example}
        return {key: value for key, value in said.items() if value is not None}


@dataclass(frozen=True)
class Request:
    """What Prism is shown of a request; empty where only a body is wanted."""

    path_parameters: Mapping[str, str]
    query: Mapping[str, str | list[str]]
    headers: Mapping[str, str]
    body: Any = None


NOTHING_SENT = Request({}, {}, {})


class AnyEngine(Protocol):
    """`state` is one word for people: ready, starting or none."""

    @property
    def state(self) -> str: ...

    def start(self) -> None: ...

    async def stop(self) -> None: ...

    def serve(self, documents: Sequence[Document]) -> None: ...

    async def answer(self, operation: Operation, want: Want, request: Request = ..., /) -> EngineAnswer: ...


class NoEngine:
    """Where there is no Node: examples and memory answer, and what has no example is made from its schema here."""

    state = "none"

    def start(self) -> None:
        """There is nothing to start."""

    async def stop(self) -> None:
        """There is nothing to stop."""

    def serve(self, documents: Sequence[Document]) -> None:
        """There is nobody to tell."""

    async def answer(self, *_: object) -> EngineAnswer:
        detail = "This takes Prism, and there is no Node to run it: `make up` brings one."
        return EngineAnswer(501, {}, None, (), {"title": "Prism is not installed", "status": 501, "detail": detail})


class Engine:
    def __init__(self, command: Sequence[str], answer_seconds: float = 10.0) -> None:
        self._command = command
        self._answer_seconds = answer_seconds
        self._documents: dict[str, Document] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._ready = asyncio.Event()
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        self._task: asyncio.Task[None] | None = None
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def state(self) -> str:
        return "ready" if self.is_ready else "starting"

    @property
    def is_ready(self) -> bool:
        return self._ready.is_set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self._end()

    def serve(self, documents: Sequence[Document]) -> None:
        """These documents from now on, in place of those it had."""
        wanted = {document.service: document for document in documents}
        gone = self._documents.keys() - wanted.keys()
        changed = [
            one for name, one in wanted.items() if name not in self._documents or one.text != self._documents[name].text
        ]
        self._documents = wanted
        if self.is_ready:
            self._say(*({"do": "forget", "name": name} for name in gone), *map(_introduction, changed))

    async def answer(self, operation: Operation, want: Want, request: Request = NOTHING_SENT) -> EngineAnswer:
        """Raises Unavailable while there is no engine."""
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self._ready.wait()
        except TimeoutError:
            raise Unavailable(
                "Prism, which makes this answer, is not running. The mock keeps trying to start it."
            ) from None
        number = next(self._numbers)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._say(_question(number, operation, want, request))
        try:
            async with asyncio.timeout(self._answer_seconds):
                said = await future
        except TimeoutError:
            # A schema that sends it round in circles would keep everybody else waiting.
            await self._end()
            raise Unavailable(f"Prism found no answer to {operation.id} in {self._answer_seconds:g} s.") from None
        finally:
            self._waiting.pop(number, None)
        return _read(said)

    def _say(self, *messages: Mapping[str, Any]) -> None:
        process = self._process
        if process is not None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(b"".join(orjson.dumps(message) + b"\n" for message in messages))

    async def _keep_running(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            began = asyncio.get_running_loop().time()
            with contextlib.suppress(OSError):
                await self._run()
            self._ready.clear()
            self._fail_waiting()
            if asyncio.get_running_loop().time() - began > _LONGEST_PAUSE_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            await asyncio.sleep(pause)
            self.restarts += 1
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _run(self) -> None:
        pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        process = self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, stderr=null, limit=_LONGEST_LINE
        )
        assert process.stdout is not None
        try:
            while line := await process.stdout.readline():
                self._hear(orjson.loads(line))
        except ValueError:
            # A line that is none of ours, or beyond all bounds: what follows cannot be trusted.
            pass
        finally:
            await self._end()

    def _hear(self, message: dict[str, Any]) -> None:
        if "ready" in message:
            self._ready.set()
            self._say(*map(_introduction, self._documents.values()))
        elif (future := self._waiting.get(message["id"])) is not None and not future.done():
            future.set_result(message)

    def _fail_waiting(self) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Unavailable("Prism stopped while it made this answer; it is starting again."))

    async def _end(self) -> None:
        self._ready.clear()
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def command(node: Path, script: Path) -> list[str]:
    return [str(node), "--max-old-space-size=256", str(script)]


def _introduction(document: Document) -> dict[str, Any]:
    return {"do": "document", "name": document.service, "text": document.text}


def _question(number: int, operation: Operation, want: Want, request: Request) -> dict[str, Any]:
    path = operation.path
    for name in operation.path_names:
        path = path.replace(f"{{{name}}}", quote(request.path_parameters.get(name, "0"), safe=""))
    return {
        "id": number,
        "document": operation.service,
        "path": operation.path,
        "method": operation.method.lower(),
        "want": want.document(),
        "request": {
            "url": {"path": path, "query": request.query},
            "headers": dict(request.headers),
            "body": request.body,
        },
    }


def _read(said: Mapping[str, Any]) -> EngineAnswer:
    problem = said.get("problem")
    if problem is not None:
        return EngineAnswer(int(problem["status"]), {}, None, problem.get("wrong") or (), problem)
    headers = {name.lower(): str(value) for name, value in said["headers"].items() if value is not None}
    return EngineAnswer(said["status"], headers, said["body"], said["wrong"])
