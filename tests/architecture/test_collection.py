from pathlib import PurePath

import pytest

from tests.architecture.collection import uncollected
from tests.architecture.project import Module, modules


def test_every_test_of_the_project_is_collected() -> None:
    lost = [
        f"{module.path}:{line}: {why}"
        for module in modules()
        if module.within("tests")
        for line, why in uncollected(module)
    ]
    assert not lost, "\n" + "\n".join(lost)


def test_every_folder_with_tests_is_under_tests() -> None:
    """`testpaths` names one folder: a test elsewhere would never run."""
    astray = [str(m.path) for m in modules() if m.path.stem.startswith("test_") and not m.within("tests")]
    assert not astray


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("books.py", "def test_a(): ...", "not called test_*.py"),
        ("test_a.py", "class Cards:\n    def test_a(self): ...", "must begin with Test"),
        ("test_a.py", "class TestA:\n    def __init__(self): ...\n    def test_a(self): ...", "__init__"),
        ("test_a.py", "def check():\n    def test_a(): ...", "inside another function"),
        ("test_a.py", "def test_a(): ...\nasync def test_a(): ...", "hidden by line 2"),
    ],
)
def test_a_test_that_would_never_run_is_found(name: str, text: str, why: str) -> None:
    assert [why in said for _, said in uncollected(Module(PurePath("tests", name), text))] == [True]


def test_what_pytest_collects_is_left_alone() -> None:
    text = "class TestA:\n    async def test_a(self): ...\ndef test_b(): ...\n@pytest.fixture\ndef test_world(): ..."
    assert list(uncollected(Module(PurePath("tests/test_a.py"), text))) == []
