import shutil
from pathlib import Path

import pytest

from tests.architecture.project import ROOT
from tests.cli.contract_project import Project, project_in
from tests.product import copy_contracts


@pytest.fixture
def contracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    """Our contracts on the branch `main`, nothing changed since their release."""
    copy_contracts(tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    project = project_in(tmp_path, capsys)
    project.git("init", "--quiet", "--initial-branch", "main")
    project.commit()
    return project
