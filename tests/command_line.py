"""`tandem` as somebody types it, run in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from tandem.cli.main import run

CommandLine: TypeAlias = Callable[..., tuple[int, str, str]]


def command_line(capsys: pytest.CaptureFixture[str], *first: str) -> CommandLine:
    """Exit code, output and errors of `tandem`, its `first` arguments and those of the call."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run([*first, *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call
