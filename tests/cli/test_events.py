"""`tandem events`, with a bus and nothing else running."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from tandem.cli.main import DONE, REFUSED, TROUBLE
from tandem.kit.events import bus
from tandem.kit.events.envelope import Event
from tandem.kit.events.postgres import PostgresTransport
from tandem.local.bus import Connection
from tandem.local.databases import BUS
from tandem.local.postgres import Server
from tests.architecture.project import SERVICES
from tests.command_line import CommandLine, command_line


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> CommandLine:
    monkeypatch.setenv("TANDEM_HOME", str(tmp_path / "state"))

    return command_line(capsys, "events")


@pytest.fixture
def home(tmp_path: Path, postgres: Server) -> Path:
    """A state folder whose databases are those of this worker."""
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "postgres").symlink_to(postgres.data_dir)
    (folder / "state.json").write_text(json.dumps({"ports": {"postgres": postgres.port}}))
    (folder / "secrets.json").write_text(json.dumps({"postgres": postgres.password}))
    return folder


@pytest.fixture
async def empty_bus(home: Path, postgres: Server, admin: Connection) -> AsyncIterator[Connection]:
    await admin.execute(f"CREATE DATABASE {BUS}")
    connection = await asyncpg.connect(postgres.url(BUS))
    yield connection
    await connection.close()
    await admin.execute(f"DROP DATABASE {BUS} WITH (FORCE)")


@pytest.fixture
async def transport(empty_bus: Connection, postgres: Server) -> AsyncIterator[PostgresTransport]:
    """With two dead letters of card, one event that waits for it and none for the others."""
    await bus.install(empty_bus, {})
    transport = PostgresTransport(postgres.url(BUS), {"account.closed": ["card"]})
    await transport.open()
    await transport.publish([_event(n) for n in (1, 2, 3)])
    for delivery in await transport.receive("card", 2, 0):
        await transport.bury(delivery, "ValueError: no such card [red]")
    yield transport
    await transport.close()


def _event(n: int) -> Event:
    time = datetime(2026, 11, 15, 9, 30, tzinfo=UTC)
    data = {"account_id": f"acc_{n}", "iban": "secret-iban"}
    return Event(f"evt_{n}", "account.closed", "account", f"acc_{n}", time, data, f"00-{'a' * 32}-{'b' * 16}-01", "r-1")


def test_overview_shows_every_service(run: CommandLine, transport: PostgresTransport) -> None:
    code, out, _ = run()
    assert code == DONE
    header, *rows, hint = [line.split() for line in out.splitlines()]
    assert header == ["service", "waiting", "oldest", "dead"]
    assert [row[0] for row in rows] == SERVICES
    figures = {row[0]: row[1:] for row in rows}
    assert figures["account"] == ["0", "0"]
    assert (figures["card"][:1], figures["card"][2:]) == (["1"], ["s", "2"])
    assert " ".join(hint) == "`tandem events dead` says why, `tandem events retry SERVICE` tries again."


def test_overview_as_json(run: CommandLine, transport: PostgresTransport) -> None:
    services = json.loads(run("--json")[1])["services"]
    assert services["account"] == {"waiting": 0, "oldest_seconds": 0.0, "dead": 0}
    assert (services["card"]["waiting"], services["card"]["dead"]) == (1, 2)
    assert services["card"]["oldest_seconds"] > 0


def test_dead_events_are_listed_without_what_they_carry(run: CommandLine, transport: PostgresTransport) -> None:
    code, out, _ = run("dead")
    assert code == DONE
    lines = out.splitlines()
    assert lines[0].startswith("evt_1 of card: account.closed acc_1, 1 attempts, given up 20")
    assert lines[1] == "  ValueError: no such card [red]"
    assert lines[2].startswith("evt_2 ")
    assert "secret-iban" not in out + run("dead", "--json")[1]


def test_dead_events_of_one_service_as_json(run: CommandLine, transport: PostgresTransport) -> None:
    first, _ = json.loads(run("dead", "card", "--json")[1])["dead"]
    assert datetime.fromisoformat(first.pop("buried_at")).tzinfo is not None
    assert first == {
        "queue": "card",
        "event_id": "evt_1",
        "type": "account.closed",
        "subject": "acc_1",
        "reason": "ValueError: no such card [red]",
        "attempts": 1,
    }
    assert json.loads(run("dead", "invoice", "--json")[1]) == {"dead": []}
    assert run("dead", "invoice") == (DONE, "No event is dead.\n", "")


def test_one_event_is_handed_back_then_the_rest_then_none(run: CommandLine, transport: PostgresTransport) -> None:
    assert run("retry", "card", "evt_2") == (DONE, "Handed back to card: 1 event.\n", "")
    assert json.loads(run("retry", "card", "--json")[1]) == {"service": "card", "handed_back": ["evt_1"]}
    assert run("retry", "card") == (DONE, "Handed back to card: 0 events.\n", "")
    card = json.loads(run("--json")[1])["services"]["card"]
    assert (card["waiting"], card["dead"]) == (3, 0)
    assert "retry" not in run()[1]


def test_event_that_is_not_dead_is_refused(run: CommandLine, transport: PostgresTransport) -> None:
    said = "There is no dead event 'evt_3' of card. `tandem events dead card` lists them.\n"
    assert run("retry", "card", "evt_3") == (REFUSED, "", said)


@pytest.mark.parametrize("command", ["dead", "retry"])
def test_misspelt_service_is_suggested(run: CommandLine, command: str) -> None:
    assert run(command, "crad") == (REFUSED, "", "There is no service 'crad'. Did you mean `card`?\n")


def test_misspelt_subcommand_is_suggested(run: CommandLine) -> None:
    code, _, err = run("retyr")
    assert (code, err.startswith("No such command 'retyr'. Did you mean 'retry'")) == (REFUSED, True)


def test_json_before_the_subcommand_is_refused_with_where_it_goes(run: CommandLine) -> None:
    assert run("--json", "dead") == (REFUSED, "", "--json goes to the end: `tandem events dead --json`.\n")


@pytest.mark.parametrize("command", [[], ["dead"], ["retry", "card"]])
def test_where_no_databases_run_it_says_how_to_start_them(run: CommandLine, command: list[str]) -> None:
    said = "The databases are not running here. Start everything with `make up` or `tandem up`.\n"
    assert run(*command) == (REFUSED, "", said)


def test_databases_that_have_ended_are_not_taken_for_others_on_their_port(run: CommandLine, home: Path) -> None:
    (home / "postgres").unlink()
    code, _, err = run()
    assert (code, err.startswith("The databases are not running here.")) == (REFUSED, True)


def test_queues_that_are_not_made_yet_are_a_sentence(run: CommandLine, home: Path) -> None:
    said = "The queues are not made yet. Try again when `tandem status` says ready.\n"
    assert run() == (REFUSED, "", said)


def test_tables_that_are_not_made_yet_are_a_sentence_too(run: CommandLine, empty_bus: Connection) -> None:
    code, _, err = run()
    assert (code, err.startswith("The queues are not made yet.")) == (REFUSED, True)


def test_wrong_password_is_trouble_of_one_line(run: CommandLine, home: Path) -> None:
    (home / "secrets.json").write_text(json.dumps({"postgres": "another"}))
    code, _, err = run()
    assert code == TROUBLE
    assert err.startswith("The bus refused: password authentication failed")
    assert err.count("\n") == 1


def test_databases_that_do_not_answer_are_trouble_of_one_line(run: CommandLine, home: Path) -> None:
    (home / "state.json").write_text(json.dumps({"ports": {"postgres": 1}}))
    said = "The databases did not answer. See `tandem status` and `tandem logs postgres`.\n"
    assert run() == (TROUBLE, "", said)
