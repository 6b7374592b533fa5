from pathlib import Path

import pytest

from tandem.spec.check import bundle_complaints, service_complaints
from tandem.spec.manifest import load_manifest

CONTRACTS = Path(__file__).parents[2] / "contracts"
SERVICES = list(load_manifest(CONTRACTS).services)


def _spoil(contracts: Path, service: str, old: str, new: str) -> list[str]:
    path = contracts / service / "openapi.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return service_complaints(load_manifest(contracts).services[service])


@pytest.mark.parametrize("service", SERVICES)
def test_every_contract_is_valid_and_so_is_each_of_its_examples(service: str) -> None:
    assert service_complaints(load_manifest(CONTRACTS).services[service]) == []


def test_all_contracts_are_valid_as_one_document() -> None:
    assert bundle_complaints(load_manifest(CONTRACTS)) == []


def test_an_example_that_does_not_fit_is_named_with_its_line(contracts: Path) -> None:
    line = (contracts / "card" / "openapi.yaml").read_text().split("last_four: '4821'")[0].count("\n") + 1
    (said, *_) = _spoil(contracts, "card", "last_four: '4821'", "last_four: '48'")
    assert said.startswith(
        f'{contracts}/card/openapi.yaml:{line}: the example does not fit its schema: "48" does not match'
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("      summary: Issue a card", "      sumary: Issue a card", "`sumary` is nothing that OpenAPI knows here"),
        ("required: [id, account_id", "required: [id, id, account_id", "non-unique"),
        (
            "description: One page of cards",
            "descripton: One page of cards",
            "`description` is missing (at /paths/~1v1~1cards/get/responses/200)",
        ),
    ],
)
def test_what_is_not_openapi_is_said(contracts: Path, old: str, new: str, said: str) -> None:
    assert any(said in one for one in _spoil(contracts, "card", old, new))
