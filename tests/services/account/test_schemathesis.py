"""Schemathesis over the running service and over its mock: examples, coverage, fuzzing and stateful, all checks."""

from pathlib import Path

import pytest

from tandem.kit.auth.jwks import StaticKeys
from tandem.local.issuer import LocalIssuer
from tests.schemathesis_run.mocked import check_mock
from tests.schemathesis_run.run import AS_CUSTOMER, check_service, offered
from tests.schemathesis_run.world import contract
from tests.service_under_test import Databases

SERVICE = Path(__file__).parent.name


@pytest.mark.timeout(200)
def test_the_running_service_keeps_to_its_contract(
    databases: Databases, issuer: LocalIssuer, keys: StaticKeys, tmp_path: Path
) -> None:
    verdict = check_service(SERVICE, databases, issuer, keys, tmp_path)
    assert verdict.passed, verdict.said
    assert offered(SERVICE) == verdict.succeeded


@pytest.mark.timeout(200)
def test_a_customer_sees_nothing_of_a_neighbour(
    databases: Databases, issuer: LocalIssuer, keys: StaticKeys, tmp_path: Path
) -> None:
    verdict = check_service(SERVICE, databases, issuer, keys, tmp_path, *AS_CUSTOMER)
    assert verdict.passed, verdict.said


@pytest.mark.timeout(200)
def test_the_mock_keeps_to_the_contract_as_the_service_does(issuer: LocalIssuer, tmp_path: Path) -> None:
    verdict = check_mock(SERVICE, issuer, tmp_path)
    assert verdict.passed, verdict.said
    assert {operation.id for operation in contract(SERVICE).operations} == verdict.succeeded
