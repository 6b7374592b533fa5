"""Something dangerous in the code, the packages, the images or the pipeline does not pass the safety stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tandem.gate.safety.scanners import SCANNERS
from tandem.gate.safety.stage import SafetyStage
from tandem.gate.verdict import Verdict
from tests.gate.faults.catalogue import assert_caught, entries
from tests.gate.safety.places import write
from tests.gate.world import Project, judged_by, told

# It asks the network, and is tried on answers that were written down.
OFFLINE = SafetyStage([scanner for scanner in SCANNERS if scanner.name != "pip-audit"])


@pytest.fixture
def clean(notices: Project) -> Project:
    write(notices, "services/notice/handlers.py", "def greet(name: str) -> str:\n    return f'Hello {name}'\n")
    write(notices, "pyproject.toml", '[tool.tandem.licences]\nallowed = ["Apache-2.0", "MIT"]\n')
    write(notices, "requirements/service.txt", "asyncpg==0.32.0 \\\n    --hash=sha256:00\n")
    write(notices, "services/notice/Dockerfile", 'FROM debian:12.1\nCMD ["true"]\n')
    write(notices, ".github/workflows/ci.yml", "on: push\npermissions: {}\njobs: {}\n")
    return notices


def test_clean_project_passes_every_scanner_that_could_look(clean: Project) -> None:
    result = judged_by(clean.subject(), OFFLINE)
    assert result.verdict is Verdict.PASSED, told(result)
    assert {check.name: check.verdict for check in result.checks if check.verdict is not Verdict.PASSED} == {
        "checkov": Verdict.DID_NOT_LOOK
    }


@pytest.mark.parametrize("fault", entries("safety.yaml"))
def test_danger_is_caught(fault: Mapping[str, Any], clean: Project) -> None:
    write(clean, fault["file"], fault["text"].replace("~", ""))
    assert_caught(judged_by(clean.subject(), OFFLINE), *fault["says"])
