"""From an Authorization header to a Caller, or a sentence that says why not."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import jwt

from tandem.kit.auth.caller import KINDS, Caller, Kind
from tandem.kit.auth.jwks import Key, KeySet
from tandem.kit.problems import Unauthorized

_ASYMMETRIC = frozenset(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"))
_LONGEST_TOKEN = 8192
_FAR_FUTURE = 1e11
# Times are checked here and not by PyJWT, whose clock cannot be given.
_OPTIONS: Any = {
    "require": ["iss", "aud", "sub", "exp"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}
_SENTENCES: Mapping[type[jwt.PyJWTError], str] = {
    jwt.InvalidSignatureError: "The signature of the token is not right.",
    jwt.InvalidAudienceError: "The token is meant for another audience.",
    jwt.InvalidIssuerError: "The token is from another issuer.",
    jwt.InvalidAlgorithmError: "The token is not signed in the way that is expected.",
}


@dataclass(frozen=True, slots=True)
class _Verified:
    caller: Caller
    key: Key
    ends_at: float


class TokenVerifier:
    """Remembers what it has verified until the token ends or its key leaves the key set."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        keys: KeySet,
        algorithms: Sequence[str] = ("RS256",),
        *,
        leeway_seconds: float = 10.0,
        capacity: int = 4096,
        now: Callable[[], float] = time.time,
    ) -> None:
        if not algorithms or not _ASYMMETRIC.issuperset(algorithms):
            raise ValueError(f"Tokens can be signed with {', '.join(sorted(_ASYMMETRIC))} only.")
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._algorithms = tuple(algorithms)
        self._leeway_seconds = leeway_seconds
        self._capacity = capacity
        self._now = now
        self._verified: OrderedDict[str | None, _Verified] = OrderedDict()

    def verify_cached(self, authorization: str | None) -> Caller | None:
        """The caller when the very same header was verified before and still stands. Never waits."""
        verified = self._verified.get(authorization)
        if verified is None:
            return None
        if self._now() >= verified.ends_at or self._keys.held(verified.key.kid) is not verified.key:
            del self._verified[authorization]
            return None
        self._verified.move_to_end(authorization)
        return verified.caller

    async def verify(self, authorization: str | None) -> Caller:
        """Raises Unauthorized, or KeysUnavailable when there is nothing to check with."""
        caller = self.verify_cached(authorization)
        if caller is not None:
            return caller
        token = _bearer_token(authorization)
        key = await self._key(token)
        claims = self._claims(token, key)
        ends_at = self._check_times(claims)
        caller = _read_caller(claims)
        self._remember(authorization, _Verified(caller, key, ends_at))
        return caller

    async def _key(self, token: str) -> Key:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError:
            raise Unauthorized("The token cannot be read: it is not a JWT.") from None
        if header.get("alg") not in self._algorithms:
            raise Unauthorized(f"The token is not signed with {' or '.join(self._algorithms)}.")
        key = await self._keys.find(str(header.get("kid")))
        if key is None or key.jwk.get("alg", header["alg"]) != header["alg"]:
            raise Unauthorized("The token is signed with a key that is not known here.")
        return key

    def _claims(self, token: str, key: Key) -> dict[str, Any]:
        try:
            return jwt.decode(
                token, key.public, self._algorithms, _OPTIONS, audience=self._audience, issuer=self._issuer
            )
        except jwt.MissingRequiredClaimError as error:
            raise Unauthorized(f"The token lacks the claim `{error.claim}`.") from error
        except jwt.PyJWTError as error:
            raise Unauthorized(_SENTENCES.get(type(error), "The token cannot be read.")) from error

    def _check_times(self, claims: Mapping[str, Any]) -> float:
        now, ends_at = self._now(), _moment(claims, "exp")
        if now >= ends_at + self._leeway_seconds:
            raise Unauthorized("The token has expired.")
        if any(claim in claims and now < _moment(claims, claim) - self._leeway_seconds for claim in ("nbf", "iat")):
            raise Unauthorized("The token is not valid yet.")
        return ends_at

    def _remember(self, authorization: str | None, verified: _Verified) -> None:
        self._verified[authorization] = verified
        if len(self._verified) > self._capacity:
            self._verified.popitem(last=False)


def _bearer_token(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized("Send a token in the Authorization header: `Authorization: Bearer …`.")
    if len(token) > _LONGEST_TOKEN or not token.isascii():
        raise Unauthorized("The token cannot be read: it is not a JWT.")
    return token


def _moment(claims: Mapping[str, Any], claim: str) -> float:
    value = claims[claim]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _FAR_FUTURE:
        raise Unauthorized(f"The claim `{claim}` of the token is not a time.")
    return float(value)


def _read_caller(claims: Mapping[str, Any]) -> Caller:
    kind, customer_id, scope = claims.get("kind"), claims.get("customer_id"), claims.get("scope", "")
    if not isinstance(kind, str) or kind not in KINDS:
        raise Unauthorized("The token does not say what kind of caller it is for.")
    if not isinstance(scope, str):
        raise Unauthorized("The claim `scope` of the token is not a text.")
    if kind != "customer":
        return Caller(cast("Kind", kind), claims["sub"], None, frozenset(scope.split()))
    if not isinstance(customer_id, str) or not customer_id:
        raise Unauthorized("The token is for a customer but does not say which.")
    return Caller("customer", claims["sub"], customer_id, frozenset(scope.split()))
