"""Import-linter holds the layers of pyproject.toml; here it is seen to hold, and to refuse."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tandem.spec.manifest import load_manifest
from tests.architecture.project import ROOT, SERVICES

IMPORTS = {
    "tandem/kit/ids.py": ("import tandem.spec.manifest", "The platform's layers point one way"),
    "tandem/local/ports.py": ("import services.card.rules", "The platform knows no service"),
    "services/card/rules.py": ("import tandem.local.ports", "A service needs the kit and nothing else of ours"),
    "services/invoice/rules.py": ("import services.card.rules", "Services talk over HTTP, never by import"),
    "services/customer/rules.py": ("import services.customer.handlers", "Inside a service, imports point one way"),
}
NAMES = {
    "services/account/extra.py": ("", "Inside a service, imports point one way"),
    "tandem/extra/__init__.py": ("", "The platform's layers point one way"),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("tandem", "services"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    return subprocess.run([*command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_imports_point_the_way_that_was_agreed() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("planted", [IMPORTS, NAMES], ids=["imports", "names"])
def test_what_was_not_agreed_is_refused(copy: Path, planted: dict[str, tuple[str, str]]) -> None:
    for file, (line, _) in planted.items():
        (copy / file).parent.mkdir(exist_ok=True)
        with (copy / file).open("a") as end:
            end.write(f"\n{line}\n")
    done = _lint(copy)
    assert done.returncode == 1
    assert [rule for _, rule in planted.values() if f"{rule} BROKEN" not in done.stdout] == []


def test_every_service_is_seen() -> None:
    assert sorted(load_manifest(ROOT / "contracts").services) == SERVICES
