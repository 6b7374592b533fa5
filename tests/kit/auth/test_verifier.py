import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tandem.kit.auth.caller import Caller
from tandem.kit.auth.jwks import Key, KeysUnavailable, parse_keys
from tandem.kit.auth.verifier import TokenVerifier
from tandem.kit.problems import Unauthorized
from tests.kit.clock import Clock

ISSUER = "https://issuer.example"
NOW = 1_800_000_000
Jwks = Callable[..., bytes]


class Keys:
    def __init__(self, document: bytes) -> None:
        self.found = 0
        self.publish(document)

    def publish(self, document: bytes) -> None:
        self.keys: dict[str, Key] = parse_keys(document, getattr(self, "keys", {}))

    def held(self, kid: str) -> Key | None:
        return self.keys.get(kid)

    async def find(self, kid: str) -> Key | None:
        self.found += 1
        return self.held(kid)


class Desk:
    """A verifier with everything it depends on within reach, and a pen to write tokens with."""

    def __init__(self, private_keys: dict[str, rsa.RSAPrivateKey], jwks: Jwks, capacity: int = 4096) -> None:
        self.private_keys = private_keys
        self.clock = Clock(NOW)
        self.keys = Keys(jwks("first"))
        self.verifier = TokenVerifier(ISSUER, "tandem", self.keys, now=self.clock, capacity=capacity)

    def write(self, kid: str = "first", headers: dict[str, Any] | None = None, **changes: Any) -> str:
        """A good token; what is given as None is left out."""
        claims = {"iss": ISSUER, "aud": "tandem", "sub": "anna", "iat": NOW, "exp": NOW + 600, "kind": "customer"}
        claims |= {"customer_id": "cus_1", "scope": "cards:read cards:use"} | changes
        claims = {claim: value for claim, value in claims.items() if value is not None}
        token = jwt.PyJWS().encode(orjson.dumps(claims), self.private_keys[kid], "RS256", headers or {"kid": kid})
        return f"Bearer {token}"

    async def refusal(self, authorization: str | None) -> str:
        with pytest.raises(Unauthorized) as raised:
            await self.verifier.verify(authorization)
        assert raised.value.headers["www-authenticate"] == "Bearer"
        return raised.value.detail


@pytest.fixture
def desk(private_keys: dict[str, rsa.RSAPrivateKey], jwks: Jwks) -> Desk:
    return Desk(private_keys, jwks)


def encode(document: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(document)).rstrip(b"=").decode()


async def test_a_customers_token_is_a_customer(desk: Desk) -> None:
    caller = await desk.verifier.verify(desk.write())
    assert caller == Caller("customer", "anna", "cus_1", frozenset({"cards:read", "cards:use"}))


@pytest.mark.parametrize("kind", ["support", "service"])
async def test_staff_have_no_customer_id_whatever_the_token_says(desk: Desk, kind: str) -> None:
    caller = await desk.verifier.verify(desk.write(kind=kind, customer_id="cus_1", scope=None))
    assert (caller.kind, caller.customer_id, caller.scopes) == (kind, None, frozenset())


async def test_one_audience_among_several_and_a_lower_case_scheme_are_fine(desk: Desk) -> None:
    authorization = desk.write(aud=["other", "tandem"]).replace("Bearer", "bearer")
    assert (await desk.verifier.verify(authorization)).subject == "anna"


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic YTpi", "token"])
async def test_no_bearer_token_says_how_to_send_one(desk: Desk, authorization: str | None) -> None:
    assert "Send a token in the Authorization header" in await desk.refusal(authorization)


@pytest.mark.parametrize("token", ["x", "a.b", "a.b.c", "å.b.c", "\ud800.b.c", "x" * 9000])
async def test_what_is_not_a_jwt_is_refused(desk: Desk, token: str) -> None:
    assert await desk.refusal(f"Bearer {token}") == "The token cannot be read: it is not a JWT."


async def test_an_unsigned_token_is_refused(desk: Desk) -> None:
    claims = desk.write().split(".")[1]
    token = f"{encode({'alg': 'none', 'kid': 'first'})}.{claims}."
    assert await desk.refusal(f"Bearer {token}") == "The token is not signed with RS256."


async def test_hs256_with_the_public_key_as_the_secret_is_refused(desk: Desk) -> None:
    public = desk.private_keys["first"].public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    signed = f"{encode({'alg': 'HS256', 'kid': 'first'})}.{desk.write().split('.')[1]}"
    signature = base64.urlsafe_b64encode(hmac.digest(pem, signed.encode(), hashlib.sha256)).rstrip(b"=").decode()
    assert await desk.refusal(f"Bearer {signed}.{signature}") == "The token is not signed with RS256."


async def test_es256_is_refused(desk: Desk) -> None:
    token = jwt.encode({"sub": "anna"}, ec.generate_private_key(ec.SECP256R1()), "ES256", {"kid": "first"})
    assert await desk.refusal(f"Bearer {token}") == "The token is not signed with RS256."


async def test_a_key_published_for_another_algorithm_is_refused(desk: Desk, jwk: Callable[..., dict[str, Any]]) -> None:
    desk.keys.publish(orjson.dumps({"keys": [jwk("first", alg="RS512")]}))
    assert "not known here" in await desk.refusal(desk.write())


@pytest.mark.parametrize("headers", [{"kid": "second"}, {"x": "no kid"}])
async def test_an_unknown_key_is_refused(desk: Desk, headers: dict[str, Any]) -> None:
    assert await desk.refusal(desk.write(headers=headers)) == "The token is signed with a key that is not known here."


async def test_a_signature_by_another_key_is_refused(desk: Desk) -> None:
    forged = desk.write(kid="second", headers={"kid": "first"})
    assert await desk.refusal(forged) == "The signature of the token is not right."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"iss": "https://elsewhere.example"}, "The token is from another issuer."),
        ({"iss": 7}, "The token is from another issuer."),
        ({"iss": None}, "The token lacks the claim `iss`."),
        ({"aud": "other"}, "The token is meant for another audience."),
        ({"aud": None}, "The token lacks the claim `aud`."),
        ({"sub": None}, "The token lacks the claim `sub`."),
        ({"sub": 7}, "The token cannot be read."),
        ({"exp": None}, "The token lacks the claim `exp`."),
        ({"exp": "soon"}, "The claim `exp` of the token is not a time."),
        ({"exp": True}, "The claim `exp` of the token is not a time."),
        ({"exp": 1e300}, "The claim `exp` of the token is not a time."),
        ({"exp": NOW - 10}, "The token has expired."),
        ({"nbf": NOW + 11}, "The token is not valid yet."),
        ({"iat": NOW + 11}, "The token is not valid yet."),
        ({"nbf": "later"}, "The claim `nbf` of the token is not a time."),
        ({"kind": None}, "The token does not say what kind of caller it is for."),
        ({"kind": "root"}, "The token does not say what kind of caller it is for."),
        ({"kind": ["service"]}, "The token does not say what kind of caller it is for."),
        ({"customer_id": None}, "The token is for a customer but does not say which."),
        ({"customer_id": ""}, "The token is for a customer but does not say which."),
        ({"customer_id": 7}, "The token is for a customer but does not say which."),
        ({"scope": ["cards:read"]}, "The claim `scope` of the token is not a text."),
    ],
)
async def test_a_wrong_claim_is_refused_with_its_reason(desk: Desk, changes: dict[str, Any], sentence: str) -> None:
    assert await desk.refusal(desk.write(**changes)) == sentence


@pytest.mark.parametrize("changes", [{"exp": NOW - 9}, {"nbf": NOW + 10}, {"iat": NOW + 10}])
async def test_clocks_may_differ_a_little(desk: Desk, changes: dict[str, Any]) -> None:
    assert (await desk.verifier.verify(desk.write(**changes))).subject == "anna"


async def test_no_refusal_repeats_what_was_sent(desk: Desk) -> None:
    for authorization in (desk.write(iss="secret-text"), "Bearer secret-text", desk.write(kind="secret-text")):
        assert "secret-text" not in await desk.refusal(authorization)


async def test_keys_that_cannot_be_had_are_not_the_callers_fault(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def find(kid: str) -> Key | None:
        raise KeysUnavailable("no keys")

    monkeypatch.setattr(desk.keys, "find", find)
    with pytest.raises(KeysUnavailable):
        await desk.verifier.verify(desk.write())


async def test_a_verified_token_is_remembered(desk: Desk) -> None:
    authorization = desk.write()
    assert desk.verifier.verify_cached(authorization) is None
    caller = await desk.verifier.verify(authorization)
    assert desk.verifier.verify_cached(authorization) is caller
    assert await desk.verifier.verify(authorization) is caller
    assert desk.keys.found == 1


async def test_a_refused_token_is_not_remembered(desk: Desk) -> None:
    authorization = desk.write(aud="other")
    await desk.refusal(authorization)
    assert desk.verifier.verify_cached(authorization) is None
    assert desk.verifier.verify_cached(None) is None


async def test_a_remembered_token_ends_when_it_expires(desk: Desk) -> None:
    authorization = desk.write(exp=NOW + 5)
    await desk.verifier.verify(authorization)
    desk.clock.time = NOW + 5.0
    assert desk.verifier.verify_cached(authorization) is None
    desk.clock.time = NOW + 15.0
    assert await desk.refusal(authorization) == "The token has expired."


async def test_a_remembered_token_ends_with_its_key(desk: Desk, jwks: Jwks) -> None:
    authorization = desk.write()
    await desk.verifier.verify(authorization)
    desk.keys.publish(jwks("second"))
    assert desk.verifier.verify_cached(authorization) is None
    assert "not known here" in await desk.refusal(authorization)


async def test_a_key_replaced_under_the_same_name_ends_its_tokens(
    desk: Desk, jwk: Callable[..., dict[str, Any]]
) -> None:
    authorization = desk.write()
    await desk.verifier.verify(authorization)
    desk.keys.publish(orjson.dumps({"keys": [jwk("first", of="second")]}))
    assert await desk.refusal(authorization) == "The signature of the token is not right."


async def test_rotation_keeps_tokens_of_a_key_that_is_still_published(desk: Desk, jwks: Jwks) -> None:
    authorization = desk.write()
    caller = await desk.verifier.verify(authorization)
    desk.keys.publish(jwks("second", "first"))
    assert desk.verifier.verify_cached(authorization) is caller
    assert (await desk.verifier.verify(desk.write(kid="second"))).subject == "anna"


async def test_the_token_unused_for_longest_is_forgotten_first(
    private_keys: dict[str, rsa.RSAPrivateKey], jwks: Jwks
) -> None:
    desk = Desk(private_keys, jwks, capacity=2)
    one, two, three = (desk.write(jti=name) for name in ("one", "two", "three"))
    await desk.verifier.verify(one)
    await desk.verifier.verify(two)
    desk.verifier.verify_cached(one)
    await desk.verifier.verify(three)
    assert [desk.verifier.verify_cached(token) is not None for token in (one, two, three)] == [True, False, True]


@pytest.mark.parametrize("algorithms", [(), ("none",), ("HS256",), ("RS256", "HS256")])
def test_only_public_key_algorithms_can_be_chosen(jwks: Jwks, algorithms: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="RS256"):
        TokenVerifier(ISSUER, "tandem", Keys(jwks("first")), algorithms)
