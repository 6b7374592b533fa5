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
    """`relative` is the median of an operation by that of a bare answer: alike on slow and on fast machines.

    `plan` is the fingerprint of what was asked: where more is written, lists take longer.
    """

    service: str
    commit: str
    plan: str
    relative: Mapping[str, float]


def find(subject: Subject, plan: str) -> Baseline | None:
    """What the team agreed on; otherwise that of the nearest commit that has one. None of another plan."""
    agreed = subject.project / AGREED / f"{subject.name}.json"
    paths = [agreed, *(_path(subject, plan, commit) for commit in commits(subject.project))]
    read = (_read(path) for path in paths if path.exists())
    return next((one for one in read if one.plan == plan), None)


def keep(subject: Subject, plan: str, relative: Mapping[str, float]) -> Path | None:
    """Of the commit that is here, when it has none yet; None when there is no commit."""
    here = commits(subject.project)[:1]
    if not here or (path := _path(subject, plan, here[0])).exists():
        return None
    rounded = {name: round(ratio, 3) for name, ratio in relative.items()}
    document = asdict(Baseline(subject.name, here[0], plan, rounded))
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


def _path(subject: Subject, plan: str, commit: str) -> Path:
    return subject.folder / "baselines" / subject.name / plan / f"{commit}.json"


def _read(path: Path) -> Baseline:
    try:
        document = json.loads(path.read_text("utf-8"))
        relative = {name: float(ratio) for name, ratio in document["relative"].items()}
        return Baseline(document["service"], document["commit"], document["plan"], relative)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise Refused(f"{path} is no baseline; remove it, and the next run that passes is kept.") from error
