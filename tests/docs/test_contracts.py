"""The pages about contracts, pasted box by box; every command they name exists with the options they give it."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.architecture.project import ROOT
from tests.docs.boxes import BIN, boxes, paste, paste_all, unknown_options

PAGES = (ROOT / "docs/contracts.md", ROOT / "docs/product-managers.md")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the pages need of the project, on its main branch."""
    for name in (".ci", "contracts", "docs/examples"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / ".gitignore").write_text("build/\n.venv\n")
    (tmp_path / ".venv").symlink_to(BIN.parent)
    paste(tmp_path, "git init --quiet --initial-branch main\ngit add --all\ngit commit --quiet --message Contracts\n")
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_box_does_what_the_page_says(page: Path, checkout: Path) -> None:
    paste_all(page, checkout)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_in_a_sentence_exists_with_its_options(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = re.findall(r"`tandem ([^`\n]+)`", page.read_text(encoding="utf-8"))
    assert commands
    for words in map(shlex.split, commands):
        assert unknown_options(words, capsys) == [], words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_has_only_boxes_that_are_run_and_links_that_lead_somewhere(page: Path) -> None:
    assert {language for language, _ in boxes(page)} == {"sh", "text"}
    text = page.read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(boxes(page))
    assert len(text.splitlines()) <= 150
    targets = [one for one in re.findall(r"\]\(([^)#]+)", text) if not one.startswith("http")]
    assert [one for one in targets if not (page.parent / one).exists()] == []
