"""Log files: nothing lost, nothing endless, and no service stopped by a full disk."""

import asyncio
import os
from pathlib import Path

import pytest

from tandem.local.journal import Journal, Pump, last_line, rotate_open_file


def test_journal_rotates_at_a_lines_end_and_keeps_so_many(tmp_path: Path) -> None:
    file = tmp_path / "account.log"
    journal = Journal(file, largest_bytes=10, kept=2)
    for number in range(5):
        journal.write(f"line {number} half".encode())
        journal.write(b" whole\n")
    journal.close()
    assert file.read_text() == ""
    assert (tmp_path / "account.log.1").read_text() == "line 4 half whole\n"
    assert (tmp_path / "account.log.2").read_text() == "line 3 half whole\n"
    assert not (tmp_path / "account.log.3").exists()


def test_full_disk_drops_lines_and_raises_nothing(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("only where there is a disk that is always full")
    journal = Journal(Path("/dev/full"))
    journal.write(b"12345\n")
    assert journal.dropped_bytes == 6
    journal.close()


async def test_pump_carries_everything_that_was_said_before_the_end(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    pump = Pump(reader, Journal(tmp_path / "log"))
    with os.fdopen(writer, "wb") as stream:
        for number in range(2000):
            stream.write(b"%06d\n" % number)
            if number % 500 == 0:
                stream.flush()
                await asyncio.sleep(0)
    pump.close()
    pump.close()
    assert (tmp_path / "log").read_bytes() == b"".join(b"%06d\n" % number for number in range(2000))


async def test_pump_listens_again_after_its_pause(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    pump = Pump(reader, Journal(tmp_path / "log"))
    async with asyncio.timeout(5):
        for said in (b"first\n", b"second\n"):
            os.write(writer, said)
            while not (tmp_path / "log").read_bytes().endswith(said):
                await asyncio.sleep(0.001)
    os.close(writer)
    pump.close()


def test_file_held_open_by_another_is_emptied_in_place(tmp_path: Path) -> None:
    file = tmp_path / "postgres.log"
    with file.open("ab", buffering=0) as held:
        held.write(b"old\n" * 10)
        rotate_open_file(file, largest_bytes=5)
        held.write(b"new\n")
    assert file.read_text() == "new\n"
    assert (tmp_path / "postgres.log.1").read_text() == "old\n" * 10
    rotate_open_file(tmp_path / "missing.log")


def test_last_line_is_the_last_that_says_something(tmp_path: Path) -> None:
    file = tmp_path / "log"
    assert last_line(file) == ""
    file.write_text("\n")
    assert last_line(file) == ""
    file.write_text("Traceback\n  because\nValueError: no\n\n")
    assert last_line(file) == "ValueError: no"
