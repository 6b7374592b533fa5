from pathlib import Path

import pytest

from tandem.kit.contract import ContractError, read
from tandem.spec.manifest import Service, load_manifest
from tandem.spec.releases import CHECKSUMS, release, release_complaints, released

CONTRACTS = Path(__file__).parents[2] / "contracts"


@pytest.fixture
def card(contracts: Path) -> Service:
    """The card service before its first release."""
    for file in (contracts / "card" / "released").glob("*"):
        file.unlink()
    return load_manifest(contracts).services["card"]


def _changed(service: Service, *, version: str = "1.0.0") -> Service:
    path = service.contract_path
    text = path.read_text().replace("summary: List cards", "summary: List the cards").replace("1.0.0", version, 1)
    path.write_text(text)
    return load_manifest(path.parents[1]).services["card"]


@pytest.mark.parametrize("service", load_manifest(CONTRACTS).services.values(), ids=lambda service: str(service.name))
def test_no_released_contract_of_ours_was_edited(service: Service) -> None:
    assert list(release_complaints(service)) == []
    # Before 1.0.0 nobody was promised anything.
    assert released(service.contract_path) or service.contract.version.startswith("0.")


def test_a_release_says_exactly_what_the_contract_says(card: Service) -> None:
    path = release(card)
    assert path == card.contract_path.parent / "released" / "1.0.0.yaml"
    assert read(path).data == card.contract.document
    assert list(release_complaints(card)) == []


def test_releasing_the_same_again_changes_nothing(card: Service) -> None:
    before = release(card).read_bytes()
    assert release(card).read_bytes() == before


def test_another_contract_under_a_released_version_is_refused(card: Service) -> None:
    release(card)
    changed = _changed(card)
    with pytest.raises(ContractError, match="give the changed contract a new version"):
        release(changed)
    (said,) = release_complaints(changed)
    assert "openapi.yaml:4: 1.0.0 was released and said something else" in said


def test_a_new_version_stands_beside_the_old_one(card: Service) -> None:
    release(card)
    changed = _changed(card, version="1.1.0")
    assert release(changed).name == "1.1.0.yaml"
    assert list(release_complaints(changed)) == []
    assert sorted(path.name for path in (card.contract_path.parent / "released").iterdir()) == [
        "1.0.0.yaml",
        "1.1.0.yaml",
        CHECKSUMS,
    ]


def test_an_edited_a_lost_and_an_unlisted_release_are_found(card: Service) -> None:
    folder = release(card).parent
    (folder / "0.9.0.yaml").write_text("openapi: 3.1.0\n")
    with (folder / "1.0.0.yaml").open("a") as end:
        end.write("# a word more\n")
    said = list(release_complaints(card))
    assert ["0.9.0.yaml: is not listed" in said[0], "1.0.0.yaml: a released contract is never edited" in said[1]] == [
        True,
        True,
    ]
    (folder / "1.0.0.yaml").unlink()
    assert any("1.0.0.yaml: was released and is gone" in one for one in release_complaints(card))
