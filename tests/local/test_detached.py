"""The background process tells whoever waits for it, whatever happens."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tandem.local import detached
from tandem.local.detached import start_detached
from tandem.local.state import Home
from tandem.local.trouble import Refused, Trouble

REPOSITORY = Path(__file__).parents[2]


def announced(monkeypatch: pytest.MonkeyPatch, outcome: Exception | None) -> tuple[int, dict[str, Any]]:
    """The exit code of the background process, and what it said to the one that waits."""

    def run(home: Home, announce: Any) -> None:
        if outcome is not None:
            raise outcome
        announce({"ready": True})

    reader, writer = os.pipe()
    monkeypatch.setattr(detached, "run", run)
    monkeypatch.setattr(sys, "argv", ["detached", str(writer)])
    code = detached.main()
    with os.fdopen(reader) as said:
        return code, json.loads(said.read())


def test_ready_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    assert announced(monkeypatch, None) == (0, {"ready": True})


@pytest.mark.parametrize(
    ("outcome", "code", "told"),
    [
        (Refused("Port 8080 is taken."), 1, "Port 8080 is taken."),
        (Trouble("Envoy broke."), 2, "Envoy broke."),
        (OSError(28, "full", "/disk"), 1, "The disk is full at /disk. Free some space and try again."),
        (ZeroDivisionError("by zero"), 2, "Tandem itself broke: ZeroDivisionError: by zero. See .tandem/logs."),
    ],
)
def test_failure_is_announced(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    outcome: Exception,
    code: int,
    told: str,
) -> None:
    assert announced(monkeypatch, outcome) == (code, {"failed": told, "exit_code": code})
    assert told in capsys.readouterr().err


def test_failure_after_it_was_ready_is_only_logged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(home: Home, announce: Any) -> None:
        announce({"ready": True})
        raise Trouble("The gateway would not stop.")

    reader, writer = os.pipe()
    monkeypatch.setattr(detached, "run", run)
    monkeypatch.setattr(sys, "argv", ["detached", str(writer)])
    assert detached.main() == 2
    os.close(reader)
    assert capsys.readouterr().err == "The gateway would not stop.\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state", REPOSITORY)


def test_trouble_of_the_background_process_is_raised(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_MOCK_PORT", "many")
    waited: list[bool] = []
    with pytest.raises(Refused, match="TANDEM_MOCK_PORT is 'many'"):
        start_detached(home, lambda: waited.append(True))


def test_background_process_that_says_nothing_is_trouble(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(Trouble, match=r"ended before it was ready\. Its last words are in .*supervisor\.log"):
        start_detached(home)


def test_interrupted_wait_stops_the_background_process(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = tmp_path / "python"
    patient.write_text('#!/bin/sh\ntrap "echo stopped >&2; exit" TERM\nwhile :; do sleep 0.05; done\n')
    patient.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(patient))

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start_detached(home, interrupt)
    assert (home.logs / "supervisor.log").read_text() == "stopped\n"
