import shutil
from pathlib import Path

import pytest

from tandem.spec.check import stale_files
from tandem.spec.generate import generated_files
from tandem.spec.manifest import load_manifest
from tests.architecture.project import ROOT, SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_models_and_peers_are_what_the_contracts_give(service: str) -> None:
    manifest = load_manifest(ROOT / "contracts")
    stale = stale_files(generated_files(manifest, manifest.services[service], ROOT / "services"))
    assert stale == [], "run `make generate` and commit what it writes"


def test_a_changed_contract_makes_its_files_stale(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts")
    contract = tmp_path / "contracts" / "account" / "openapi.yaml"
    contract.write_text(contract.read_text().replace("    NewAccount:\n", "    NewAccount:\n      x-planted: 1\n", 1))
    common = tmp_path / "contracts" / "common" / "schemas.yaml"
    common.write_text(common.read_text().replace("enum: [SEK, EUR, NOK, DKK]", "enum: [SEK, EUR]"))
    manifest = load_manifest(tmp_path / "contracts")
    stale = stale_files(generated_files(manifest, manifest.services["account"], ROOT / "services"))
    assert [path.name for path in stale] == ["models.py"]


def test_an_edited_and_a_missing_file_are_stale(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text("edited")
    wanted = {tmp_path / "models.py": "generated", tmp_path / "peers.py": "generated"}
    assert stale_files(wanted) == [tmp_path / "models.py", tmp_path / "peers.py"]
