"""What a killed runtime left behind does not stand in the way of the next."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tandem.local import leftovers
from tandem.local.leftovers import clear, stop
from tandem.local.postgres import PostgresError, Server, free_port
from tandem.local.processes import Identity
from tandem.local.state import Home
from tandem.local.trouble import Trouble

IDLE = [sys.executable, "-S", "-c", "import time; print(flush=True); time.sleep(60)"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / ".tandem", tmp_path)
    home.create()
    return home


@pytest.fixture
def idle() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(IDLE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield process
        process.kill()


def document(process: subprocess.Popen[bytes]) -> dict[str, object]:
    identity = Identity.of(process.pid)
    assert identity is not None
    return identity.document()


def test_processes_of_a_dead_runtime_are_ended(home: Home, idle: subprocess.Popen[bytes]) -> None:
    home.write_state({"processes": {"account": document(idle), "postgres": document(idle) | {"pid": 1}, "odd": {}}})
    assert clear(home) == ["account"]
    assert idle.wait(5) != 0
    assert clear(home) == []


def test_process_that_has_the_pid_by_now_is_left_alone(home: Home, idle: subprocess.Popen[bytes]) -> None:
    home.write_state({"processes": {"account": document(idle) | {"created": 1.0}}})
    assert clear(home) == []
    assert idle.poll() is None


def test_postgres_that_outlived_its_runtime_is_stopped(home: Home) -> None:
    left = Server(home.postgres, free_port(), "secret", home.logs / "postgres.log", {"fsync": "off"})
    left.init()
    left.start()
    assert clear(home) == ["postgres"]
    assert left.pid is None
    left.stop()


def test_postgres_that_will_not_stop_is_trouble(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(self: Server) -> None:
        raise PostgresError("PostgreSQL (process 7) did not end within 20 s.")

    monkeypatch.setattr(Server, "pid", 7)
    monkeypatch.setattr(Server, "stop", stuck)
    with pytest.raises(Trouble, match="process 7"):
        clear(home)


def test_nothing_to_stop_is_nothing(home: Home) -> None:
    assert stop(home) == []
    assert stop(Home(home.folder / "never", home.project)) == []


def test_runtime_that_hangs_is_ended_with_what_it_ran(
    home: Home, idle: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "_STOP_SECONDS", 0.1)
    with subprocess.Popen(IDLE, stdout=subprocess.PIPE) as hanging:
        assert hanging.stdout
        hanging.stdout.readline()
        home.write_state({"supervisor": document(hanging), "processes": {"account": document(idle)}})
        assert stop(home) == ["supervisor", "account"]
        assert hanging.wait(5) != 0
    assert idle.wait(5) != 0


def test_damaged_record_of_the_runtime_counts_as_none(home: Home) -> None:
    home.write_state({"supervisor": {"pid": "x"}})
    assert stop(home) == []
