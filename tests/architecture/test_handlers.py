"""The same verb and noun in contract and handler, so that one search shows the whole path."""

import pytest

from tandem.kit.events.catalogue import Catalogue
from tandem.spec.manifest import load_manifest
from tests.architecture.project import ROOT, SERVICES, functions_of, handlers_of


@pytest.mark.parametrize("service", SERVICES)
def test_handlers_are_the_operations_then_the_events_in_the_order_of_the_contract(service: str) -> None:
    contract = load_manifest(ROOT / "contracts").services[service].contract
    heard = [f"on_{event.name.replace('.', '_')}" for event in Catalogue.load(ROOT / "contracts").heard_by(service)]
    public = [one.name for one in functions_of(handlers_of(service)) if not one.name.startswith("_")]
    operations = [operation.handler_name for operation in contract.operations]
    assert public[: len(operations)] == operations
    assert sorted(public[len(operations) :]) == sorted(heard)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_in_the_manifest_and_has_tests(service: str) -> None:
    assert service in load_manifest(ROOT / "contracts").services
    assert list((ROOT / "tests" / "services" / service).glob("test_*.py"))
