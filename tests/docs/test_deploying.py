"""The page about deploying names commands and options that exist, and exit codes that are true."""

from __future__ import annotations

import re
import shlex

import pytest

from tandem.cli.main import run
from tandem.deploy.outcome import Ending
from tests.architecture.project import ROOT

TEXT = (ROOT / "docs" / "deploying.md").read_text("utf-8")
COMMANDS = [shlex.split(one) for one in re.findall(r"`tandem ((?:deploy|rollback) [^`\n]+)`", TEXT)]


@pytest.mark.parametrize("name", ["deploy", "rollback"])
def test_every_command_exists_with_its_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    shown = capsys.readouterr().out
    options = {word for words in COMMANDS if words[0] == name for word in words if word.startswith("--")}
    assert options
    assert [option for option in options if option not in shown] == []


def test_exit_codes_are_those_of_the_endings() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d) \|", TEXT, re.MULTILINE)}
    assert listed == {ending.exit_code for ending in Ending}


def test_page_says_that_it_was_not_tried_against_aws() -> None:
    assert "not against AWS itself" in TEXT
