import re
from pathlib import PurePath

import pytest

from tests.architecture.project import ROOT, tracked_files

REGISTRIES = r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|index-url[ =]+https?:|registry *= *https?:"
HOMES = r"(?<![\w.$}])/(home|Users|root)/[\w.-]+/"
# Where this checkout happens to stand, if that is a place only this machine has.
HERE = "" if len(ROOT.parts) < 3 else f"|{re.escape(str(ROOT.parent))}/"
FOREIGN = re.compile(f"{REGISTRIES}|{HOMES}{HERE}")
GENERATED_STATE = {".venv", ".tandem", "node_modules", "__pycache__", ".coverage", ".env"}


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine() -> None:
    found = [
        f"{path}:{number}: {match[0]}"
        for path in tracked_files()
        if path != PurePath("tests/architecture/test_tracked_files.py")
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if (match := FOREIGN.search(line))
    ]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    ["index-url = https://mirror.local/simple", "see https://registry.npmjs.org/x", "log=/home/anna/x/y", f"{ROOT}/x"],
)
def test_a_planted_host_or_path_is_found(line: str) -> None:
    assert FOREIGN.search(line)


@pytest.mark.parametrize("line", ["--no-emit-index-url --universal", "GET /v1/users/me/", "https://www.rfc-editor.org"])
def test_other_text_is_left_alone(line: str) -> None:
    assert not FOREIGN.search(line)


def test_nothing_that_a_machine_makes_for_itself_is_tracked() -> None:
    assert [str(path) for path in tracked_files() if GENERATED_STATE.intersection(path.parts)] == []
