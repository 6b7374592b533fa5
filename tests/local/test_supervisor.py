"""One supervised process: started, watched, started again, and never left running by a failure."""

import os
import signal
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tandem.local import probe, supervisor
from tandem.local.postgres import free_port
from tandem.local.probe import NoAnswer
from tandem.local.supervisor import Backoff, Phase, StartFailed, Unit
from tests.local.programs import SERVE, STUBBORN, command, until


async def answers(port: int) -> list[str]:
    return [] if (await probe.get(port, "/")).status == 200 else ["unwell"]


async def always_ready() -> list[str]:
    return []


def serving(folder: Path) -> Unit:
    port = free_port()
    return Unit.of(command(folder, SERVE, str(port)), partial(answers, port))


async def test_unit_is_ready_when_it_answers_and_gone_when_stopped(tmp_path: Path) -> None:
    unit = serving(tmp_path)
    await unit.start()
    status = unit.status()
    assert status["status"] == "ready"
    assert status["reasons"] == []
    assert status["ready_after_ms"] > 0
    os.kill(status["pid"], 0)
    await unit.stop()
    assert unit.status()["status"] == "stopped"
    with pytest.raises(ProcessLookupError):
        os.kill(status["pid"], 0)


async def test_killed_process_comes_back_by_itself(tmp_path: Path) -> None:
    changes: list[Phase] = []
    port = free_port()
    unit = Unit.of(command(tmp_path, SERVE, str(port)), partial(answers, port), lambda: changes.append(unit.phase))
    await unit.start()
    first = unit.status()["pid"]
    os.kill(first, signal.SIGKILL)
    await until(lambda: unit.restarts == 1 and unit.phase is Phase.READY)
    assert unit.status()["pid"] != first
    assert Phase.RESTARTING in changes
    await unit.stop()


async def test_asked_to_restart_it_runs_anew_and_counts_no_crash(tmp_path: Path) -> None:
    unit = serving(tmp_path)
    await unit.start()
    first = unit.status()["pid"]
    await unit.restart()
    assert unit.phase is Phase.READY
    assert unit.status()["pid"] != first
    assert unit.restarts == 0
    await unit.stop()


async def test_answer_of_the_one_that_is_being_stopped_is_not_that_of_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_WATCHING_PAUSE_SECONDS", 0.01)
    first, refusals = 0, 10

    async def check() -> list[str]:
        nonlocal refusals
        if first not in {0, unit.status()["pid"]} and refusals > 0:
            refusals -= 1
            raise NoAnswer("not yet")
        return []

    unit = Unit.of(command(tmp_path, STUBBORN, stop_seconds=0.3), check)
    await unit.start()
    await until(lambda: "ready" in (tmp_path / "fake.log").read_text())
    first = unit.status()["pid"]
    await unit.restart()
    assert refusals == 0
    await unit.stop()


async def test_stopped_unit_starts_when_asked_to_restart(tmp_path: Path) -> None:
    unit = serving(tmp_path)
    await unit.restart()
    assert unit.phase is Phase.READY
    await unit.stop()


async def test_process_that_ends_at_once_fails_with_its_last_words(tmp_path: Path) -> None:
    unit = Unit.of(command(tmp_path, "import sys; sys.exit('setting jwks: Field required')"), always_never)
    with pytest.raises(StartFailed, match="fake did not start: ended with code 1, saying: setting jwks"):
        await unit.start()
    assert unit.running is None


async def always_never() -> list[str]:
    raise NoAnswer("does not answer")


async def test_program_that_is_missing_fails_in_words(tmp_path: Path) -> None:
    async def start() -> supervisor.Running:
        raise FileNotFoundError(2, "No such file", "envoy")

    with pytest.raises(StartFailed, match=r"gateway did not start: .*envoy"):
        await Unit("gateway", start, always_ready).start()


async def test_process_that_is_never_ready_is_stopped_and_its_reason_told(tmp_path: Path) -> None:
    async def waits() -> list[str]:
        return ["database: takes no connections"]

    unit = Unit.of(command(tmp_path, STUBBORN, stop_seconds=0.1), waits)
    with pytest.raises(StartFailed, match=r"not ready within 0\.2 s: database: takes no connections"):
        await unit.start(timeout_seconds=0.2)
    assert unit.running is None
    assert unit.phase is Phase.STOPPED


async def test_reasons_come_and_go_without_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_WATCHING_PAUSE_SECONDS", 0.01)
    reasons: list[str] = []

    async def check() -> list[str]:
        return list(reasons)

    unit = Unit.of(command(tmp_path, STUBBORN, stop_seconds=0.1), check)
    await unit.start()
    reasons.append("outbox: 61 s behind")
    await until(lambda: unit.phase is Phase.UNREADY)
    assert unit.status()["reasons"] == ["outbox: 61 s behind"]
    reasons.clear()
    await until(lambda: unit.phase is Phase.READY)
    assert unit.restarts == 0
    await unit.stop()


async def test_process_that_hangs_is_ended_and_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_WATCHING_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(supervisor, "_HUNG_AFTER_SECONDS", 0.05)
    silent = False

    async def check() -> list[str]:
        if silent:
            raise NoAnswer("no answer within 2 s")
        return []

    unit = Unit.of(command(tmp_path, STUBBORN, stop_seconds=0.1), check)
    await unit.start()
    silent = True
    await until(lambda: unit.restarts == 1)
    silent = False
    await until(lambda: unit.phase is Phase.READY)
    await unit.stop()


def test_pauses_double_up_to_the_longest_and_begin_anew_after_a_good_run() -> None:
    backoff = Backoff(0.1, 1.0, good_run_seconds=10, random=Random(1))
    pauses = [backoff.pause(ran_seconds=0.5) for _ in range(6)]
    for pause, longest in zip(pauses, [0.1, 0.2, 0.4, 0.8, 1.0, 1.0], strict=True):
        assert longest / 2 <= pause <= longest
    assert backoff.pause(ran_seconds=11) <= 0.1
