"""The pages about contracts, pasted box by box; every command they name exists with the options they give it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tandem.cli.main import run
from tests.architecture.project import ROOT

PAGES = (ROOT / "docs/contracts.md", ROOT / "docs/product-managers.md")
BIN = Path(sys.executable).parent


def _boxes(page: Path) -> list[tuple[str, str]]:
    """Language and text of each, also of those within a list."""
    found = re.findall(r"^( *)```(\w+)\n(.*?)^\1```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [(language, re.sub(f"^{indent}", "", text, flags=re.MULTILINE)) for indent, language, text in found]


def _paste(folder: Path, box: str) -> str:
    person = {f"GIT_{role}_{part}": "you@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    own = {**os.environ, **person, "PATH": f"{BIN}:{os.environ['PATH']}"}
    command = ["bash", "-euo", "pipefail", "-c", box]
    done = subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{box}{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the pages need of the project, on its main branch."""
    for name in (".ci", "contracts", "docs/examples"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / ".gitignore").write_text("build/\n.venv\n")
    (tmp_path / ".venv").symlink_to(BIN.parent)
    _paste(tmp_path, "git init --quiet --initial-branch main\ngit add --all\ngit commit --quiet --message Contracts\n")
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_box_does_what_the_page_says(page: Path, checkout: Path) -> None:
    said = ""
    for language, text in _boxes(page):
        if language == "sh":
            said = _paste(checkout, text)
        else:
            assert [line for line in text.splitlines() if line not in said] == [], said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_in_a_sentence_exists_with_its_options(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = re.findall(r"`(tandem [^`\n]+)`", page.read_text(encoding="utf-8"))
    assert commands
    for words in map(shlex.split, commands):
        names = words[1:3] if words[1] == "contract" else words[1:2]
        assert run([*names, "--help"]) == 0, words
        shown = capsys.readouterr().out
        assert [one for one in words if one.startswith("--") and one not in shown] == [], words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_has_only_boxes_that_are_run_and_links_that_lead_somewhere(page: Path) -> None:
    assert {language for language, _ in _boxes(page)} == {"sh", "text"}
    text = page.read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(_boxes(page))
    assert len(text.splitlines()) <= 150
    targets = [one for one in re.findall(r"\]\(([^)#]+)", text) if not one.startswith("http")]
    assert [one for one in targets if not (page.parent / one).exists()] == []
