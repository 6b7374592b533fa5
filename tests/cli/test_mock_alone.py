"""`tandem route` and `tandem drift` with a mock that runs without a gateway, of documents that others wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tandem.cli import main
from tandem.cli.drift import merged
from tandem.local.mocks import running_mocks
from tandem.local.postgres import free_port
from tandem.local.state import Home
from tests.command_line import CommandLine, command_line
from tests.local.programs import wait_until

PROJECT = Path(__file__).parents[2]
MUSEUM = PROJECT / "tests/documents/museum.yaml"


@dataclass(frozen=True)
class Alone:
    home: Home
    url: str

    def get(self, path: str) -> tuple[Any, str | None]:
        with urllib.request.urlopen(f"{self.url}{path}") as answer:  # noqa: S310
            return json.loads(answer.read()), answer.headers["tandem-drift"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    home = Home(tmp_path_factory.mktemp("alone") / "state", PROJECT)
    port = free_port()
    command = [sys.executable, "-m", "tandem.cli.main", "mock", str(MUSEUM), "--port", str(port), "--json"]
    environment = {**os.environ, "TANDEM_HOME": str(home.folder)}
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: bool(running_mocks(home)) or process.poll() is not None, seconds=30)
        yield Alone(home, f"http://127.0.0.1:{port}")
        process.terminate()
        process.wait(10)


@pytest.fixture
def run(alone: Alone, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    monkeypatch.setenv("TANDEM_HOME", str(alone.home.folder))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(PROJECT)

    run = command_line(capsys)
    run("route", "--reset")
    run("drift", "--clear")
    return run


@pytest.fixture
def backend() -> Iterator[str]:
    """Somebody's museum, with one thing wrong."""

    class Museum(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'[{"date": "2026-11-21", "timeOpen": 9, "timeClose": "18:00"}]'
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Museum) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


WRONG = "GET /museum-hours: `[0].timeOpen` was an integer, the contract says string"


def test_one_operation_goes_live_and_what_departs_is_a_sentence(run: CommandLine, alone: Alone, backend: str) -> None:
    code, said, _ = run("route", "museum.getMuseumHours", backend)
    assert code == main.DONE
    assert said == f"museum.getMuseumHours (1 operation) now goes to {backend}, by the mock at {alone.url}.\n"

    hours, header = alone.get("/museum-hours")
    assert (hours[0]["timeOpen"], header) == (9, WRONG)
    alone.get("/museum-hours")

    code, said, _ = run("drift")
    assert (code, said.splitlines()[1].split()[0]) == (main.DONE, "2")
    assert WRONG in said
    assert said.endswith("Seen in 2 live answers of 1 operation.\n")
    table = json.loads(run("drift", "--json", "--mock", alone.url)[1])
    assert [(row["sentence"], row["times"]) for row in table["drift"]] == [(WRONG, 2)]
    assert run("drift", "--fail")[0] == main.REFUSED


def test_what_goes_live_is_listed_and_comes_back(run: CommandLine, alone: Alone, backend: str) -> None:
    run("route", "museum", backend)
    targets = {row["target"] for row in json.loads(run("route", "--json")[1])["services"][0]["operations"]}
    assert targets == {backend}
    run("route", "museum.getMuseumHours", "mock")
    said = run("route", "museum")[1]
    assert [line.split()[-1] for line in said.splitlines() if "getMuseumHours" in line] == ["mock"]
    assert backend in said
    assert run("route", "--reset")[1] == "Every operation is mocked again.\n"
    assert backend not in run("route")[1]


def test_what_was_noted_is_forgotten_when_told_to(run: CommandLine, alone: Alone, backend: str) -> None:
    assert "No live answer was checked yet" in run("drift")[1]
    run("route", "museum.getMuseumHours", backend)
    alone.get("/museum-hours")
    assert run("drift", "--clear")[1] == "What was noted is forgotten.\n"
    assert json.loads(run("drift", "--json")[1]) == {"checked": {}, "drift": []}
    assert run("drift", "--fail")[0] == main.DONE


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["museum.getMuseumHour", "http://x"], "Did you mean `museum.getMuseumHours`?"),
        (["getMuseumHours", "http://x"], "Did you mean `museum.getMuseumHours`?"),
        (["musseum", "http://x"], "Did you mean `museum`?"),
        (["museum", "live"], "has no services behind it: name an address"),
        (["museum", "ftp://x"], "neither `live`, `mock` nor an address"),
        (["museum", "--weights", "1.0.0=1"], "has no versions to share between"),
        (["museum", "mock", "--mock", "http://127.0.0.1:1"], "Nothing answers as it should at http://127.0.0.1:1"),
    ],
)
def test_what_a_mock_cannot_do_is_refused_with_a_hint(run: CommandLine, arguments: list[str], sentence: str) -> None:
    code, _, said = run("route", *arguments)
    assert code == main.REFUSED
    assert sentence in said


def test_of_several_mocks_one_has_to_be_named(run: CommandLine, alone: Alone) -> None:
    notes = alone.home.folder / "mocks"
    (first,) = notes.glob("*.json")
    second = notes / "9.json"
    second.write_text(first.read_text())
    try:
        code, _, said = run("route", "museum", "mock")
    finally:
        second.unlink()
    assert code == main.REFUSED
    assert f"Several mocks run: say which with --mock {alone.url} or" in said


def test_the_same_departure_of_two_versions_is_one_row() -> None:
    early = {"operation": "card.getCard", "sentence": "wrong", "times": 2, "first_at": 1.0, "last_at": 5.0}
    late = {**early, "times": 3, "first_at": 2.0, "last_at": 9.0}
    other = {**early, "sentence": "other", "last_at": 7.0}
    tables = [
        {"checked": {"card.getCard": 4}, "drift": [early]},
        {"checked": {"card.getCard": 5}, "drift": [late, other]},
    ]
    assert merged(tables) == {
        "checked": {"card.getCard": 9},
        "drift": [{**early, "times": 5, "first_at": 1.0, "last_at": 9.0}, other],
    }


def test_drift_with_nothing_running_says_what_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TANDEM_HOME", str(tmp_path))
    assert main.run(["drift"]) == main.REFUSED
    assert "Nothing runs here that could answer: start it with `tandem up` or `tandem mock`." in capsys.readouterr().err
