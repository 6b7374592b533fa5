"""The journeys of this project speak of operations that exist, and those who walk them may do every step."""

from __future__ import annotations

import pytest

from tandem.gate.load.journeys import Journey, load, operations
from tandem.kit.contract import Contract
from tandem.local.issuer import read_callers
from tandem.spec.manifest import load_manifest
from tests.architecture.project import ROOT

CONTRACTS: list[Contract] = [one.contract for one in load_manifest(ROOT / "contracts").services.values()]
SCOPES = {one.id: one.scopes or frozenset() for contract in CONTRACTS for one in contract.operations}
JOURNEYS = load(ROOT)


def test_there_are_the_mobile_app_the_month_end_and_the_support_desk() -> None:
    assert {journey.path.stem for journey in JOURNEYS} >= {"mobile-morning", "month-end", "support-desk"}


def test_every_step_names_an_operation_of_a_contract() -> None:
    assert set(operations(JOURNEYS)) - SCOPES.keys() == set()


def test_together_they_touch_every_service() -> None:
    assert all(any(journey.walk(contract) for journey in JOURNEYS) for contract in CONTRACTS)


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.path.stem)
def test_who_walks_may_do_every_step(journey: Journey) -> None:
    granted = read_callers(ROOT / "contracts")
    refused = [
        step["operation"]
        for step in journey.steps
        if not SCOPES[step["operation"]] <= granted[step.get("as", journey.caller)]
    ]
    assert refused == []
