"""A service that no story tells of begins with what its own contract shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tandem.kit.contract import Contract, load_contract
from tandem.local.seed.examples import completed, example_rows
from tests.architecture.project import ROOT
from tests.draft.desk import LOAN, Desk

SEED = "INSERT INTO loans SELECT id FROM jsonb_to_recordset($1::jsonb -> 'loans') AS t (id text)"


@pytest.fixture(scope="module")
def loans(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    desk = Desk(tmp_path_factory.mktemp("loans"))
    desk.draft(LOAN)
    return load_contract(desk.out / "openapi.yaml")


def test_each_thing_of_the_lists_is_a_row_once(loans: Contract) -> None:
    rows = example_rows(loans)
    assert list(rows) == ["loans"]
    assert [one["id"][-4:] for one in rows["loans"]] == ["h001", "n001"]


def test_what_the_world_does_not_tell_is_taken_from_the_examples(loans: Contract) -> None:
    world = completed({"cards": [{"id": "crd_1"}]}, SEED, lambda: loans)
    assert world["cards"] == [{"id": "crd_1"}]
    assert world["loans"] == example_rows(loans)["loans"]


def test_what_the_world_tells_stays_and_the_contract_is_not_read() -> None:
    def unread() -> Contract:
        raise AssertionError

    world = {"loans": [{"id": "loa_1"}]}
    assert completed(world, SEED, unread) == world


def test_lists_of_our_own_contracts_have_their_names() -> None:
    contract = load_contract(Path(ROOT / "contracts" / "customer" / "openapi.yaml"))
    assert {"customers", "contact_persons", "contact_requests"} <= example_rows(contract).keys()
