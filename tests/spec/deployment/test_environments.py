from pathlib import Path

import pytest

from tandem.kit.contract import ContractError
from tandem.spec.deployment.environments import FILE, read_environments
from tandem.spec.manifest import load_manifest


def test_our_own_environments_run_what_was_released() -> None:
    contracts = Path(__file__).parents[3] / "contracts"
    found = read_environments(load_manifest(contracts))
    assert list(found) == ["local", "uat", "production"]
    assert all(path for deployed in found.values() for versions in deployed.values() for path in versions.values())


def test_this_machine_runs_what_stands_in_the_tree(contracts: Path) -> None:
    (contracts / FILE).unlink()
    found = read_environments(load_manifest(contracts))
    assert list(found) == ["local"]
    assert found["local"]["card"] == {"1.0.0": contracts / "card/openapi.yaml"}


def test_two_versions_may_run_at_once_and_an_unknown_one_has_no_contract(contracts: Path) -> None:
    (contracts / FILE).write_text("environments:\n  uat: {card: [1.0.0, 1.1.0]}\n  empty:\n")
    found = read_environments(load_manifest(contracts))
    assert found["uat"] == {"card": {"1.0.0": contracts / "card/released/1.0.0.yaml", "1.1.0": None}}
    assert found["empty"] == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", ":1: must be `environments:`"),
        ("environments: []", ":1: must be `environments:`"),
        ("environments:\n  local: {}", ":2: `local` is this machine"),
        ("environments:\n  uat: [card]", ":2: must say a version for each service"),
        ("environments:\n  uat:\n    nobody: 1.0.0", ":3: nobody is none of: customer, account"),
        ("environments:\n  uat:\n    card: 1", ":3: card needs a version such as 1.2.0"),
        ("environments:\n  uat:\n    card: []", ":3: card needs a version such as 1.2.0"),
    ],
)
def test_what_says_no_environment_is_named_with_its_line(contracts: Path, text: str, said: str) -> None:
    (contracts / FILE).write_text(text)
    with pytest.raises(ContractError) as caught:
        read_environments(load_manifest(contracts))
    assert str(caught.value).startswith(f"{contracts / FILE}{said}")
