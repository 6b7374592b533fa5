import shutil
from pathlib import Path

import pytest

CONTRACTS = Path(__file__).parents[2] / "contracts"


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A copy of the project's contracts to spoil."""
    return Path(shutil.copytree(CONTRACTS, tmp_path / "contracts"))
