"""The boxes of a page, pasted as its reader would, and the commands that it names."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tandem.cli.main import run

BIN = Path(sys.executable).parent
_GROUPS = ("add", "contract", "new", "preview", "template")


def boxes(page: Path) -> list[tuple[str, str]]:
    """Language and text of each, also of those within a list."""
    found = re.findall(r"^( *)```(\w+)\n(.*?)^\1```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [(language, re.sub(f"^{indent}", "", text, flags=re.MULTILINE)) for indent, language, text in found]


def paste(folder: Path, box: str) -> str:
    """What it prints."""
    person = {f"GIT_{role}_{part}": "you@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    own = {**os.environ, **person, "PATH": f"{BIN}:{os.environ['PATH']}"}
    command = ["bash", "-euo", "pipefail", "-c", box]
    done = subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{box}{done.stdout}{done.stderr}"
    return done.stdout


def paste_all(page: Path, folder: Path) -> None:
    """One after the other; what stands in a box of text is what the box before it printed."""
    said = ""
    for language, text in boxes(page):
        if language == "sh":
            said = paste(folder, text)
        else:
            assert [line for line in text.splitlines() if line not in said] == [], said


def options(words: Sequence[str]) -> list[str]:
    return [word for word in words if word.startswith("--")]


def unknown_options(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Of the words after `tandem`. Fails where there is no such command."""
    names = words[:2] if words[0] in _GROUPS else words[:1]
    assert run([*names, "--help"]) == 0, words
    shown = re.findall(r"--[a-z-]+", capsys.readouterr().out)
    return [option for option in options(words) if option not in shown]
