"""The run over the mock can fail. That the runs over the services can, tests/gate/faults shows."""

import shutil
from pathlib import Path

from tandem.local.issuer import LocalIssuer
from tandem.mock.documents import ContractsFolder
from tests.mock.desk import CONTRACTS
from tests.schemathesis_run.mocked import check_mock

KEY = "{$ref: '../common/parameters.yaml#/components/parameters/IdempotencyKey'}"


def test_a_mock_that_answers_what_the_contract_forbids_is_found(issuer: LocalIssuer, tmp_path: Path) -> None:
    """Its contract says otherwise than the one it is held against: a card number of two digits, and no key needed."""
    contracts = Path(shutil.copytree(CONTRACTS, tmp_path / "contracts"))
    card = contracts / "card" / "openapi.yaml"
    text = card.read_text("utf-8").replace("last_four: '4821'", "last_four: '48'")
    card.write_text(text.replace(KEY, "{name: Idempotency-Key, in: header, schema: {type: string}}"), "utf-8")
    only = ("--max-examples=3", "--include-operation-id=getCard", "--include-operation-id=issueCard")
    verdict = check_mock("card", issuer, tmp_path, *only, source=ContractsFolder(contracts))
    assert verdict.findings() >= {("GET /v1/cards/{card_id}", "ST108"), ("POST /v1/cards", "ST203")}, verdict.said
