"""A release as lines: one for each thing that happens, and what goes on just now where somebody watches."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

from tandem.deploy.course import Course, course_of, said
from tandem.deploy.notices import Failing, Moved, Notice, TaskStopped, Told
from tandem.deploy.outcome import Outcome

_STYLES = {Course.DONE: "green", Course.BACK: "yellow", Course.GOING_BACK: "yellow", Course.ASTRAY: "bold red"}


class Terminal:
    """Moves only on a terminal that can; elsewhere it is plain lines."""

    def __init__(self, console: Console, now: Callable[[], float]) -> None:
        self._console, self._now, self._began = console, now, now()
        moves = console.is_terminal and not console.is_dumb_terminal
        self._status = Status("asking AWS", console=console) if moves else None

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def __call__(self, notice: Notice) -> None:
        match notice:
            case Told(text):
                self._line(Text(text))
            case Moved(deployment):
                doing = said(deployment)
                self._line(Text(doing, style=_STYLES.get(course_of(deployment), "")))
                if self._status is not None:
                    self._status.update(Text(doing))
            case TaskStopped(task, log):
                self._line(Text.assemble(("task stopped  ", "red"), f"{task.id}: {task.all_said}"))
                for line in log:
                    self._line(Text(f"  {line}", style="dim"))
            case Failing(reason):
                self._line(Text(str(reason), style="bold red"))

    def ended(self, outcome: Outcome) -> None:
        style = "green" if outcome.ending.exit_code == 0 else "bold red"
        self._line(Text(outcome.said, style=style))

    def _line(self, text: Text) -> None:
        seconds = round(self._now() - self._began)
        passed = (f"{seconds // 60:3d}:{seconds % 60:02d}  ", "dim")
        self._console.print(Text.assemble(passed, text), soft_wrap=True)
