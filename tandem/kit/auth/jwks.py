"""The public keys tokens are signed with: from a JWKS address, a JWKS file, or given."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from tandem.kit.auth.watched_file import WatchedFile
from tandem.kit.problems import Unavailable

_FETCH_TIMEOUT = aiohttp.ClientTimeout(total=2.0)
_SMALLEST_KEY_BITS = 2048
_log = logging.getLogger(__name__)

Fetch = Callable[[], Awaitable[bytes]]


class KeysUnavailable(Unavailable):
    title = "Tokens cannot be checked just now"


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """The same object for as long as the set publishes it unchanged, so that `is` tells if a token still stands."""

    kid: str
    jwk: Mapping[str, Any]
    public: RSAPublicKey


class KeySet(Protocol):
    def held(self, kid: str) -> Key | None:
        """Without waiting. None: not known, or too old to rely on; ask `find`."""
        ...

    async def find(self, kid: str) -> Key | None:
        """Raises KeysUnavailable when there are no keys at all."""
        ...


def parse_keys(document: bytes, known: Mapping[str, Key]) -> dict[str, Key]:
    """The usable keys of a JWKS; those that are in `known` unchanged stay the same objects."""
    try:
        listed = orjson.loads(document)["keys"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError("That is not a JWKS.") from error
    keys = {}
    for jwk in listed:
        key = _read_key(jwk)
        if key is not None:
            before = known.get(key.kid)
            keys[key.kid] = before if before is not None and before.jwk == jwk else key
    return keys


def _read_key(jwk: Any) -> Key | None:
    """None for what is not a public RSA signing key: a set may hold keys for other uses, which must not count here."""
    if not isinstance(jwk, dict) or jwk.get("kty") != "RSA" or jwk.get("use", "sig") != "sig":
        return None
    kid = jwk.get("kid")
    try:
        public = jwt.PyJWK(jwk, algorithm="RS256").key
    except jwt.PyJWTError:
        return None
    if not isinstance(kid, str) or not isinstance(public, RSAPublicKey) or public.key_size < _SMALLEST_KEY_BITS:
        return None
    return Key(kid, jwk, public)


class StaticKeys:
    def __init__(self, document: bytes) -> None:
        self._keys = parse_keys(document, {})

    def held(self, kid: str) -> Key | None:
        return self._keys.get(kid)

    async def find(self, kid: str) -> Key | None:
        return self.held(kid)


class FileKeys:
    """Read again when the file changes; a file that is broken or gone leaves the last good keys in force."""

    def __init__(self, path: Path, check_seconds: float = 1.0, now: Callable[[], float] = time.monotonic) -> None:
        self._file = WatchedFile(path, check_seconds, now)
        self._keys: dict[str, Key] | None = None

    def held(self, kid: str) -> Key | None:
        self._read(at_once=False)
        return (self._keys or {}).get(kid)

    async def find(self, kid: str) -> Key | None:
        key = self.held(kid)
        if key is None:
            self._read(at_once=True)
        if self._keys is None:
            raise KeysUnavailable("The keys that tokens are checked with could not be read.")
        return self._keys.get(kid)

    def _read(self, at_once: bool) -> None:
        try:
            content = self._file.news(at_once)
            if content is not None:
                self._keys = parse_keys(content, self._keys or {})
        except (OSError, ValueError) as error:
            _log.warning("The keys in %s cannot be read: %s", self._file.path, error)


class RemoteKeys:
    """Keys behind an address, fetched ahead of time in the background so that no request waits for the issuer.

    A key that leaves the set ends within `max_age_seconds`, as long as the address answers. While it does not, the
    last keys serve on: an issuer that is down must not take every service with it.
    """

    def __init__(
        self,
        fetch: Fetch,
        max_age_seconds: float = 60.0,
        retry_seconds: float = 3.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._max_age_seconds = max_age_seconds
        self._retry_seconds = retry_seconds
        self._now = now
        self._keys: dict[str, Key] | None = None
        self._may_ask_at = self._refresh_at = self._stale_at = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    def held(self, kid: str) -> Key | None:
        now = self._now()
        if self._keys is None or now >= self._stale_at:
            return None
        if now >= self._refresh_at:
            self._refresh()
        return self._keys.get(kid)

    async def find(self, kid: str) -> Key | None:
        key = self.held(kid)
        if key is None and (self._fetching is not None or self._now() >= self._may_ask_at):
            # Shielded: the fetch is shared, and one impatient request must not cancel it for the others.
            await asyncio.shield(self._refresh())
        if self._keys is None:
            raise KeysUnavailable("The keys that tokens are checked with could not be fetched.")
        return self._keys.get(kid)

    def _refresh(self) -> asyncio.Task[None]:
        if self._fetching is None:
            self._fetching = asyncio.get_running_loop().create_task(self._load())
        return self._fetching

    async def _load(self) -> None:
        try:
            self._keys = parse_keys(await self._fetch(), self._keys or {})
            self._refresh_at = self._now() + self._max_age_seconds / 2
        except (aiohttp.ClientError, OSError, ValueError) as error:
            _log.warning("The keys that tokens are checked with cannot be fetched: %s", error)
            self._refresh_at = self._now() + self._retry_seconds
        finally:
            self._may_ask_at = self._now() + self._retry_seconds
            self._stale_at = self._now() + self._max_age_seconds
            self._fetching = None


def fetch_url(url: str) -> Fetch:
    async def fetch() -> bytes:
        async with (
            aiohttp.ClientSession(timeout=_FETCH_TIMEOUT, raise_for_status=True) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            return await response.read()

    return fetch


def open_keys(location: str) -> KeySet:
    """From an http(s) address or the path of a file."""
    if location.startswith(("http://", "https://")):
        return RemoteKeys(fetch_url(location))
    return FileKeys(Path(location))
