"""One operation live, the rest mocked; what a live answer gets wrong is said as a sentence."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tandem.mock.exchange import Answer, json_answer
from tandem.mock.live import Live
from tests.mock.desk import HEALTHY, Desk, contracts_source, desk_of

CARD = f"/v1/cards/crd_{HEALTHY}"


class Backend:
    """Answers whatever a test tells it to."""

    def __init__(self) -> None:
        self.body: Any = {}
        self.status = 200
        self.url = ""
        self.seen: list[web.Request] = []
        self.sent: list[bytes] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.seen.append(request)
        self.sent.append(await request.read())
        return web.json_response(self.body, status=self.status, headers={"ETag": '"9"'})


@pytest.fixture
async def backend() -> AsyncIterator[Backend]:
    backend = Backend()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", backend.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listener).start()
    backend.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    yield backend
    await runner.cleanup()


async def send_live(desk: Desk, operation: str, url: str | None) -> None:
    answer = await desk.ask("PUT", f"/__tandem/live/{operation}", {"url": url})
    assert answer.status_code == 200, answer.text


async def test_one_operation_goes_to_a_backend_and_comes_back(desk: Desk, backend: Backend) -> None:
    mocked = await desk.get(CARD)
    backend.body = mocked | {"holder_name": "Live Person"}
    await send_live(desk, "card.getCard", backend.url)

    live = await desk.ask("GET", CARD, authorization="Bearer x", x_tandem_session="anna")

    assert live.json()["holder_name"] == "Live Person"
    assert "tandem-drift" not in live.headers
    assert live.headers["tandem-scenario"] == "live"
    assert backend.seen[0].headers["authorization"] == "Bearer x"
    assert "x-tandem-session" not in backend.seen[0].headers
    assert (await desk.get("/v1/cards"))["items"][0]["holder_name"] == "Anna Bergström"

    await send_live(desk, "getCard", None)
    assert (await desk.get(CARD)) == mocked


async def test_what_the_local_runtime_wrote_counts_from_the_next_request(backend: Backend, tmp_path: Path) -> None:
    file = tmp_path / "live.json"
    async with desk_of(contracts_source(), live=Live(file)) as desk:
        mocked = await desk.get(CARD)
        backend.body = mocked | {"holder_name": "Live Person"}
        file.write_text(json.dumps({"card.getCard": backend.url}))
        assert (await desk.get(CARD))["holder_name"] == "Live Person"

        await send_live(desk, "card.getCard", None)
        assert await desk.get(CARD) == mocked

        file.write_text("{ }")
        assert await desk.get(CARD) == mocked
        file.unlink()
        assert await desk.get(CARD) == mocked


async def test_what_departed_can_be_forgotten(desk: Desk, backend: Backend) -> None:
    await send_live(desk, "card.getCard", backend.url)
    await desk.ask("GET", CARD)
    assert (await desk.get("/__tandem/drift"))["drift"]

    assert (await desk.ask("DELETE", "/__tandem/drift")).json() == {"checked": {}, "drift": []}
    assert (await desk.get("/__tandem/drift"))["drift"] == []


async def test_a_mismatch_is_a_sentence_in_a_header_and_in_the_table(desk: Desk, backend: Backend) -> None:
    backend.body = (await desk.get(CARD)) | {"version": "3"}
    await send_live(desk, "card.getCard", backend.url)

    answer = await desk.ask("GET", CARD)
    await desk.ask("GET", CARD)

    sentence = "GET /v1/cards/{card_id}: `version` was a string, the contract says integer"
    assert answer.headers["tandem-drift"] == sentence
    table = await desk.get("/__tandem/drift")
    assert [(one["sentence"], one["times"]) for one in table["drift"]] == [(sentence, 2)]
    assert table["checked"] == {"card.getCard": 2}


async def test_a_body_and_a_query_reach_the_backend_as_they_were(desk: Desk, backend: Backend) -> None:
    await send_live(desk, "transaction.recordPurchase", backend.url)
    await desk.client.post("/v1/purchases?x=%C3%A9", content=b'{"a": 1}', headers={"content-type": "application/json"})

    assert backend.sent == [b'{"a": 1}']
    assert backend.seen[0].raw_path == "/v1/purchases?x=%C3%A9"


async def test_a_backend_that_is_down_is_a_problem(desk: Desk) -> None:
    await send_live(desk, "card.getCard", "http://127.0.0.1:9")

    answer = await desk.ask("GET", CARD)

    assert (answer.status_code, answer.json()["title"]) == (502, "The live backend does not answer")


@pytest.mark.parametrize("url", ["localhost:9000", "ftp://x", "http://", 5])
async def test_what_is_no_address_is_refused(desk: Desk, url: Any) -> None:
    assert (await desk.ask("PUT", "/__tandem/live/card.getCard", {"url": url})).status_code == 400


def departures(desk: Desk, status: int, body: Any, **headers: str) -> list[str]:
    operation = desk.mock.loaded.operation("card.getCard")
    assert operation is not None
    answer = json_answer(status, body)
    answer.headers |= {"etag": '"1"', **headers}
    return [one.partition(": ")[2] for one in desk.mock.drift.hold(operation, answer)]


async def test_each_kind_of_departure_has_its_words(desk: Desk) -> None:
    good = await desk.get(CARD)
    assert departures(desk, 200, good) == []
    (unknown,) = departures(desk, 418, {})
    assert unknown.startswith("the status was 418, the contract knows 200, ")
    without = {key: value for key, value in good.items() if key != "status"}
    assert departures(desk, 200, without) == ["`status` was missing, the contract requires it"]
    assert departures(desk, 200, good | {"status": "lost"}) == [
        '`status` was "lost", the contract allows inactive, active, frozen, cancelled'
    ]
    assert departures(desk, 200, good | {"last_four": "12"})[0].startswith(
        '`last_four` was "12", which is not of the form'
    )
    picture = {"url": "https://x.example/", "expires_at": "today"}
    assert '`picture.expires_at` was "today", the contract says date-time' in departures(
        desk, 200, good | {"picture": picture}
    )
    assert departures(desk, 200, good | {"activated_at": 5}) == [
        "`activated_at` was an integer, the contract says string or null"
    ]
    assert departures(desk, 200, good, **{"content-type": "text/html"}) == [
        "the body was text/html, the contract says application/json"
    ]


async def test_a_promised_header_that_is_missing_is_said(desk: Desk) -> None:
    operation = desk.mock.loaded.operation("card.getCard")
    assert operation is not None
    good = await desk.get(CARD)

    assert desk.mock.drift.hold(operation, json_answer(200, good)) == [
        "GET /v1/cards/{card_id}: the header etag was missing"
    ]
    assert desk.mock.drift.hold(operation, Answer(200, b"<", {"content-type": "application/json", "etag": '"1"'})) == [
        "GET /v1/cards/{card_id}: the body was not JSON"
    ]
