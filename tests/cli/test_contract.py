import json
import shutil
from pathlib import Path

import pytest

from tests.architecture.project import ROOT
from tests.command_line import CommandLine, command_line
from tests.product import PRODUCT, copy_contracts


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copy_contracts(tmp_path)
    shutil.copytree(ROOT / "services", tmp_path / "services", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.fixture
def tandem(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    monkeypatch.chdir(project)

    return command_line(capsys, "contract")


def _spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_check_has_a_line_per_contract(tandem: CommandLine) -> None:
    code, out, _ = tandem("check")
    assert code == 0
    assert out.splitlines() == [
        *(f"{service}: valid" for service in PRODUCT),
        "all together: valid",
    ]


def test_check_says_file_line_and_reason_and_fails(tandem: CommandLine, project: Path) -> None:
    _spoil(project / "contracts/card/openapi.yaml", "last_four: '4821'", "last_four: '48'")
    code, out, err = tandem("check", "card")
    assert code == 1
    assert "  contracts/card/openapi.yaml:" in out
    assert err == "Not as they should be: card.\n"
    code, out, _ = tandem("check", "card", "--json")
    assert (code, set(json.loads(out))) == (1, {"card", "all together"})


def test_a_fresh_file_is_not_written_again(tandem: CommandLine) -> None:
    assert tandem("generate", "card") == (0, "Every generated file is fresh.\n", "")
    assert json.loads(tandem("generate", "card", "--json")[1]) == {"written": []}


def test_a_stale_file_is_named_and_then_written(tandem: CommandLine, project: Path) -> None:
    models = project / "services/card/models.py"
    wanted = models.read_text()
    models.write_text("edited")
    code, out, err = tandem("generate", "--check")
    assert (code, out) == (1, "")
    assert err == "Stale: services/card/models.py. Run `tandem contract generate` and commit what it writes.\n"
    assert models.read_text() == "edited"
    assert tandem("generate", "card") == (0, "Wrote services/card/models.py.\n", "")
    assert models.read_text() == wanted


def test_owners_are_written_where_the_project_is_on_github(tandem: CommandLine, project: Path) -> None:
    (project / ".github").mkdir()
    assert tandem("generate", "card", "--check")[0] == 0
    assert tandem("generate", "--check")[2].startswith("Stale: .github/CODEOWNERS.")
    assert tandem("generate") == (0, "Wrote .github/CODEOWNERS.\n", "")
    assert "/contracts/card/ @tandem/team-card\n" in (project / ".github/CODEOWNERS").read_text()


def test_a_bundle_stands_alone(tandem: CommandLine, tmp_path: Path) -> None:
    code, out, _ = tandem("bundle", "card", "--json")
    document = json.loads(out)
    assert (code, document["info"]["title"]) == (0, "Cards")
    assert ".yaml#" not in out
    assert tandem("bundle", "--output", str(tmp_path / "all.yaml")) == (0, f"Wrote {tmp_path / 'all.yaml'}.\n", "")
    assert "/v1/invoices:" in (tmp_path / "all.yaml").read_text()


def test_a_misspelt_service_is_suggested(tandem: CommandLine) -> None:
    assert tandem("check", "invoise") == (1, "", "There is no service 'invoise'. Did you mean `invoice`?\n")
