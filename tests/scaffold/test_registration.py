from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tandem.kit.contract import Contract, load_contract
from tandem.scaffold.registration import Entry, journey, with_entry
from tandem.spec.manifest import load_manifest
from tests.draft.desk import LOAN, Desk
from tests.product import manifest_of_the_product, without

MANIFEST = manifest_of_the_product()
ENTRY = Entry("loan", "team-loans", "The mobile app: everybody # really")


@pytest.fixture(scope="module")
def loans(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    desk = Desk(tmp_path_factory.mktemp("loans"))
    desk.draft(LOAN)
    return load_contract(desk.out / "openapi.yaml")


def test_manifest_gets_its_lines_and_keeps_all_others() -> None:
    text = with_entry(MANIFEST, ENTRY)
    assert text.startswith(MANIFEST)
    assert list(yaml.safe_load(text)["services"])[-1] == "loan"
    assert yaml.safe_load(text)["services"]["loan"]["audience"] == "The mobile app: everybody # really"


def test_tests_of_the_product_see_no_further_service() -> None:
    assert without(with_entry(MANIFEST, ENTRY), ["loan"]) == MANIFEST


def test_what_follows_the_services_still_follows_them() -> None:
    before = "services:\n  card:\n    owner: a\n\n# Another matter.\nother: 1\n"
    text = with_entry(before, ENTRY)
    assert text.startswith("services:\n  card:\n    owner: a\n  loan:\n")
    assert text.endswith("    consumes: {}\n\n# Another matter.\nother: 1\n")


def test_manifest_with_the_entry_can_be_read(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.draft(LOAN)
    desk.out.rename(tmp_path / "loan")
    (tmp_path / "manifest.yaml").write_text(with_entry("services:\n", ENTRY))
    service = load_manifest(tmp_path).services["loan"]
    assert (service.owner, service.database, service.consumes) == ("team-loans", "loan", {})


def test_journey_creates_lists_and_sees(loans: Contract) -> None:
    walked = yaml.safe_load(journey("loan", loans) or "")
    assert [step["operation"] for step in walked["steps"]] == ["applyForLoan", "listLoans", "getLoan"]
    assert walked["steps"][0]["take"] == {"loan_id": "/id"}
    assert walked["steps"][0]["body"]["amount"] == {"amount": "1200.00", "currency": "SEK"}
    assert walked["as"] == "support"


def test_what_is_not_built_is_not_walked(loans: Contract) -> None:
    walked = yaml.safe_load(journey("loan", loans, {"getLoan"}) or "")
    assert [step["operation"] for step in walked["steps"]] == ["listLoans"]
    assert journey("loan", loans, {"applyForLoan", "listLoans"}) is None


def _contract(tmp_path: Path, paths: dict[str, Any]) -> Contract:
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths, "components": {}}
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(document))
    return load_contract(tmp_path / "openapi.yaml")


def test_journey_without_an_example_to_send_only_lists(tmp_path: Path) -> None:
    answer = {"responses": {"200": {"description": "All."}}}
    made = {"operationId": "addPet", "responses": {"201": {"description": "Made."}}}
    contract = _contract(tmp_path, {"/pets": {"get": {"operationId": "listPets", **answer}, "post": made}})
    assert [step["operation"] for step in yaml.safe_load(journey("pet", contract) or "")["steps"]] == ["listPets"]


def test_nothing_to_ask_without_knowing_more_is_no_journey(tmp_path: Path) -> None:
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    one = {"operationId": "getPet", "parameters": [parameter], "responses": {"200": {"description": "One."}}}
    assert journey("pet", _contract(tmp_path, {"/pets/{id}": {"get": one}})) is None
