"""A canary is judged by its contract: one that keeps it passes, and each way of breaking it is told."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web

from tandem.kit.__main__ import explained
from tandem.kit.canary import Answer, Canary, Judged, ask_over_http, judge
from tandem.kit.contract import Contract, load_contract
from tandem.kit.contract.operations import Operation
from tandem.kit.settings import REPOSITORY
from tests.architecture.project import SERVICES

TOKEN = "Bearer t"
HEADERS = {"content-type": "application/json", "etag": '"1"', "cache-control": "no-store"}
PROBLEM = {"content-type": "application/problem+json", "www-authenticate": "Bearer"}


def contract_of(service: str) -> Contract:
    return load_contract(REPOSITORY / "contracts" / service / "openapi.yaml")


CARD = contract_of("card")
Change = Callable[[Operation, Answer], Answer]


def problem(status: int) -> Answer:
    document = {"type": "/problems/p", "title": "P", "status": status, "detail": "D.", "request_id": "r"}
    return Answer(status, PROBLEM, orjson.dumps(document))


@dataclass
class Release:
    """Answers with the examples of its contract; `changes` are what is wrong with it, by operation."""

    contract: Contract = CARD
    changes: Mapping[str, Change] = field(default_factory=dict)
    empty: bool = False
    asked: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    async def ask(self, target: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append(target)
        path = target.partition("?")[0]
        [operation] = [one for one in self.contract.operations if one.is_safe and fits(one, path)]
        answer = self._answer(operation) if headers.get("authorization") == TOKEN else problem(401)
        change = self.changes.get(operation.id) or self.changes.get("anything")
        return change(operation, answer) if change else answer

    def _answer(self, operation: Operation) -> Answer:
        [(media_type, content)] = self._response(operation)["content"].items()
        headers = {**HEADERS, "content-type": media_type}
        if "json" not in media_type:
            return Answer(200, headers, b"%PDF")
        document = self.contract.resolve(content["examples"]["healthy"])["value"]
        if self.empty and "items" in document:
            return Answer(200, headers, orjson.dumps({**document, "items": [], "total": 0, "next_cursor": None}))
        return problem(404) if self.empty and "{" in operation.path else Answer(200, headers, orjson.dumps(document))

    def _response(self, operation: Operation) -> Any:
        responses = self.contract.document["paths"][operation.path]["get"]["responses"]
        return self.contract.resolve(responses[str(operation.success.status)])

    async def judged(self) -> dict[str, Judged]:
        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)

        return {one.operation: one async for one in Canary(self.contract, TOKEN, self.ask, pause).judged()}


def fits(operation: Operation, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", operation.path), path) is not None


def but(**changed: Any) -> Change:
    """The answer with something else in it, where it is one with a token."""

    def change(_: Operation, answer: Answer) -> Answer:
        if answer.status == 401:
            return answer
        parts = {"status": answer.status, "headers": answer.headers, "body": answer.body}
        return Answer(**{**parts, **changed})

    return change


def without(name: str) -> Change:
    def change(_: Operation, answer: Answer) -> Answer:
        document = orjson.loads(answer.body)
        del document[name]
        return but(body=orjson.dumps(document))(_, answer)

    return lambda operation, answer: answer if answer.status == 401 else change(operation, answer)


@pytest.mark.parametrize("service", SERVICES)
async def test_release_that_keeps_its_contract_passes(service: str) -> None:
    contract = contract_of(service)
    judged = await Release(contract).judged()
    assert set(judged) == {operation.id for operation in contract.operations if operation.is_safe}
    assert [str(one) for one in judged.values() if one.wrong] == []


async def test_what_lists_give_is_what_is_asked_for() -> None:
    release = Release()
    await release.judged()
    [first, *_] = orjson.loads((await release.ask("/v1/cards", {"authorization": TOKEN})).body)["items"]
    assert f"/v1/cards/{first['id']}" in release.asked
    assert f"/v1/cards/{first['id']}/picture" in release.asked


async def test_stage_without_data_is_asked_for_what_examples_have() -> None:
    judged = await Release(empty=True).judged()
    assert {name: (one.status, one.wrong) for name, one in judged.items()} == {
        "listCards": (200, ()),
        "getCard": (404, ()),
        "getCardPicture": (404, ()),
    }


def unproblematic(_: Operation, answer: Answer) -> Answer:
    return Answer(answer.status, HEADERS, b'{"error": "gone"}') if answer.status == 401 else answer


BROKEN: list[tuple[str, Change, str]] = [
    ("getCard", without("status"), "`status` was missing, the contract requires it"),
    ("getCard", but(body=b"{}"), "was missing, the contract requires it"),
    ("getCard", but(body=b"<html>"), "the body was not JSON"),
    ("getCard", but(status=418), "answered 418 and not 200"),
    ("getCard", but(status=201), "answered 201 and not 200"),
    ("getCard", but(headers={"content-type": "application/json"}), "the header etag was missing"),
    ("getCard", but(headers={**HEADERS, "content-type": "text/html; charset=utf-8"}), "text/html"),
    ("getCard", but(headers={}), "the body was of no kind"),
    ("getCard", lambda *_: problem(404), "answered 404 and not 200"),
    ("getCard", lambda *_: problem(403), "answered 403 and not 200"),
    ("getCard", lambda *_: problem(500), "answered 500 and not 200"),
    ("listCards", but(status=302, headers={"location": "/"}), "answered 302 and not 200"),
    ("listCards", lambda *_: problem(503), "answered 503 and not 200"),
    ("listCards", lambda *_: Answer(0, {}, b"ConnectionError: refused"), "no answer: ConnectionError: refused"),
]


@pytest.mark.parametrize(("operation", "change", "said"), BROKEN, ids=[f"{one[0]} {one[2]}" for one in BROKEN])
async def test_way_in_which_a_contract_is_broken_is_told(operation: str, change: Change, said: str) -> None:
    judged = await Release(changes={operation: change}).judged()
    assert said in str(judged[operation])
    assert judged[operation].wrong


async def test_release_that_answers_anybody_is_found() -> None:
    card = Release()
    open_card = await card.ask("/v1/cards", {"authorization": TOKEN})
    judged = await Release(changes={"listCards": lambda *_: open_card}).judged()
    assert judged["listCards"].wrong == ("answered 200 without a token, and not 401",)


async def test_what_passes_by_itself_is_asked_again() -> None:
    troubles = [502, 503]

    def change(_: Operation, answer: Answer) -> Answer:
        return problem(troubles.pop(0)) if troubles else answer

    release = Release(changes={"listCards": change})
    assert (await release.judged())["listCards"].wrong == ()
    assert release.pauses == [1, 2]


async def test_values_that_are_sensitive_are_not_told() -> None:
    def change(_: Operation, answer: Answer) -> Answer:
        return but(body=answer.body.replace(b'"Anna Bergstr\xc3\xb6m"', b"4711"))(_, answer)

    judged = await Release(changes={"anything": change}).judged()
    assert judged["getCard"].wrong
    assert "4711" not in str(judged["getCard"])


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A release on a port, behind which a picture is missing."""
    release = Release(changes={"getCardPicture": lambda *_: problem(500)})

    async def answer(request: web.BaseRequest) -> web.Response:
        found = await release.ask(request.path_qs, {name.lower(): value for name, value in request.headers.items()})
        return web.Response(status=found.status, headers=found.headers, body=found.body)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_release_on_a_port_is_judged_as_it_is(url: str) -> None:
    said: list[str] = []
    assert not await judge(CARD, f"{url}/", TOKEN, said.append)
    assert said[:2] == ["listCards: 200, as the contract says", "getCard: 200, as the contract says"]
    assert said[2].startswith("getCardPicture: answered 500 and not 200")
    assert said[3:] == ["1 of 3 reads break the contract: getCardPicture."]


async def test_release_that_is_not_there_gives_no_answer(unused_tcp_port: int) -> None:
    async with aiohttp.ClientSession() as session:
        answer = await ask_over_http(session, f"http://127.0.0.1:{unused_tcp_port}", "/v1/cards", {})
    assert answer.status == 0
    assert answer.body.startswith(b"ClientConnectorError: ")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    token = tmp_path / "token"
    settings = {
        "CARD_DATABASE_URL": "postgresql://card@127.0.0.1/card",
        "TANDEM_ISSUER": "https://issuer.test",
        "TANDEM_JWKS": "jwks.json",
        "TANDEM_STAGE": "test",
        "TANDEM_VERSION": "7",
        "TANDEM_TOKEN_FILE": str(token),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return token


async def test_command_says_what_it_found(told: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    told.write_text("t")
    assert await asyncio.to_thread(explained, ["canary", "card", url]) == 1
    assert "getCardPicture: answered 500 and not 200" in capsys.readouterr().out


async def test_command_without_a_token_is_one_sentence(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not told.exists()
    assert await asyncio.to_thread(explained, ["canary", "card", "http://127.0.0.1:1"]) == 1
    assert capsys.readouterr().err == "This service has no token to call others with.\n"
