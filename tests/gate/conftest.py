from pathlib import Path

import pytest

from tests.gate.notices import CONTRACT
from tests.gate.world import Project, project


@pytest.fixture
def notices(tmp_path: Path) -> Project:
    """A clean contract of one small service, never released."""
    return project(tmp_path / "project", "notice", CONTRACT)
