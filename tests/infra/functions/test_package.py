from __future__ import annotations

from pathlib import Path

import pytest

from infra.functions.package import archive
from tests.infra.recorder import recorded


def test_archive_holds_the_function_and_what_it_imports() -> None:
    assets = archive("database_login", ("pg8000", "six")).assets
    assert set(assets) == {"database_login.py", "pg8000", "six.py"}
    assert all(Path(str(asset.path)).exists() for asset in assets.values())  # type: ignore[union-attr]


def test_package_that_is_not_installed_is_told() -> None:
    with pytest.raises(ModuleNotFoundError, match="nowhere is not installed here: run `make infra`"):
        archive("database_login", ("nowhere",))


def test_handlers_are_in_their_archives() -> None:
    functions = [
        function
        for part in ("data", "service")
        for function in recorded(part, "dev").of("aws:lambda/function:Function")
    ]
    assert {function.inputs["handler"] for function in functions} == {
        "database_login.handler",
        "rollout_step.handler",
    }
