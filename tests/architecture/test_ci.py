"""A laptop and CI run the same commands by the same names."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.project import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def _script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def _steps(workflow: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def _run(script: Path, path: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": path}
    return subprocess.run([script], env=environment, capture_output=True, text=True, check=False)


def test_every_target_is_documented_and_in_the_help() -> None:
    targets = re.findall(r"^([a-z-]+):(?!=)", MAKEFILE, re.MULTILINE)
    documented = re.findall(r"^([a-z-]+):.*## \S", MAKEFILE, re.MULTILINE)
    phony = next(line for line in MAKEFILE.splitlines() if line.startswith(".PHONY:")).split()[1:]
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert documented == targets == re.findall(r"^  make (\S+)", shown, re.MULTILINE)
    assert sorted(phony) == sorted(targets)


def test_ci_run_takes_the_steps_of_the_workflow() -> None:
    local = re.findall(r'^step "([^"]+)" (.+)$', (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    remote = [
        (step["name"], step["run"]) for step in _steps(ROOT / ".github" / "workflows" / "ci.yml") if "run" in step
    ]
    assert local == remote
    assert all(re.fullmatch(r"make [a-z-]+", command) for _, command in local)


@pytest.mark.parametrize(("failing", "code"), [("none", 0), ("check", 1), ("test", 1)])
def test_ci_run_fails_when_a_step_fails(tmp_path: Path, failing: str, code: int) -> None:
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    _script(tmp_path / "bin" / "make", f'echo "made $1"; [ "$1" != {failing} ]')
    done = _run(tmp_path / ".ci" / "run", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert done.returncode == code
    assert re.findall("made (.+)", done.stdout) == ["environment", "check", "test"]


def test_check_goes_on_after_a_failure_and_prints_what_was_said(tmp_path: Path) -> None:
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    for tool in ("ruff", "lint-imports", "tandem", "python", "zizmor", "node", "detect-secrets-hook"):
        _script(tmp_path / ".venv" / "bin" / tool, "echo quiet")
    _script(tmp_path / ".venv" / "bin" / "git", "printf 'README.md\\0requirements/dev.txt\\0'")
    _script(tmp_path / ".venv" / "bin" / "mypy", "echo 'line 3: wrong'; exit 1")
    done = _run(tmp_path / ".ci" / "check", os.environ["PATH"])
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[lines.index("FAILED  types") + 1] == "line 3: wrong"
    assert lines[-1] == "ok      secrets"
    assert "quiet" not in done.stdout


def test_a_planted_secret_is_found(tmp_path: Path) -> None:
    planted = tmp_path / "settings.py"
    planted.write_text("AWS_KEY = 'AKIA" + "IOSFODNN7EXAMPLF'\n")
    hook = Path(sys.executable).with_name("detect-secrets-hook")
    done = subprocess.run([hook, "--no-verify", planted], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "AWS Access Key" in done.stdout
