"""What the cloud costs with one more service, worked out by infra itself."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tandem.local.trouble import Refused
from tandem.scaffold.stage import Stage

PAGE = Path("docs/cost.md")
_PROGRAM = Path("infra/cost.py")
_NOT_READ = shutil.ignore_patterns(".venv", "__pycache__", ".*_cache")


@contextlib.contextmanager
def priced(stage: Stage, *, foreign: bool) -> Iterator[None]:
    """Works beside what is done inside. Raises Refused where the cloud cannot have it; of a `foreign` contract that is
    noted, for nobody here can change its paths."""
    if not all((stage.project / needed).exists() for needed in (_PROGRAM, PAGE)):
        yield
        return
    _copy_what_it_reads(stage)
    command = [sys.executable, "-m", "infra.cost"]
    with subprocess.Popen(command, cwd=stage.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as working:
        try:
            yield
            said = working.communicate()[0].decode(errors="replace").strip()
        except BaseException:
            working.kill()
            raise
    if working.returncode == 0:
        stage.add(PAGE)
        return
    reason = f"The cloud cannot have this service: {stage.said(said).splitlines()[-1]}"
    if not foreign:
        raise Refused(reason)
    stage.notes.append(reason)


def _copy_what_it_reads(stage: Stage) -> None:
    shutil.copytree(stage.project / "infra", stage.folder / "infra", ignore=_NOT_READ)
    for app in (stage.project / "services").glob("*/app.py"):
        copy = stage.folder / app.relative_to(stage.project)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(app, copy)
    (stage.folder / PAGE).parent.mkdir(exist_ok=True)
    shutil.copy(stage.project / PAGE, stage.folder / PAGE)
