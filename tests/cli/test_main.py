"""The command line as people meet it: what is said, and with which exit code."""

import base64
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tandem.cli import main, status
from tandem.cli.main import DONE, REFUSED, TROUBLE
from tandem.local.state import Home
from tests.command_line import CommandLine, command_line

COMMANDS = ["up", "down", "status", "logs", "route", "token", "restart", "seed", "reset", "events", "drift"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TANDEM_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return command_line(capsys)


def claims(token: str) -> dict[str, object]:
    body = token.split(".")[1]
    document: dict[str, object] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return document


@pytest.mark.parametrize("command", [*COMMANDS, "events dead", "events retry"])
def test_every_command_explains_itself_with_an_example(run: CommandLine, command: str) -> None:
    code, out, _ = run(*command.split(), "--help")
    assert code == DONE
    assert "Example: " in out
    assert "--json" in out


def test_without_a_command_the_help_is_shown(run: CommandLine) -> None:
    _, out, err = run()
    assert all(command in out + err for command in COMMANDS)


def test_every_command_is_in_the_help_whoever_else_is_asked_alone(run: CommandLine) -> None:
    everything = run("--help")[1]
    assert all(f"\u2502 {command} " in everything for command in main.COMMANDS)
    for command in main.COMMANDS:
        code, out, _ = run(command, "--help")
        assert (code, f"tandem {command} " in out) == (DONE, True)


@pytest.mark.parametrize(("command", "others"), [("token", "draft"), ("new", "contract"), ("status", "token")])
def test_command_does_not_wait_for_what_others_import(command: str, others: str) -> None:
    script = f"import sys; from tandem.cli import main; main.run(['{command}', '--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    imported = done.stdout.split()
    assert f"tandem.cli.{command}" in imported
    assert f"tandem.cli.{others}" not in imported
    assert "sqlalchemy" not in imported


@pytest.mark.parametrize("group", ["contract", "new", "template"])
def test_group_without_a_command_shows_its_help_and_nothing_else(run: CommandLine, group: str) -> None:
    code, out, err = run(group)
    assert (code, "Commands" in out + err, "See `" in out + err) == (REFUSED, True, False)


def test_misspelt_command_is_suggested(run: CommandLine) -> None:
    code, _, err = run("statsu")
    assert code == REFUSED
    assert err.startswith("No such command 'statsu'. Did you mean 'status'")
    assert err.endswith("See `tandem --help`.\n")


def test_misspelt_option_is_suggested(run: CommandLine) -> None:
    assert run("status", "--jsn") == (
        REFUSED,
        "",
        "No such option: --jsn. Did you mean '--json'? See `tandem status --help`.\n",
    )


def test_superfluous_argument_is_refused(run: CommandLine) -> None:
    code, _, err = run("down", "everything")
    assert code == REFUSED
    assert "everything" in err


@pytest.mark.parametrize("command", [["status"], ["seed"], ["restart", "card"]])
def test_what_needs_a_running_stack_says_how_to_start_one(run: CommandLine, command: list[str]) -> None:
    said = "Tandem is not running here. Start it with `make up` or `tandem up`.\n"
    assert run(*command) == (REFUSED, "", said)


def test_down_with_nothing_running_is_done(run: CommandLine) -> None:
    assert run("down") == (DONE, "Nothing was running.\n", "")
    assert run("down", "--json") == (DONE, '{\n  "stopped": []\n}\n', "")


def test_outside_a_project_is_refused(run: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run("status")
    assert code == REFUSED
    assert err == f"There is no Tandem project in {tmp_path} or above it. Run this inside a checkout.\n"


def test_customer_token_is_the_demo_companys(run: CommandLine) -> None:
    code, out, _ = run("token", "customer")
    assert code == DONE
    found = claims(out)
    assert found["customer_id"] == found["sub"] == "cus_01k9zc6n00000000000000h001"
    assert "accounts:open" not in str(found["scope"])


def test_token_of_another_customer_support_and_service(run: CommandLine) -> None:
    assert claims(run("token", "customer", "--customer", "cus_1")[1])["customer_id"] == "cus_1"
    support = claims(run("token", "support", "--name", "eva")[1])
    assert (support["kind"], support["sub"]) == ("support", "eva")
    service = json.loads(run("token", "service", "--json", "--hours", "1")[1])
    assert service["expires_in_seconds"] == 3600
    assert "transactions:record" in str(claims(service["token"])["scope"])


def test_token_of_an_unknown_kind_is_refused(run: CommandLine) -> None:
    assert run("token", "custmer") == (
        REFUSED,
        "",
        "There is no kind of caller 'custmer'. Did you mean `customer`?\n",
    )


def test_support_token_cannot_name_a_customer(run: CommandLine) -> None:
    code, _, err = run("token", "support", "--customer", "cus_1")
    assert (code, err.startswith("Only a customer's token names a customer")) == (REFUSED, True)


def test_damaged_key_is_refused_with_what_to_do(run: CommandLine, home: Path) -> None:
    run("token")
    (home / "issuer" / "signing-key.pem").write_text("damaged")
    code, _, err = run("token")
    assert code == REFUSED
    assert "Delete it and a new one is made" in err


def test_state_folder_of_another_user_is_refused(run: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: home.stat().st_uid + 54_321)
    for command in (["up", "-d"], ["up"], ["down"], ["reset"], ["token"]):
        code, _, err = run(*command)
        assert code == REFUSED
        assert " belongs to " in err
        assert err.count("\n") == 1


def test_reset_says_first_what_it_would_do(run: CommandLine, home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    code, out, _ = run("reset", "--dry-run")
    assert code == DONE
    assert "Nothing was done." in out
    assert (home / "postgres").exists()


def test_reset_of_what_does_not_run_throws_the_data_away(run: CommandLine, home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    (home / "secrets.json").write_text("damaged")
    code, out, _ = run("reset")
    assert code == DONE
    assert "The next `tandem up` starts with the seed data." in out
    assert not (home / "postgres").exists()
    assert not (home / "secrets.json").exists()


def test_reset_where_nothing_ever_ran_is_done(run: CommandLine, home: Path) -> None:
    assert json.loads(run("reset", "--json")[1]) == {"reset": True, "seeded": []}
    assert not home.exists()


@pytest.mark.parametrize("detach", [[], ["-d"]])
def test_taken_port_is_refused_and_nothing_is_started(
    run: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch, detach: list[str]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("TANDEM_GATEWAY_PORT", str(port))
        code, _, err = run("up", *detach)
    assert code == REFUSED
    assert f"Port {port} (gateway) is taken by process {os.getpid()}" in err
    assert err.count("\n") == 1
    assert not (home / "postgres").exists()
    assert not (home / "state.json").exists()


def test_port_that_is_none_is_refused(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_MOCK_PORT", "many")
    assert run("up", "-d") == (REFUSED, "", "TANDEM_MOCK_PORT is 'many': a port is a number from 1 to 65535.\n")


@pytest.mark.parametrize("detach", [[], ["-d"]])
def test_state_folder_in_use_is_refused(run: CommandLine, home: Path, detach: list[str]) -> None:
    held = Home(home, Path.cwd())
    held.create()
    with held.locked():
        code, _, err = run("up", *detach)
    assert code == REFUSED
    assert err == f"Tandem already runs from {home}. `tandem down` stops it.\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only where there is a disk that is always full")
def test_full_disk_is_a_sentence(run: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(home: Home) -> None:
        with Path("/dev/full").open("w") as disk:
            disk.write("x")

    monkeypatch.setattr(Home, "create", full)
    code, _, err = run("up", "-d")
    assert (code, err) == (REFUSED, "The disk is full. Free some space and try again.\n")


def test_status_of_what_is_not_ready_says_why_and_fails(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {
        "name": "card",
        "status": "not ready",
        "port": 7001,
        "version": "1.0.0",
        "weight": 10,
        "pid": 7,
        "restarts": 2,
    }
    reasons = ["database: no answer", "outbox: late"]
    document = {"gateway_url": "g", "mock_url": "m", "ready": False, "processes": [row | {"reasons": reasons}]}
    monkeypatch.setattr(status, "ask", lambda *_: document)
    code, out, _ = run("status")
    assert code == REFUSED
    assert "1.0.0 (10 %)" in out
    assert out.splitlines()[-1] == "card: database: no answer; outbox: late"


def test_bug_is_a_sentence_and_the_traceback_is_in_a_file(
    run: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(status, "ask", broken)
    code, _, err = run("status")
    assert code == TROUBLE
    assert err.startswith("Tandem itself broke: ZeroDivisionError: division by zero. What happened is in ")
    assert "Traceback" in (home / "logs" / "tandem.log").read_text()


def test_bug_that_cannot_be_written_down_says_where_it_was(
    run: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(status, "ask", broken)
    home.mkdir()
    (home / "logs").write_text("not a folder")
    assert run("status") == (
        TROUBLE,
        "",
        "Tandem itself broke: ZeroDivisionError: division by zero. It happened in broken.\n",
    )


def test_interrupt_is_no_error_message(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(status, "ask", interrupted)
    assert run("status") == (main.INTERRUPTED, "", "")
