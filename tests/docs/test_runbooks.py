"""Runbooks name commands that exist."""

from __future__ import annotations

import re

from tests.architecture.project import ROOT

PAGE = (ROOT / "docs/runbooks/another-region.md").read_text("utf-8")


def test_command_that_stands_a_stage_up_has_the_options_of_the_runbook() -> None:
    offered = (ROOT / "infra/__main__.py").read_text("utf-8")
    used = [line for line in PAGE.splitlines() if "python -m infra" in line]
    options = {option for line in used for option in re.findall(r"--[a-z-]+", line)}
    assert len(used) == 2
    assert [option for option in options if f'"{option}"' not in offered] == []


def test_settings_of_the_runbook_exist() -> None:
    settings = "".join(path.read_text("utf-8") for path in (ROOT / "infra").glob("*.py"))
    named = set(re.findall(r"`tandem:(\w+)`", PAGE))
    assert {"domain", "restore_from"} <= named
    assert [name for name in named if f'"{name}"' not in settings] == []
