"""Keys are slow to make: one pair of them serves the whole run."""

from collections.abc import Callable
from typing import Any

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa


@pytest.fixture(scope="session")
def private_keys() -> dict[str, rsa.RSAPrivateKey]:
    return {kid: rsa.generate_private_key(public_exponent=65537, key_size=2048) for kid in ("first", "second")}


@pytest.fixture(scope="session")
def jwk(private_keys: dict[str, rsa.RSAPrivateKey]) -> Callable[..., dict[str, Any]]:
    def make(kid: str, of: str | None = None, **changes: Any) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(private_keys[of or kid].public_key(), as_dict=True)
        return {**public, "kid": kid, "use": "sig", "alg": "RS256", **changes}

    return make


@pytest.fixture(scope="session")
def jwks(jwk: Callable[..., dict[str, Any]]) -> Callable[..., bytes]:
    return lambda *kids: orjson.dumps({"keys": [jwk(kid) for kid in kids]})
