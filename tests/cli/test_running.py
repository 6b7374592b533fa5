"""The command line with everything running: in the background, killed, in the foreground, and gone again."""

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from rich.console import Console

from tandem.cli import logs, main, up
from tandem.local.control import ask
from tandem.local.log_reader import Line
from tandem.local.postgres import free_port
from tandem.local.processes import Identity
from tandem.local.state import Home
from tests.local.programs import wait_until
from tests.product import ALL

PROCESSES = ("gateway", "mock", "postgres", *ALL)
pytestmark = pytest.mark.xdist_group("laptop")


@dataclass
class Background:
    folder: Path
    environment: dict[str, str]
    said: str

    @property
    def state(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        return document


@pytest.fixture(scope="module")
def background(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Background]:
    folder = tmp_path_factory.mktemp("background") / "state"
    ports = {"TANDEM_GATEWAY_PORT": str(free_port()), "TANDEM_MOCK_PORT": str(free_port())}
    environment = {"TANDEM_HOME": str(folder), **ports}
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patched, contextlib.redirect_stdout(said):
        for name, value in environment.items():
            patched.setenv(name, value)
        assert main.run(["up", "--detach"]) == main.DONE
    yield Background(folder, {**os.environ, **environment}, said.getvalue())
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TANDEM_HOME", str(folder))
        assert main.run(["down"]) == main.DONE


@pytest.fixture
def run(
    background: Background, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    for name in ("TANDEM_HOME", "TANDEM_GATEWAY_PORT", "TANDEM_MOCK_PORT"):
        monkeypatch.setenv(name, background.environment[name])

    def run(*arguments: str, code: int = main.DONE) -> str:
        assert main.run(list(arguments)) == code
        said = capsys.readouterr()
        return said.out + said.err

    return run


def test_what_is_printed_shows_all_and_its_line_works_as_pasted(background: Background) -> None:
    assert len(re.findall(r"^\w+ +ready ", background.said, re.MULTILINE)) == len(PROCESSES)
    assert f"http://localhost:{background.environment['TANDEM_GATEWAY_PORT']}" in background.said
    token = next(line for line in background.said.splitlines() if line.startswith("ey"))
    line = next(line for line in background.said.splitlines() if line.startswith("curl -s "))
    found = re.fullmatch(r'curl -s (\S+) -H "Authorization: Bearer \$\((\S+) token customer\)"', line)
    assert found is not None
    assert found[2].endswith("tandem")
    request = urllib.request.Request(found[1], headers={"authorization": f"Bearer {token}"})  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        assert json.load(answer)["credit"]["available"]


def test_up_again_shows_what_runs(run: Callable[..., str]) -> None:
    assert run("up").startswith("Tandem already runs here.\n")
    assert json.loads(run("up", "-d", "--json"))["ready"]


def test_status_for_people_and_for_programs(run: Callable[..., str], background: Background) -> None:
    table = run("status").splitlines()
    assert table[0].split() == ["what", "status", "where", "version", "pid", "restarts", "ready", "after"]
    assert len(table) == 1 + len(PROCESSES)
    rows = {row["name"]: row for row in json.loads(run("status", "--json"))["processes"]}
    assert rows["account"]["version"] == "1.0.0"
    assert rows["account"]["pid"] == background.state["processes"]["account"]["pid"]


def test_service_is_restarted_by_name(run: Callable[..., str]) -> None:
    assert re.match(r"card runs again \(pid \d+, ready after \d+ ms\)\.\n", run("restart", "card"))
    assert json.loads(run("restart", "card", "--json"))["ready"]
    assert "Did you mean `card`" in run("restart", "crad", code=main.REFUSED)


def test_seed_and_reset_say_what_they_did(run: Callable[..., str]) -> None:
    services = ", ".join(ALL)
    assert run("seed") == f"Seeded {services}.\n"
    assert run("reset") == f"Fresh data in {services}.\n"
    assert json.loads(run("seed", "--json"))["seeded"] == services.split(", ")


def test_logs_show_lines_requests_and_what_went_wrong(run: Callable[..., str], background: Background) -> None:
    gateway = f"http://localhost:{background.environment['TANDEM_GATEWAY_PORT']}/v1/accounts"
    request = urllib.request.Request(gateway, headers={"x-request-id": "a-request-of-mine"})
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        urllib.request.urlopen(request)  # noqa: S310
    refused.value.close()
    wait_until(lambda: main.run(["logs", "gateway", "--request", "a-request-of-mine"]) == main.DONE)
    run("status")
    story = run("logs", "--request", "a-request-of-mine")
    assert "operation=account.listAccounts" in story
    assert "status=401" in story
    raw = run("logs", "account", "--request", "a-request-of-mine", "--json").splitlines()
    assert {json.loads(line)["request_id"] for line in raw} == {"a-request-of-mine"}
    assert len(run("logs", "-n", "3").splitlines()) >= 3
    assert run("logs", "-n", "0") == ""
    assert "No log has a line about the request none" in run("logs", "--request", "none", code=main.REFUSED)


def test_logs_are_followed_until_interrupted(background: Background) -> None:
    follow = [sys.executable, "-m", "tandem.cli.main", "logs", "account", "--follow", "-n", "0", "--json"]
    gateway = f"http://localhost:{background.environment['TANDEM_GATEWAY_PORT']}/v1/accounts"
    with subprocess.Popen(follow, env=background.environment, stdout=subprocess.PIPE) as following:
        assert following.stdout
        os.set_blocking(following.stdout.fileno(), False)
        heard = b""

        def hears() -> bool:
            nonlocal heard
            request = urllib.request.Request(gateway, headers={"x-request-id": "followed"})
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request)  # noqa: S310
            refused.value.close()
            assert following.stdout
            heard += following.stdout.read() or b""
            return b'"followed"' in heard

        wait_until(hears)
        following.send_signal(signal.SIGINT)
        assert following.wait(10) == 0


def test_interrupted_following_is_done(run: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> Iterator[Line]:
        yield Line("card", 0.0, "[Prism] plain", {})
        yield Line("card", 1.0, "", {"event": "broke", "level": "error", "status": 500, "traceback": "Traceback"})
        raise KeyboardInterrupt

    monkeypatch.setattr(logs, "follow", interrupted)
    said = run("logs", "-f", "-n", "0").splitlines()
    assert said[0].endswith("card        [Prism] plain")
    assert said[1].endswith("card        broke status=500 ")
    assert said[2] == "Traceback"


def test_killed_runtime_leaves_nothing_that_stops_the_next_one(background: Background) -> None:
    """Then the next one runs in the foreground, and Ctrl-C ends it with all it started."""
    supervisor = Identity.read(background.state["supervisor"])
    os.kill(supervisor.pid, signal.SIGKILL)
    assert supervisor.wait(5)
    command = [sys.executable, "-m", "tandem.cli.main", "up"]
    with subprocess.Popen(command, env=background.environment, stdout=subprocess.PIPE, text=True) as foreground:
        assert foreground.stdout
        said = iter(foreground.stdout.readline, "")
        assert any(line.startswith("Operations, scenarios and faults of the mock: http://localhost:") for line in said)
        assert any(line.startswith("Try it:") for line in said)
        started = [Identity.read(one) for one in background.state["processes"].values()]
        assert len(started) == len(PROCESSES)
        foreground.send_signal(signal.SIGINT)
        assert list(said)[-1] == "Stopped.\n"
        assert foreground.wait() == 0
    assert [one for one in started if one.alive] == []
    assert _mentioning(background.folder) == []
    assert not (background.folder / "control.sock").exists()


def test_foreground_in_a_terminal_is_a_live_table_until_it_is_stopped(
    run: Callable[..., str], background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.StringIO()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(up, "out", Console(file=terminal, force_terminal=True, width=120))
    home = Home.find()

    def stop_when_invited() -> None:
        wait_until(lambda: "Ctrl-C stops everything." in terminal.getvalue().partition("Try it:")[2], seconds=60)
        ask(home, "stop", 10.0)

    stopping = threading.Thread(target=stop_when_invited)
    stopping.start()
    run("up")
    stopping.join()
    shown = terminal.getvalue()
    assert shown.index("starting") < shown.index("Ready after")
    assert shown.rstrip().endswith("Stopped.")
    assert [one for one in background.state["processes"].values() if Identity.read(one).alive] == []


def test_background_start_in_a_terminal_shows_how_far_it_is(
    run: Callable[..., str], background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.StringIO()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(up, "out", Console(file=terminal, force_terminal=True, width=120))
    run("up", "-d")
    shown = terminal.getvalue()
    unfinished = re.search("waiting|starting", shown)
    assert unfinished, shown
    assert unfinished.start() < shown.index("Ready after") < shown.index("Try it:")


def test_down_says_what_it_stopped(run: Callable[..., str], background: Background) -> None:
    assert run("down") == f"Stopped {', '.join(PROCESSES)}.\n"
    assert run("status", code=main.REFUSED).startswith("Tandem is not running here.")


def _mentioning(folder: Path) -> list[list[str]]:
    """The command lines of processes that work in the folder."""
    found = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    return [command for command in found if any(str(folder) in part for part in command)]
