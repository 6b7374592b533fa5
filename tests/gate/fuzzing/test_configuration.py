"""What Schemathesis is told to expect is read from the contract, and from nowhere else."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import yaml

from tandem.gate.fuzzing.configuration import allowances, configuration
from tandem.kit.contract import load_contract
from tests.schemathesis_run.world import contract


def test_operations_that_are_excused_are_not_asked() -> None:
    told = tomllib.loads(configuration(contract("account"), ["closeAccount"]))
    left_out = [one["include-operation-id"] for one in told["operations"] if one.get("enabled") is False]
    assert left_out == [["closeAccount"]]


def test_door_that_is_closed_to_the_staff_is_no_trouble_for_those_who_ask_as_staff() -> None:
    told = tomllib.loads(configuration(contract("transaction")))
    closed = [one["include-operation-id"] for one in told["operations"] if one.get("warnings") is False]
    assert closed == [["recordPurchase"], ["recordRefund"], ["recordPayment"], ["recordFee"], ["closeLedger"]]
    assert not any(one.is_closed for one in allowances(contract("account")))


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


_GET = {"responses": {"200": {"description": "It."}}}
_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def _told(folder: Path, path: str, operation: dict[str, Any], untested: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    given = {"operationId": "see", **_GET, **operation}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {path: {"get": given}}}
    (folder / "openapi.yaml").write_text(yaml.safe_dump(document))
    told = tomllib.loads(configuration(load_contract(folder / "openapi.yaml"), untested))
    return [one for one in told.get("operations", ()) if one.get("enabled", True)]


def test_what_a_contract_calls_shared_has_no_owner_to_ask_for(tmp_path: Path) -> None:
    (shared,) = _told(tmp_path, "/v1/things/{id}", {"parameters": [_ID], "x-shared": True})
    assert shared["checks"]["object_level_authorization"] == {"enabled": False}
    assert _told(tmp_path, "/v1/things/{id}", {"parameters": [_ID]}) == []


def test_contract_that_lists_501_may_have_something_unbuilt(tmp_path: Path) -> None:
    unbuilt = {"responses": {**_GET["responses"], "501": {"description": "Not built."}}}
    (told,) = _told(tmp_path, "/v1/things", unbuilt)
    assert told["checks"]["not_a_server_error"]["expected-statuses"][-1] == "501"
    assert told["checks"]["positive_data_acceptance"]["expected-statuses"][-1] == "501"
    assert _told(tmp_path, "/v1/things", unbuilt, ("see",)) == []


def test_whatever_a_contract_calls_its_cursor_may_be_refused(tmp_path: Path) -> None:
    for name in ("cursor", "pageToken", "marker"):
        (told,) = _told(tmp_path, "/v1/things", {"parameters": [{**_ID, "name": name, "in": "query"}]})
        assert told["checks"]["positive_data_acceptance"]["expected-statuses"][-1] == "422"


def test_configuration_is_toml_with_all_checks_on_and_one_seed() -> None:
    told = tomllib.loads(configuration(contract("account")))
    assert told["generation"]["deterministic"] is True
    assert "checks" not in told
    change = next(one for one in told["operations"] if one["include-operation-id"] == ["changeCreditLimit"])
    assert "412" in change["checks"]["positive_data_acceptance"]["expected-statuses"]
    assert change["checks"]["missing_required_header"]["expected-statuses"] == ["401", "428"]
