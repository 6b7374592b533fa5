"""Issues tokens on this machine, in the place of the identity provider that does so in the cloud."""

import base64
import os
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import orjson
import yaml
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://issuer.tandem.local"
AUDIENCE = "tandem"
_ALGORITHM = "RS256"


class IssueRefused(ValueError):
    """Says in one sentence what is wrong with what was asked for."""


def read_callers(contracts: Path) -> dict[str, frozenset[str]]:
    """Which scopes each kind of caller is given: `x-callers` of contracts/common/security.yaml, and of contracts that
    describe scopes of their own. Raises IssueRefused."""
    granted = _callers_in(contracts / "common" / "security.yaml")
    for path in sorted(contracts.glob("*/openapi.yaml")):
        if "x-callers:" in path.read_text("utf-8"):
            for kind, scopes in _callers_in(path).items():
                granted[kind] = granted.get(kind, frozenset()) | scopes
    return granted


def _callers_in(file: Path) -> dict[str, frozenset[str]]:
    try:
        return callers_of(yaml.load(file.read_text("utf-8"), yaml.CSafeLoader))
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise IssueRefused(f"{file} does not say which scopes each kind of caller has (`x-callers`).") from error
    except ValueError as error:
        raise IssueRefused(f"{file} {error}") from error


def callers_of(document: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """What a contract's own token says of them; ValueError for scopes that it does not describe."""
    scheme = document["components"]["securitySchemes"]["token"]
    callers = {kind: frozenset(scopes) for kind, scopes in scheme["x-callers"].items()}
    known = frozenset(scheme["flows"]["clientCredentials"]["scopes"])
    for kind, scopes in callers.items():
        if not scopes <= known:
            raise ValueError(f"gives {kind} scopes that do not exist: {', '.join(sorted(scopes - known))}.")
    return callers


class LocalIssuer:
    """Keeps its private key and the published `jwks.json` in `directory`, and makes them when they are not there."""

    def __init__(
        self,
        directory: Path,
        callers: Mapping[str, frozenset[str]],
        *,
        issuer: str = ISSUER,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._directory = directory
        self._callers = callers
        self._issuer = issuer
        self._now = now
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._key = self._load() if self._key_path.exists() else self._make()

    @property
    def jwks_path(self) -> Path:
        return self._directory / "jwks.json"

    @property
    def _key_path(self) -> Path:
        return self._directory / "signing-key.pem"

    def issue(
        self,
        kind: str,
        subject: str,
        scopes: Collection[str] | None = None,
        customer_id: str | None = None,
        lifetime: timedelta = timedelta(hours=12),
    ) -> str:
        """`scopes` None is all that the kind may have; a service has to say which. Raises IssueRefused."""
        granted = self._grant(kind, scopes)
        if (kind == "customer") != (customer_id is not None):
            raise IssueRefused("A customer's token needs a customer id, and no other token has one.")
        now = int(self._now())
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
            "jti": secrets.token_hex(8),
            "kind": kind,
            "scope": " ".join(sorted(granted)),
        }
        if customer_id is not None:
            claims["customer_id"] = customer_id
        return jwt.encode(claims, self._key, _ALGORITHM, {"kid": _public_jwk(self._key)["kid"]})

    def rotate(self, forget_previous: bool = False) -> None:
        """Sign with a new key. Tokens of the previous one stay good until the next rotation, unless it is forgotten."""
        self._key = self._make([] if forget_previous else [_public_jwk(self._key)])

    def _grant(self, kind: str, scopes: Collection[str] | None) -> frozenset[str]:
        if kind not in self._callers:
            raise IssueRefused(f"There is no kind of caller {kind!r}; there are {', '.join(sorted(self._callers))}.")
        if scopes is None and kind == "service":
            raise IssueRefused("A service is given the scopes of the operations it consumes: say which.")
        granted = self._callers[kind] if scopes is None else frozenset(scopes)
        if not granted <= self._callers[kind]:
            beyond = ", ".join(sorted(granted - self._callers[kind]))
            raise IssueRefused(f"A {kind} cannot be given {beyond} (see `x-callers` in the contracts).")
        return granted

    def _load(self) -> rsa.RSAPrivateKey:
        try:
            key = serialization.load_pem_private_key(self._key_path.read_bytes(), password=None)
        except (ValueError, TypeError) as error:
            raise self._unusable() from error
        if not isinstance(key, rsa.RSAPrivateKey):
            raise self._unusable()
        if not self._is_published(key):
            self._publish(key, [])
        return key

    def _unusable(self) -> IssueRefused:
        return IssueRefused(f"{self._key_path} is not a private RSA key. Delete it and a new one is made.")

    def _is_published(self, key: rsa.RSAPrivateKey) -> bool:
        try:
            published = orjson.loads(self.jwks_path.read_bytes())["keys"]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return _public_jwk(key) in published

    def _make(self, previous: Collection[dict[str, Any]] = ()) -> rsa.RSAPrivateKey:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        # Published first: a token must never be signed with a key that nobody can look up.
        self._publish(key, previous)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        replace_file(self._key_path, private, 0o600)
        return key

    def _publish(self, key: rsa.RSAPrivateKey, previous: Collection[dict[str, Any]]) -> None:
        document = {"keys": [_public_jwk(key), *previous]}
        replace_file(self.jwks_path, orjson.dumps(document, option=orjson.OPT_INDENT_2), 0o644)


def replace_file(path: Path, content: bytes, mode: int) -> None:
    """In one step, never readable by more than `mode` allows, not even for a moment."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    draft.replace(path)


def _public_jwk(key: rsa.RSAPrivateKey) -> dict[str, Any]:
    """Named by its RFC 7638 thumbprint."""
    numbers = key.public_key().public_numbers()
    required = {"e": _base64url(_octets(numbers.e)), "kty": "RSA", "n": _base64url(_octets(numbers.n))}
    digest = hashes.Hash(hashes.SHA256())
    digest.update(orjson.dumps(required, option=orjson.OPT_SORT_KEYS))
    return {**required, "kid": _base64url(digest.finalize()), "use": "sig", "alg": _ALGORITHM}


def _octets(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
