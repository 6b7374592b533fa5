"""The page for backend developers, pasted box by box; every command it names exists with the options it gives it."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tandem.cli.main import run
from tests.architecture.project import ROOT
from tests.docs.boxes import boxes, paste, paste_all, unknown_options
from tests.scaffold.checkout import checkout_in

PAGE = ROOT / "docs" / "backend.md"
TEXT = PAGE.read_text("utf-8")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    checkout_in(tmp_path)
    shutil.copytree(ROOT / "docs" / "examples", tmp_path / "docs" / "examples")
    shutil.copy(ROOT / ".gitignore", tmp_path)
    paste(tmp_path, "git init --quiet --initial-branch main\ngit add --all\ngit commit --quiet --message Checkout\n")
    return tmp_path


def test_every_box_does_what_the_page_says(checkout: Path) -> None:
    paste_all(PAGE, checkout)
    assert "async def remove_loan(" in (checkout / "services/loan/handlers.py").read_text()


def test_every_command_in_a_sentence_exists_with_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    commands = [shlex.split(one) for one in re.findall(r"`tandem ([^`\n]+)`", TEXT)]
    assert commands
    for words in commands:
        assert unknown_options(words, capsys) == [], words


def test_options_that_are_named_alone_are_those_of_a_new_service(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "service", "--help"]) == 0
    shown = capsys.readouterr().out
    named = re.findall(r"`(--[a-z-]+)[ `]", TEXT)
    assert set(named) >= {"--contract", "--yes", "--dry-run", "--answers", "--json"}
    assert [one for one in named if one not in shown] == []


def test_targets_of_make_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"`make (\w+)", TEXT))
    assert targets == {"up", "test", "check"}
    assert [one for one in targets if f"\n{one}: " not in makefile] == []


def test_page_is_one_page_and_its_links_lead_somewhere() -> None:
    assert len(TEXT.splitlines()) <= 120
    assert {language for language, _ in boxes(PAGE)} == {"sh", "text"}
    targets = [one for one in re.findall(r"\]\(([^)#]+)", TEXT) if not one.startswith("http")]
    assert [one for one in targets if not (PAGE.parent / one).exists()] == []
