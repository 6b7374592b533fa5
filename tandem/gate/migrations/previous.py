"""The release before this one, on the schema of this one: its own code and tests, with the new revisions."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tandem.gate.session import started
from tandem.gate.subject import Subject
from tandem.kit.migrations.revisions import KIT_FOLDER
from tandem.spec.git_ref import unpack

_SECONDS = 120.0
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
# It takes a minute, and the service's own gate has asked the same of this release.
_LEFT_OUT = "test_schemathesis.py"
# A schema that breaks one usually breaks them all, and each takes longer to fail than to pass.
_MOST_FAILED = 5


@dataclass(frozen=True)
class Outcome:
    """`failed` are its tests; None when they could not be run, for the reason in `said`."""

    failed: tuple[str, ...] | None
    said: str


def run_tests(subject: Subject, look: Callable[[], None], patience_seconds: float = _SECONDS) -> Outcome:
    tests = f"tests/services/{subject.name}"
    with _checkout(subject) as folder:
        if not (folder / tests).is_dir():
            return Outcome(None, f"{subject.since} has no {tests}")
        look()
        code, said = _pytest(folder, tests, patience_seconds)
    if code is None:
        return Outcome(None, f"its tests did not end within {patience_seconds:g} s")
    failed = tuple(_FAILED.findall(said))
    if code == 0 or failed:
        return Outcome(failed, said)
    return Outcome(
        None, f"its tests could not be run: {said.strip().splitlines()[-1] if said.strip() else 'no reason'}"
    )


@contextlib.contextmanager
def _checkout(subject: Subject) -> Iterator[Path]:
    """The old release with the new revisions. Its seed stays the old one: that is code, not schema."""
    with tempfile.TemporaryDirectory(prefix="tandem-previous-") as name:
        folder = Path(name)
        unpack(subject.project, subject.since, folder, ".")
        # Root's PostgreSQL runs as somebody else and has to pass through.
        folder.chmod(0o711)
        for source in (subject.project / "services" / subject.name / "migrations", KIT_FOLDER):
            if not source.is_relative_to(subject.project):
                continue
            target = folder / source.relative_to(subject.project)
            target.mkdir(parents=True, exist_ok=True)
            for revision in source.glob("*.py"):
                shutil.copy(revision, target)
        yield folder


def _pytest(folder: Path, tests: str, patience_seconds: float) -> tuple[int | None, str]:
    left_out = f"--ignore={tests}/{_LEFT_OUT}"
    few = f"--maxfail={_MOST_FAILED}"
    line = [sys.executable, "-m", "pytest", tests, left_out, few, "-q", "-p", "no:cacheprovider"]
    with tempfile.TemporaryFile() as said:
        with started(line, folder, said, said, {**os.environ, "PYTHONPATH": str(folder)}) as process:
            try:
                code = process.wait(patience_seconds)
            except subprocess.TimeoutExpired:
                return None, ""
        said.seek(0)
        return code, said.read().decode("utf-8", "replace")
