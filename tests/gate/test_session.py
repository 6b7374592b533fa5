"""Whatever a program started ends with it, and it reads nothing of ours."""

from __future__ import annotations

from pathlib import Path
from subprocess import TimeoutExpired

import pytest

from tandem.gate.session import started
from tests.local.programs import has_ended, wait_until


def test_what_a_program_started_ends_with_the_block(tmp_path: Path) -> None:
    with (tmp_path / "said").open("w+b") as said:
        script = "sleep 600 & echo $!; exec 1>&-; wait"
        with started(["sh", "-c", script], tmp_path, said, said) as process:
            while not (told := (tmp_path / "said").read_text()).endswith("\n"):
                with pytest.raises(TimeoutExpired):
                    process.wait(0.05)
            child = int(told)
    assert process.returncode is not None
    wait_until(lambda: has_ended(child))


def test_program_that_ended_by_itself_keeps_its_code(tmp_path: Path) -> None:
    with (tmp_path / "said").open("w+b") as said:
        with started(["sh", "-c", "read line; echo $NAME; exit 3"], tmp_path, said, said, {"NAME": "a"}) as process:
            assert process.wait(10) == 3
    assert (tmp_path / "said").read_text() == "a\n"
