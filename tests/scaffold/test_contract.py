"""Contracts that are brought: in how many files, and with which references, they were written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tandem.kit.contract import ContractError, load_contract
from tandem.local.trouble import Refused
from tandem.scaffold.contract import adopt_contract, bring_contract, is_foreign, write_first_contract
from tests.scaffold.checkout import checkout_in


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    return checkout_in(tmp_path) / "contracts"


MONEY = {"$ref": "../contracts/common/schemas.yaml#/components/schemas/Money"}


def _pets(schema: Mapping[str, object]) -> dict[str, object]:
    answer = {"200": {"description": "All.", "content": {"application/json": {"schema": schema}}}}
    paths = {"/pets": {"get": {"operationId": "listPets", "responses": answer}}}
    return {"openapi": "3.1.0", "info": {"title": "Pets", "version": "1"}, "paths": paths}


@pytest.mark.parametrize("name", ["pets.yaml", "pets.json"])
def test_references_to_the_common_shapes_lead_there_from_the_new_place(name: str, contracts: Path) -> None:
    ideas = contracts.parent / "ideas"
    ideas.mkdir()
    (ideas / name).write_text(json.dumps(_pets(MONEY), indent=1))
    assert not is_foreign(ideas / name, contracts)
    bring_contract(ideas / name, contracts, contracts / "pet" / "openapi.yaml")
    assert "Money" in load_contract(contracts / "pet" / "openapi.yaml").document["components"]["schemas"]
    assert ("../common/schemas.yaml" in (contracts / "pet" / "openapi.yaml").read_text()) == name.endswith(".yaml")


def test_contract_in_several_files_becomes_one(contracts: Path) -> None:
    (contracts.parent / "pet.yaml").write_text("type: object\n")
    (contracts.parent / "pets.yaml").write_text(yaml.safe_dump(_pets({"$ref": "pet.yaml"})))
    assert is_foreign(contracts.parent / "pets.yaml", contracts)
    adopt_contract(contracts.parent / "pets.yaml", contracts / "pet" / "openapi.yaml", ())
    text = (contracts / "pet" / "openapi.yaml").read_text()
    assert text.startswith("# Taken from pets.yaml by `tandem new service`")
    assert "pet.yaml" not in text


def test_reference_that_leads_nowhere_is_named(contracts: Path) -> None:
    (contracts.parent / "pets.yaml").write_text(yaml.safe_dump(_pets({"$ref": "gone.yaml"})))
    with pytest.raises(ContractError, match=r"pets\.yaml:\d+: \$ref 'gone\.yaml' leads to 'gone\.yaml'"):
        adopt_contract(contracts.parent / "pets.yaml", contracts / "pet" / "openapi.yaml", ())


@pytest.mark.parametrize(
    ("text", "said"), [("- a\n", "its top level must be an object"), ("openapi: 3.1.0\npaths: {}\n", "no operations")]
)
def test_what_is_no_contract_is_refused(text: str, said: str, contracts: Path) -> None:
    (contracts.parent / "pets.yaml").write_text(text)
    with pytest.raises(ContractError, match=said):
        is_foreign(contracts.parent / "pets.yaml", contracts)


def test_operation_that_never_succeeds_is_refused(contracts: Path) -> None:
    document = _pets({})
    document["paths"] = {"/pets": {"get": {"responses": {"404": {"description": "None."}}}}}
    (contracts.parent / "pets.yaml").write_text(yaml.safe_dump(document))
    with pytest.raises(ContractError, match=r"pets\.yaml:\d+: GET /pets says of no answer that it is a success"):
        adopt_contract(contracts.parent / "pets.yaml", contracts / "pet" / "openapi.yaml", ())


def test_operations_without_a_name_get_one_each(contracts: Path) -> None:
    document = _pets({})
    answer = {"default": {"description": "Anything."}}
    item = {"responses": answer}
    document["paths"] = {"/pets": {"get": item, "post": item}, "/Pets": {"get": item}}
    (contracts.parent / "pets.yaml").write_text(yaml.safe_dump(document))
    adopt_contract(contracts.parent / "pets.yaml", contracts / "pet" / "openapi.yaml", ())
    found = load_contract(contracts / "pet" / "openapi.yaml").operations
    assert {one.id for one in found} == {"getPets", "postPets", "petGetPets"}
    assert {one.success.status for one in found} == {200}


@pytest.mark.parametrize("name", ["loan", "loans", "box", "billing", "branch", "status"])
def test_first_contract_can_be_written_for_any_name(name: str, contracts: Path) -> None:
    path = write_first_contract(name, name.capitalize(), contracts, contracts.parent)
    assert len(load_contract(path).operations) == 5


def test_name_that_no_thing_can_have_asks_for_a_contract(contracts: Path) -> None:
    with pytest.raises(Refused, match=r"No contract can be drafted for visit2 \(.*\)\. Bring one: --contract FILE"):
        write_first_contract("visit2", "Visits", contracts, contracts.parent)


def test_name_whose_thing_cannot_be_named_is_refused(contracts: Path) -> None:
    with pytest.raises(Refused, match="order, the thing of the service orders, is a word of Python or SQL"):
        write_first_contract("orders", "Orders", contracts, contracts.parent)
