import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import orjson
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.utils import to_base64url_uint

from tandem.kit.auth.jwks import FileKeys, KeysUnavailable, RemoteKeys, StaticKeys, fetch_url, open_keys, parse_keys
from tests.kit.clock import Clock

Jwks = Callable[..., bytes]
Jwk = Callable[..., dict[str, Any]]


class Endpoint:
    """Counts how often it is asked; can be down, and can be held back until it is let go."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.asked = 0
        self.error: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> bytes:
        self.asked += 1
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return self.content


async def settle() -> None:
    """Let background work run that waits for nothing."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b"null", b'"keys"'])
def test_what_is_not_a_jwks_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match="not a JWKS"):
        parse_keys(document, {})


def test_keys_that_cannot_verify_tokens_are_left_out(jwk: Jwk) -> None:
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()  # noqa: S505
    listed = [
        "text",
        {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"},
        {"kty": "EC", "kid": "curve", "crv": "P-256"},
        jwk("first", use="enc"),
        jwk("first", n="!"),
        {key: value for key, value in jwk("first").items() if key != "kid"},
        {**jwk("first"), "kid": 7},
        {**jwk("first"), "kid": "small", "n": to_base64url_uint(small.public_numbers().n).decode()},
        jwk("second"),
    ]
    assert list(parse_keys(orjson.dumps({"keys": listed}), {})) == ["second"]


def test_a_private_key_in_the_set_is_left_out(private_keys: dict[str, rsa.RSAPrivateKey]) -> None:
    private = jwt.algorithms.RSAAlgorithm.to_jwk(private_keys["first"], as_dict=True)
    assert parse_keys(orjson.dumps({"keys": [{**private, "kid": "first"}]}), {}) == {}


def test_an_unchanged_key_stays_the_same_object_and_a_changed_one_does_not(jwk: Jwk, jwks: Jwks) -> None:
    before = parse_keys(jwks("first", "second"), {})
    after = parse_keys(orjson.dumps({"keys": [jwk("first"), jwk("second", of="first")]}), before)
    assert after["first"] is before["first"]
    assert after["second"] is not before["second"]


async def test_static_keys_are_found(jwks: Jwks) -> None:
    keys = StaticKeys(jwks("first"))
    found = await keys.find("first")
    assert found is not None
    assert found is keys.held("first")
    assert await keys.find("second") is None


async def test_file_keys_follow_the_file(tmp_path: Path, jwks: Jwks) -> None:
    clock, path = Clock(), tmp_path / "jwks.json"
    path.write_bytes(jwks("first"))
    keys = FileKeys(path, now=clock)
    before = await keys.find("first")
    path.write_bytes(jwks("first", "second"))
    assert keys.held("second") is None
    assert await keys.find("second") is not None
    assert keys.held("first") is before
    path.write_bytes(jwks("second"))
    clock.time += 1.0
    assert keys.held("first") is None


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"{")])
async def test_a_damaged_file_leaves_the_last_keys(
    tmp_path: Path, jwks: Jwks, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    clock, path = Clock(), tmp_path / "jwks.json"
    path.write_bytes(jwks("first"))
    keys = FileKeys(path, now=clock)
    await keys.find("first")
    damage(path)
    clock.time += 1.0
    assert keys.held("first") is not None
    assert "cannot be read" in caplog.text


async def test_no_file_at_all_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(KeysUnavailable, match="could not be read"):
        await FileKeys(tmp_path / "none").find("first")


async def test_remote_keys_are_fetched_once_for_many(jwks: Jwks) -> None:
    endpoint = Endpoint(jwks("first"))
    endpoint.gate.clear()
    keys = RemoteKeys(endpoint, now=Clock())
    assert keys.held("first") is None
    waiting = [asyncio.ensure_future(keys.find("first")) for _ in range(50)]
    await settle()
    endpoint.gate.set()
    assert all(key is not None for key in await asyncio.gather(*waiting))
    assert endpoint.asked == 1


async def test_one_who_gives_up_does_not_cancel_the_fetch_of_others(jwks: Jwks) -> None:
    endpoint = Endpoint(jwks("first"))
    endpoint.gate.clear()
    keys = RemoteKeys(endpoint, now=Clock())
    impatient, patient = asyncio.ensure_future(keys.find("first")), asyncio.ensure_future(keys.find("first"))
    await settle()
    impatient.cancel()
    await settle()
    endpoint.gate.set()
    assert await patient is not None
    assert endpoint.asked == 1


async def test_keys_are_refreshed_in_the_background_before_they_are_stale(jwks: Jwks) -> None:
    clock, endpoint = Clock(), Endpoint(jwks("first"))
    keys = RemoteKeys(endpoint, max_age_seconds=60, now=clock)
    await keys.find("first")
    endpoint.content = jwks("second")
    clock.time += 30
    assert keys.held("first") is not None
    await settle()
    assert keys.held("first") is None
    assert keys.held("second") is not None
    assert endpoint.asked == 2


async def test_a_key_removed_while_nobody_asked_is_gone_at_the_next_question(jwks: Jwks) -> None:
    clock, endpoint = Clock(), Endpoint(jwks("first"))
    keys = RemoteKeys(endpoint, max_age_seconds=60, now=clock)
    await keys.find("first")
    endpoint.content = jwks("second")
    clock.time += 60
    assert keys.held("first") is None
    assert await keys.find("first") is None


async def test_an_unknown_key_is_asked_for_at_most_once_per_interval(jwks: Jwks) -> None:
    clock, endpoint = Clock(), Endpoint(jwks("first"))
    keys = RemoteKeys(endpoint, retry_seconds=3, now=clock)
    await keys.find("first")
    endpoint.content = jwks("first", "second")
    assert await keys.find("second") is None
    assert endpoint.asked == 1
    clock.time += 3
    assert await keys.find("second") is not None
    assert await keys.find("third") is None
    assert endpoint.asked == 2


@pytest.mark.parametrize("error", [aiohttp.ClientError("refused"), TimeoutError(), ValueError("not a JWKS")])
async def test_an_endpoint_that_is_down_leaves_the_last_keys(
    jwks: Jwks, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    clock, endpoint = Clock(), Endpoint(jwks("first"))
    keys = RemoteKeys(endpoint, max_age_seconds=60, retry_seconds=3, now=clock)
    await keys.find("first")
    endpoint.error = error
    for _ in range(10):
        clock.time += 60
        assert await keys.find("first") is not None
    assert keys.held("first") is not None
    assert "cannot be fetched" in caplog.text


async def test_a_recovered_endpoint_is_noticed_after_the_retry_interval(jwks: Jwks) -> None:
    clock, endpoint = Clock(), Endpoint(jwks("first"))
    keys = RemoteKeys(endpoint, max_age_seconds=60, retry_seconds=3, now=clock)
    await keys.find("first")
    endpoint.error = aiohttp.ClientError("refused")
    clock.time += 60
    await keys.find("first")
    endpoint.error, endpoint.content = None, jwks("second")
    clock.time += 3
    keys.held("first")
    await settle()
    assert keys.held("first") is None


async def test_no_keys_at_all_is_unavailable_without_hammering(jwks: Jwks) -> None:
    clock, endpoint = Clock(), Endpoint(jwks("first"))
    endpoint.error = aiohttp.ClientError("refused")
    keys = RemoteKeys(endpoint, retry_seconds=3, now=clock)
    for _ in range(5):
        with pytest.raises(KeysUnavailable, match="could not be fetched"):
            await keys.find("first")
    assert endpoint.asked == 1
    endpoint.error = None
    clock.time += 3
    assert await keys.find("first") is not None


async def test_keys_are_fetched_over_http(jwks: Jwks) -> None:
    async def answer(request: web.BaseRequest) -> web.Response:
        return web.Response(body=jwks("first")) if request.path == "/jwks.json" else web.Response(status=500)

    server = web.Server(answer)
    runner = web.ServerRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        keys = open_keys(f"{address}/jwks.json")
        assert await keys.find("first") is not None
        with pytest.raises(aiohttp.ClientResponseError):
            await fetch_url(f"{address}/broken")()
    finally:
        await runner.cleanup()


def test_a_location_without_a_scheme_is_a_file(tmp_path: Path) -> None:
    assert isinstance(open_keys(str(tmp_path / "jwks.json")), FileKeys)
