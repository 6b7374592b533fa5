"""The runs over the services can fail: each kind of defect is found where it is, and nowhere else."""

import shutil
from pathlib import Path

from tandem.gate.service.serving import served
from tandem.local.issuer import LocalIssuer
from tandem.mock.documents import ContractsFolder
from tests.mock.desk import CONTRACTS
from tests.schemathesis_run.mocked import check_mock
from tests.schemathesis_run.run import AS_CUSTOMER, run
from tests.schemathesis_run.shop import DEFECTS, TOKENS, shop

KEY = "{$ref: '../common/parameters.yaml#/components/parameters/IdempotencyKey'}"


def test_every_defect_is_found_where_it_is(tmp_path: Path) -> None:
    with served(shop()) as url:
        verdict = run(url, TOKENS, tmp_path, "--max-examples=5", "--warnings=off")
    assert not verdict.passed
    assert verdict.findings() >= DEFECTS, verdict.said
    assert {name for name, _ in verdict.findings()} == {name for name, _ in DEFECTS}, verdict.said


def test_an_object_that_the_neighbour_can_read_is_found(tmp_path: Path) -> None:
    with served(shop()) as url:
        verdict = run(url, TOKENS, tmp_path, *AS_CUSTOMER, "--include-path-regex=notes")
    assert verdict.findings() == {("GET /v1/notes/{note_id}", "ST402")}, verdict.said


def test_a_mock_that_answers_what_the_contract_forbids_is_found(issuer: LocalIssuer, tmp_path: Path) -> None:
    """Its contract says otherwise than the one it is held against: a card number of two digits, and no key needed."""
    contracts = Path(shutil.copytree(CONTRACTS, tmp_path / "contracts"))
    card = contracts / "card" / "openapi.yaml"
    text = card.read_text("utf-8").replace("last_four: '4821'", "last_four: '48'")
    card.write_text(text.replace(KEY, "{name: Idempotency-Key, in: header, schema: {type: string}}"), "utf-8")
    only = ("--max-examples=3", "--include-operation-id=getCard", "--include-operation-id=issueCard")
    verdict = check_mock("card", issuer, tmp_path, *only, source=ContractsFolder(contracts))
    assert verdict.findings() >= {("GET /v1/cards/{card_id}", "ST108"), ("POST /v1/cards", "ST203")}, verdict.said
