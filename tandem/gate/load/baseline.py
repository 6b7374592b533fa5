"""How fast each operation was, against a bare answer on the same machine: kept per service and commit."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tandem.gate.subject import Subject
from tandem.local.state import write_atomically
from tandem.local.trouble import Refused

AGREED = Path("loadtests/baselines")
_MOST_COMMITS = 200


@dataclass(frozen=True)
class Baseline:
    """`relative` is the median of an operation by that of a bare answer: alike on slow and on fast machines."""

    service: str
    commit: str
    relative: Mapping[str, float]


def find(subject: Subject) -> Baseline | None:
    """What the team agreed on; otherwise that of the nearest commit that has one."""
    agreed = subject.project / AGREED / f"{subject.name}.json"
    if agreed.exists():
        return _read(agreed)
    for commit in commits(subject.project):
        if (path := _path(subject, commit)).exists():
            return _read(path)
    return None


def keep(subject: Subject, relative: Mapping[str, float]) -> Path | None:
    """Of the commit that is here, when it has none yet; None when there is no commit."""
    here = commits(subject.project)[:1]
    if not here or (path := _path(subject, here[0])).exists():
        return None
    document = asdict(Baseline(subject.name, here[0], {name: round(ratio, 3) for name, ratio in relative.items()}))
    write_atomically(path, json.dumps(document, indent=2) + "\n", mode=0o644)
    return path


def commits(project: Path) -> list[str]:
    """The newest first; none where there is no git."""
    command = ["git", "-C", str(project), "rev-list", f"--max-count={_MOST_COMMITS}", "HEAD"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return asked.stdout.split() if asked.returncode == 0 else []


def _path(subject: Subject, commit: str) -> Path:
    return subject.folder / "baselines" / subject.name / f"{commit}.json"


def _read(path: Path) -> Baseline:
    try:
        document = json.loads(path.read_text("utf-8"))
        relative = {name: float(ratio) for name, ratio in document["relative"].items()}
        return Baseline(document["service"], document["commit"], relative)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise Refused(f"{path} is no baseline; remove it, and the next run that passes is kept.") from error
