"""What Schemathesis is told to expect is read from the contract, and from nowhere else."""

from __future__ import annotations

import tomllib

from tandem.gate.fuzzing.configuration import allowances, configuration
from tests.schemathesis_run.world import contract


def test_operations_that_are_excused_are_not_asked() -> None:
    told = tomllib.loads(configuration(contract("account"), ["closeAccount"]))
    left_out = [one["include-operation-id"] for one in told["operations"] if one.get("enabled") is False]
    assert left_out == [["closeAccount"]]


def test_each_allowance_is_for_an_operation_with_that_need() -> None:
    allowed = {one.operation_id: (one.statuses, one.missing_header) for one in allowances(contract("invoice"))}
    assert allowed == {
        "listInvoices": (("422",), ""),
        "listInvoiceLines": (("422",), ""),
        "registerPayment": (("422",), ""),
        "listPayments": (("422",), ""),
    }
    changed = {one.operation_id: (one.statuses, one.missing_header) for one in allowances(contract("account"))}
    assert changed["changeCreditLimit"] == (("412",), "428")


def test_configuration_is_toml_with_all_checks_on_and_one_seed() -> None:
    told = tomllib.loads(configuration(contract("account")))
    assert told["generation"]["deterministic"] is True
    assert "checks" not in told
    change = next(one for one in told["operations"] if one["include-operation-id"] == ["changeCreditLimit"])
    assert "412" in change["checks"]["positive_data_acceptance"]["expected-statuses"]
    assert change["checks"]["missing_required_header"]["expected-statuses"] == ["401", "428"]
