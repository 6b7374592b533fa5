import shutil
from datetime import timedelta
from pathlib import Path

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tandem.kit.auth.jwks import FileKeys
from tandem.kit.auth.verifier import TokenVerifier
from tandem.kit.problems import Unauthorized
from tandem.local.issuer import AUDIENCE, ISSUER, IssueRefused, LocalIssuer, read_callers, replace_file

CONTRACTS = Path(__file__).parents[2] / "contracts"
CALLERS = read_callers(CONTRACTS)


def verifier(issuer: LocalIssuer) -> TokenVerifier:
    return TokenVerifier(ISSUER, AUDIENCE, FileKeys(issuer.jwks_path))


async def test_a_customers_token_is_accepted_with_all_customer_scopes(tmp_path: Path) -> None:
    issuer = LocalIssuer(tmp_path, CALLERS)
    caller = await verifier(issuer).verify(f"Bearer {issuer.issue('customer', 'anna', customer_id='cus_1')}")
    assert (caller.kind, caller.subject, caller.customer_id) == ("customer", "anna", "cus_1")
    assert caller.scopes == CALLERS["customer"]


async def test_a_services_token_has_only_the_scopes_asked_for(tmp_path: Path) -> None:
    issuer = LocalIssuer(tmp_path, CALLERS)
    caller = await verifier(issuer).verify(f"Bearer {issuer.issue('service', 'card', ['accounts:read'])}")
    assert caller.scopes == {"accounts:read"}
    assert caller.customer_id is None


async def test_a_service_that_consumes_nothing_gets_no_scope(tmp_path: Path) -> None:
    issuer = LocalIssuer(tmp_path, CALLERS)
    assert (await verifier(issuer).verify(f"Bearer {issuer.issue('service', 'card', [])}")).scopes == frozenset()


def test_claims_are_complete_and_each_token_is_its_own(tmp_path: Path) -> None:
    issuer = LocalIssuer(tmp_path, CALLERS, now=lambda: 1_000.9)
    first, second = (
        jwt.decode(issuer.issue("support", "sven", lifetime=timedelta(minutes=5)), options={"verify_signature": False})
        for _ in range(2)
    )
    assert first["jti"] != second["jti"]
    assert (first["iat"], first["exp"]) == (1_000, 1_300)
    assert first.keys() == {"iss", "aud", "sub", "iat", "exp", "jti", "kind", "scope"}


@pytest.mark.parametrize(
    ("kind", "scopes", "customer_id", "sentence"),
    [
        ("robot", None, None, "no kind of caller 'robot'; there are customer, service, support"),
        ("service", None, None, "say which"),
        ("customer", ["accounts:manage"], "cus_1", "A customer cannot be given accounts:manage"),
        ("customer", None, None, "needs a customer id"),
        ("support", None, "cus_1", "no other token has one"),
    ],
)
def test_a_token_that_should_not_exist_is_refused(
    tmp_path: Path, kind: str, scopes: list[str] | None, customer_id: str | None, sentence: str
) -> None:
    with pytest.raises(IssueRefused, match=sentence):
        LocalIssuer(tmp_path, CALLERS).issue(kind, "somebody", scopes, customer_id)


def test_the_private_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    issuer = LocalIssuer(tmp_path / "issuer", CALLERS)
    assert (tmp_path / "issuer" / "signing-key.pem").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "issuer").stat().st_mode & 0o777 == 0o700
    assert "d" not in orjson.loads(issuer.jwks_path.read_bytes())["keys"][0]
    assert sorted(path.name for path in (tmp_path / "issuer").iterdir()) == ["jwks.json", "signing-key.pem"]


async def test_the_key_survives_a_restart(tmp_path: Path) -> None:
    token = LocalIssuer(tmp_path, CALLERS).issue("support", "sven")
    published = (tmp_path / "jwks.json").read_bytes()
    again = LocalIssuer(tmp_path, CALLERS)
    assert (tmp_path / "jwks.json").read_bytes() == published
    assert (await verifier(again).verify(f"Bearer {token}")).subject == "sven"


@pytest.mark.parametrize("damage", [None, b"{", b"[]", b'{"keys": []}'])
async def test_a_lost_jwks_is_published_again(tmp_path: Path, damage: bytes | None) -> None:
    token = LocalIssuer(tmp_path, CALLERS).issue("support", "sven")
    (tmp_path / "jwks.json").unlink()
    if damage is not None:
        (tmp_path / "jwks.json").write_bytes(damage)
    assert (await verifier(LocalIssuer(tmp_path, CALLERS)).verify(f"Bearer {token}")).subject == "sven"


async def test_rotation_keeps_the_previous_tokens_once(tmp_path: Path) -> None:
    issuer = LocalIssuer(tmp_path, CALLERS)
    first = issuer.issue("support", "first")
    issuer.rotate()
    second = issuer.issue("support", "second")
    for token in (first, second):
        await verifier(issuer).verify(f"Bearer {token}")
    issuer.rotate()
    await verifier(issuer).verify(f"Bearer {second}")
    with pytest.raises(Unauthorized, match="not known here"):
        await verifier(issuer).verify(f"Bearer {first}")


async def test_a_rotation_reaches_a_running_verifier(tmp_path: Path) -> None:
    issuer = LocalIssuer(tmp_path, CALLERS)
    running = verifier(issuer)
    await running.verify(f"Bearer {issuer.issue('support', 'before')}")
    issuer.rotate()
    assert (await running.verify(f"Bearer {issuer.issue('support', 'after')}")).subject == "after"


async def test_forgetting_the_previous_key_ends_its_tokens(tmp_path: Path) -> None:
    issuer = LocalIssuer(tmp_path, CALLERS)
    token = issuer.issue("support", "sven")
    issuer.rotate(forget_previous=True)
    with pytest.raises(Unauthorized, match="not known here"):
        await verifier(issuer).verify(f"Bearer {token}")


def test_a_spoiled_key_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "signing-key.pem").write_bytes(b"not a key")
    with pytest.raises(IssueRefused, match=r"signing-key\.pem is not a private RSA key\. Delete it"):
        LocalIssuer(tmp_path, CALLERS)


def test_a_key_of_another_kind_says_what_to_do(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "signing-key.pem").write_bytes(pem)
    with pytest.raises(IssueRefused, match="is not a private RSA key"):
        LocalIssuer(tmp_path, CALLERS)


def test_a_replaced_file_has_its_mode_whatever_it_had_before(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_bytes(b"old")
    path.chmod(0o644)
    replace_file(path, b"new", 0o600)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "content", ["a: [", "", "components: {}", "components: {securitySchemes: {token: {x-callers: 7}}}"]
)
def test_a_contract_without_callers_says_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "security.yaml").write_text(content)
    with pytest.raises(IssueRefused, match=r"security\.yaml does not say which scopes"):
        read_callers(tmp_path)


def test_a_scope_that_does_not_exist_is_named(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "security.yaml").write_text(
        "components: {securitySchemes: {token: {x-callers: {customer: ['cards:eat']}, "
        "flows: {clientCredentials: {scopes: {'cards:read': See}}}}}}"
    )
    with pytest.raises(IssueRefused, match="gives customer scopes that do not exist: cards:eat"):
        read_callers(tmp_path)


def test_scopes_that_a_contract_describes_itself_are_given_too(tmp_path: Path) -> None:
    shutil.copytree(CONTRACTS / "common", tmp_path / "common")
    before = read_callers(tmp_path)
    (tmp_path / "loan").mkdir()
    (tmp_path / "loan" / "openapi.yaml").write_text(
        "components: {securitySchemes: {token: {x-callers: {customer: ['loans:read'], robot: ['loans:read']}, "
        "flows: {clientCredentials: {scopes: {'loans:read': See}}}}}}"
    )
    callers = read_callers(tmp_path)
    assert callers["customer"] == before["customer"] | {"loans:read"}
    assert callers["robot"] == {"loans:read"}
    assert callers["support"] == before["support"]
