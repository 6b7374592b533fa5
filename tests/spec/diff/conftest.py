from pathlib import Path

import pytest

from tests.spec.diff.asking import Ask


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    return Ask(tmp_path)
