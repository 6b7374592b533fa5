"""All files or none: every step of placing is made to fail once."""

from __future__ import annotations

import errno
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tandem.local.trouble import Refused, Trouble
from tandem.scaffold.placing import Files, place
from tests.scaffold.checkout import contents

STAGED = {
    "manifest.yaml": "cards and loans",
    "services/loan/app.py": "app",
    "services/loan/migrations/seed.sql": "seed",
    "tests/services/loan/test_loans.py": "test",
    "CODEOWNERS": "both",
}


class Breaking(Files):
    """The file system at its worst: the step with that number fails."""

    def __init__(self, at: int, failure: BaseException) -> None:
        self.steps = 0
        self._at = at
        self._failure = failure

    def make_folder(self, folder: Path) -> None:
        self._step(super().make_folder, folder)

    def keep(self, file: Path, kept: Path) -> None:
        self._step(super().keep, file, kept)

    def move(self, file: Path, target: Path) -> None:
        self._step(super().move, file, target)

    def _step(self, do: Callable[..., None], *paths: Path) -> None:
        self.steps += 1
        if self.steps == self._at:
            raise self._failure
        do(*paths)


class Desk:
    def __init__(self, folder: Path) -> None:
        self.project, self.stage, self.spare = (folder / name for name in ("project", "stage", "spare"))
        for one in (self.project / "services", self.stage, self.spare):
            one.mkdir(parents=True)
        for name in ("manifest.yaml", "CODEOWNERS"):
            (self.project / name).write_text("cards")
        for name, text in STAGED.items():
            (self.stage / name).parent.mkdir(parents=True, exist_ok=True)
            (self.stage / name).write_text(text)

    def place(self, files: Files | None = None) -> None:
        staged = {self.stage / name: self.project / name for name in STAGED}
        expected = {self.project / name: b"cards" for name in ("manifest.yaml", "CODEOWNERS")}
        place(staged, expected, self.spare, files)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_everything_is_put_in_its_place(desk: Desk) -> None:
    desk.place()
    assert {str(path): text for path, text in contents(desk.project).items() if text is not None} == {
        name: text.encode() for name, text in STAGED.items()
    }


# Seven steps of files, two of them keeping what is replaced, and five folders.
@pytest.mark.parametrize("at", range(1, 13))
@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()], ids=["full", "ctrl-c"]
)
def test_project_is_as_it_was_whichever_step_fails(at: int, failure: BaseException, desk: Desk) -> None:
    before = contents(desk.project)
    files = Breaking(at, failure)
    with pytest.raises(type(failure)):
        desk.place(files)
    assert files.steps == at
    assert contents(desk.project) == before


def test_there_are_no_more_steps_than_those_that_were_made_to_fail(desk: Desk) -> None:
    files = Breaking(0, OSError())
    desk.place(files)
    assert files.steps == 12


def test_file_that_changed_meanwhile_is_left_alone(desk: Desk) -> None:
    (desk.project / "CODEOWNERS").write_text("somebody else")
    before = contents(desk.project)
    with pytest.raises(Refused, match="CODEOWNERS was changed meanwhile; nothing was written"):
        desk.place()
    assert contents(desk.project) == before


def test_file_that_came_meanwhile_is_left_alone(desk: Desk) -> None:
    (desk.project / "services/loan").mkdir()
    (desk.project / "services/loan/app.py").write_text("somebody else")
    with pytest.raises(Refused, match=r"app\.py was changed meanwhile"):
        desk.place()


def test_folder_in_which_somebody_put_something_meanwhile_stays(desk: Desk) -> None:
    class Busy(Breaking):
        def move(self, file: Path, target: Path) -> None:
            if file.name == "test_loans.py":
                (desk.project / "services/loan/notes.txt").write_text("mine")
                raise KeyboardInterrupt
            super().move(file, target)

    with pytest.raises(KeyboardInterrupt):
        desk.place(Busy(0, OSError()))
    left = [str(path) for path, text in contents(desk.project).items() if text is not None]
    assert sorted(left) == ["CODEOWNERS", "manifest.yaml", "services/loan/notes.txt"]


def test_what_cannot_be_undone_is_named(desk: Desk) -> None:
    class Stubborn(Breaking):
        def move(self, file: Path, target: Path) -> None:
            super().move(file, target)
            if file.name == "app.py":
                target.unlink()
                target.mkdir()
                raise OSError(errno.EIO, "Broken")

    with pytest.raises(Trouble, match=r"not all of it could be undone\. Look at: .*services/loan/app\.py\.$"):
        desk.place(Stubborn(0, OSError()))


def test_second_ctrl_c_does_not_stop_the_undoing(desk: Desk) -> None:
    before = contents(desk.project)
    heard: list[Any] = []

    class Impatient(Breaking):
        def move(self, file: Path, target: Path) -> None:
            super().move(file, target)
            if file.name == "seed.sql":
                raise KeyboardInterrupt

    class Watching(type(desk.spare)):  # type: ignore[misc]
        """The place of what is kept, which sees how Ctrl-C is answered while it is asked for."""

        def replace(self, target: Path) -> Any:
            heard.append(signal.getsignal(signal.SIGINT))
            return super().replace(target)

    desk.spare = Watching(desk.spare)
    with pytest.raises(KeyboardInterrupt):
        desk.place(Impatient(0, OSError()))
    assert heard == [signal.SIG_IGN]
    assert contents(desk.project) == before


def test_placing_beside_the_main_thread_is_undone_too(desk: Desk) -> None:
    before = contents(desk.project)
    failed: list[BaseException] = []

    def try_it() -> None:
        try:
            desk.place(Breaking(8, OSError(errno.ENOSPC, "No space left")))
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=try_it)
    thread.start()
    thread.join()
    assert len(failed) == 1
    assert contents(desk.project) == before
