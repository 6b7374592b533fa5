from pathlib import Path

import pytest
import yaml

from tandem.spec.lint import lint_service, read_rules
from tandem.spec.manifest import load_manifest

CONTRACTS = Path(__file__).parents[2] / "contracts"
MANIFEST = load_manifest(CONTRACTS)
SERVICES = list(MANIFEST.services)


@pytest.mark.parametrize("service", SERVICES)
def test_every_contract_keeps_every_rule(service: str) -> None:
    assert lint_service(service, CONTRACTS, read_rules(CONTRACTS / "rules.yaml")) == []


def test_every_scope_guards_an_operation_and_is_given_to_somebody() -> None:
    tokens = [one.contract.document["components"]["securitySchemes"]["token"] for one in MANIFEST.services.values()]
    known = {scope for token in tokens for scope in token["flows"]["clientCredentials"]["scopes"]}
    used = {scope for one in MANIFEST.services.values() for o in one.contract.operations for scope in o.scopes or ()}
    given = {scope for token in tokens for scopes in token["x-callers"].values() for scope in scopes}
    assert used == known == given


def test_every_service_may_call_what_it_consumes() -> None:
    token = yaml.safe_load((CONTRACTS / "common" / "security.yaml").read_text())["components"]["securitySchemes"][
        "token"
    ]
    needed = {scope for service in SERVICES for scope in MANIFEST.scopes_of(service)}
    assert needed <= set(token["x-callers"]["service"])
