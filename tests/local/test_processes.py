"""Child processes: stopped in good order, never orphaned, recognised after a crash."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tandem.local.processes import Identity, Process, end_all
from tests.local.programs import STUBBORN, command, has_ended, until, wait_until


async def test_what_a_process_says_is_in_its_log_and_how_it_ended_in_words(tmp_path: Path) -> None:
    process = await Process.start(command(tmp_path, "import sys; print('out'); sys.exit('err')"))
    assert await process.wait() == "ended with code 1"
    assert (tmp_path / "fake.log").read_text() == "err\nout\n"


async def test_stopped_process_ends_by_the_signal_it_was_sent(tmp_path: Path) -> None:
    process = await Process.start(command(tmp_path, "import time; print('up', flush=True); time.sleep(60)"))
    assert process.identity is not None
    assert process.identity.alive
    await process.stop()
    assert not process.identity
    assert await process.wait() == "ended by SIGTERM"


async def test_process_that_will_not_stop_is_killed_with_all_it_started(tmp_path: Path) -> None:
    with_child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}])\n{STUBBORN}"
    process = await Process.start(command(tmp_path, with_child, stop_seconds=0.2))
    await until(lambda: (tmp_path / "fake.log").read_text().count("ready") == 2)
    (child,) = psutil.Process(process.pid).children()
    await process.stop()
    assert await process.wait() == "ended by SIGKILL"
    await until(lambda: has_ended(child.pid))


async def test_program_that_is_not_there_leaves_nothing_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd")) if Path("/proc").exists() else 0
    missing = replace(command(tmp_path, ""), argv=("/nowhere/program",))
    with pytest.raises(FileNotFoundError):
        await Process.start(missing)
    if before:
        assert len(os.listdir("/proc/self/fd")) == before


def test_identity_is_of_this_process_and_not_of_its_pid(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        identity = Identity.of(process.pid)
        assert identity is not None
        assert Identity.read(identity.document()) == identity
        assert identity.alive
        assert not replace(identity, created=identity.created - 60).alive
        assert not replace(identity, command="another program").alive
        assert not identity.wait(0.05)
        process.kill()
    assert identity.wait(1)


def test_dead_and_unreaped_process_has_no_identity() -> None:
    process = subprocess.Popen(["true"])
    wait_until(lambda: has_ended(process.pid))
    assert Identity.of(process.pid) is None
    process.wait()
    assert Identity.of(process.pid) is None


def test_what_was_left_behind_is_ended_and_strangers_are_not(tmp_path: Path) -> None:
    idle = "import time; print(flush=True); time.sleep(60)"
    programs = {"stubborn": STUBBORN, "idle": idle, "stranger": idle}
    left = {
        name: subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        for name, program in programs.items()
    }
    for process in left.values():
        assert process.stdout
        process.stdout.readline()
    identities = {name: identity for name, one in left.items() if (identity := Identity.of(one.pid))}
    identities["stranger"] = replace(identities["stranger"], created=1.0)
    assert end_all(identities, seconds=0.3) == ["idle", "stubborn"]
    assert left["idle"].wait() == -signal.SIGTERM
    assert left["stubborn"].wait() == -signal.SIGKILL
    assert left["stranger"].poll() is None
    left["stranger"].kill()
    for process in left.values():
        process.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_children_end_when_the_runtime_is_killed(tmp_path: Path) -> None:
    parent = """
import asyncio, pathlib, sys
from tandem.local.processes import Command, Process
async def main():
    folder = pathlib.Path(sys.argv[1])
    argv = (sys.executable, '-S', '-c', 'import time; time.sleep(60)')
    print((await Process.start(Command('child', argv, folder / 'log', folder))).pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", parent, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout
        child = Identity.of(int(process.stdout.readline()))
        assert child is not None
        process.kill()
        process.wait()
        assert child.wait(5)
