"""The page for backend developers, pasted box by box; every command it names exists with the options it gives it."""

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
from tests.scaffold.checkout import checkout_in

PAGE = ROOT / "docs" / "backend.md"
TEXT = PAGE.read_text("utf-8")
BOXES = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
BIN = Path(sys.executable).parent


def _paste(folder: Path, box: str) -> str:
    person = {f"GIT_{role}_{part}": "you@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    own = {**os.environ, **person, "PATH": f"{BIN}:{os.environ['PATH']}"}
    command = ["bash", "-euo", "pipefail", "-c", box]
    done = subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{box}{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    checkout_in(tmp_path)
    shutil.copytree(ROOT / "docs" / "examples", tmp_path / "docs" / "examples")
    (tmp_path / ".gitignore").write_text("drafts/\n.tandem/\n")
    _paste(tmp_path, "git init --quiet --initial-branch main\ngit add --all\ngit commit --quiet --message Checkout\n")
    return tmp_path


def test_every_box_does_what_the_page_says(checkout: Path) -> None:
    said = ""
    for language, text in BOXES:
        if language == "sh":
            said = _paste(checkout, text)
        else:
            assert [line for line in text.splitlines() if line not in said] == [], said
    assert "async def remove_loan(" in (checkout / "services/loan/handlers.py").read_text()


def test_every_command_in_a_sentence_exists_with_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    commands = [shlex.split(one) for one in re.findall(r"`tandem ([^`\n]+)`", TEXT)]
    assert commands
    for words in commands:
        names = words[:2] if words[0] in {"new", "add", "template", "contract"} else words[:1]
        assert run([*names, "--help"]) == 0, words
        shown = capsys.readouterr().out
        assert [one for one in words if one.startswith("--") and one not in shown] == [], words


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
    assert {language for language, _ in BOXES} == {"sh", "text"}
    targets = [one for one in re.findall(r"\]\(([^)#]+)", TEXT) if not one.startswith("http")]
    assert [one for one in targets if not (PAGE.parent / one).exists()] == []
