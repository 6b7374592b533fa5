"""Over real connections, on loopback only."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from tandem.kit.peers.transport import AiohttpTransport, ConnectionFailed, PeerRequest
from tests.kit.peers.desk import CANCEL_CARD, GET_CARD, ISSUE_CARD

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    runners: list[web.ServerRunner] = []

    async def start(handler: Handler) -> str:
        runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport()
    yield transport
    await transport.close()


async def test_a_request_arrives_as_it_was_written(serve: Serve, transport: AiohttpTransport) -> None:
    seen: list[tuple[str, str, dict[str, str], bytes]] = []

    async def handle(request: web.BaseRequest) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen.append((request.method, request.raw_path, headers, await request.read()))
        return web.Response(status=201, body=b'{"id": "crd_1"}')

    address = await serve(handle)
    headers = {"content-type": "application/json", "idempotency-key": "key-1"}
    answer = await transport.send(PeerRequest(ISSUE_CARD, f"{address}/v1/cards?q=a%2Fb%20c", headers, b"{}"))
    assert (answer.status, answer.body, answer.retry_after) == (201, b'{"id": "crd_1"}', None)
    method, path, arrived, body = seen[0]
    assert (method, path, body) == ("POST", "/v1/cards?q=a%2Fb%20c", b"{}")
    assert arrived.keys() == {"host", "accept", "content-type", "content-length", "idempotency-key"}


async def test_an_empty_answer_and_retry_after_are_read(serve: Serve, transport: AiohttpTransport) -> None:
    async def handle(request: web.BaseRequest) -> web.Response:
        return (
            web.Response(status=204)
            if request.method == "DELETE"
            else web.Response(status=503, headers={"retry-after": "2"})
        )

    address = await serve(handle)
    gone = await transport.send(PeerRequest(CANCEL_CARD, f"{address}/v1/cards/1", {}))
    assert (gone.status, gone.body) == (204, b"")
    assert (await transport.send(PeerRequest(GET_CARD, f"{address}/v1/cards/1", {}))).retry_after == "2"


async def test_a_redirect_is_not_followed(serve: Serve, transport: AiohttpTransport) -> None:
    async def handle(request: web.BaseRequest) -> web.Response:
        return web.Response(status=302, headers={"location": "http://elsewhere.invalid/"})

    address = await serve(handle)
    assert (await transport.send(PeerRequest(GET_CARD, f"{address}/v1/cards/1", {}))).status == 302


async def test_connections_are_used_again(serve: Serve, transport: AiohttpTransport) -> None:
    ports: set[int] = set()

    async def handle(request: web.BaseRequest) -> web.Response:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername")[1])
        return web.Response(body=b"{}")

    address = await serve(handle)
    for _ in range(5):
        await transport.send(PeerRequest(GET_CARD, f"{address}/v1/cards/1", {}))
    assert len(ports) == 1


async def test_nobody_listening_is_a_failed_connection(transport: AiohttpTransport) -> None:
    with pytest.raises(ConnectionFailed, match="ClientConnectorError"):
        await transport.send(PeerRequest(GET_CARD, "http://127.0.0.1:1/v1/cards/1", {}))


async def test_an_answer_cut_off_in_the_middle_is_a_failed_connection(
    serve: Serve, transport: AiohttpTransport
) -> None:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-length": "100"})
        await response.prepare(request)
        await response.write(b'{"id":')
        assert request.transport is not None
        request.transport.close()
        return response

    address = await serve(handle)
    with pytest.raises(ConnectionFailed, match="ClientPayloadError"):
        await transport.send(PeerRequest(GET_CARD, f"{address}/v1/cards/1", {}))


async def test_giving_up_ends_the_wait(serve: Serve, transport: AiohttpTransport) -> None:
    release = asyncio.Event()

    async def handle(request: web.BaseRequest) -> web.Response:
        await release.wait()
        return web.Response()

    address = await serve(handle)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await transport.send(PeerRequest(GET_CARD, f"{address}/v1/cards/1", {}))
    release.set()


async def test_closing_before_the_first_use_is_fine() -> None:
    await AiohttpTransport().close()
