"""A copy of what a new service touches, in which it is made and looked at before anything of the project changes."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruff import find_ruff_bin

from tandem.local.trouble import Trouble

_RELEASED = shutil.ignore_patterns("released")


@dataclass
class Stage:
    """`before` is what the project had of the files that are changed; all paths are relative to the project."""

    project: Path
    folder: Path
    written: set[Path] = field(default_factory=set)
    before: dict[Path, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def contracts(self) -> Path:
        return self.folder / "contracts"

    def write(self, path: Path | str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        self.add(Path(path))

    def add(self, path: Path) -> None:
        """Something has written it here."""
        self.written.add(path)
        original = self.project / path
        if original.exists() and path not in self.before:
            self.before[path] = original.read_bytes()
            (self.folder / path).chmod(original.stat().st_mode)

    def targets(self) -> Mapping[Path, Path]:
        return {self.folder / path: self.project / path for path in sorted(self.written)}

    def expected(self) -> Mapping[Path, bytes]:
        return {self.project / path: content for path, content in self.before.items()}

    def said(self, message: str) -> str:
        """As if it had been found in the project itself."""
        return message.replace(f"{self.folder}/", "")

    def put_in_style(self, name: str, *, sort_imports: bool = False) -> None:
        """What is written for here is in the style already, but for lines that a name made longer and, with
        `sort_imports`, imports that were put at the top."""
        folders = [one for one in (f"services/{name}", f"tests/services/{name}") if (self.folder / one).exists()]
        if sort_imports:
            self._ruff("check", "--fix-only", "--select", "I", *folders)
        else:
            # What somebody goes on writing may be unfinished elsewhere.
            self._ruff("check", *folders)
        self._ruff("format", *folders)

    def _ruff(self, command: str, *arguments: str) -> None:
        # Where tandem is not at hand, ruff would sort it among the packages of others.
        ours = ["--config", 'lint.isort.known-first-party = ["tandem", "services", "tests"]']
        ruff = [find_ruff_bin(), command, "--quiet", "--no-cache", *ours, *arguments]
        done = subprocess.run(ruff, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = self.said(done.stdout + done.stderr)
            raise Trouble(f"What was written is not in the style of the house:\n{said}")


@contextlib.contextmanager
def staged(project: Path) -> Iterator[Stage]:
    """On the file system of the project, so that what is made there can be moved in one step."""
    state = project / ".tandem"
    existed = state.exists()
    state.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=state, prefix="new-") as name:
            folder = Path(name).resolve()
            shutil.copytree(project / "contracts", folder / "contracts", ignore=_RELEASED)
            shutil.copy(project / "pyproject.toml", folder)
            yield Stage(project, folder)
    finally:
        if not existed:
            state.rmdir()
