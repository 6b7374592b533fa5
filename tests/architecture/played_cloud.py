"""A checkout in which every program that a release calls is played: it notes what it is asked, and answers."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.architecture.project import ROOT
from tests.cli.contract_project import AUTHOR

REGISTRY = "123456789012.dkr.ecr.eu-north-1.amazonaws.com"
_PLAYED = ("aws", "cosign", "curl", "docker", "gh", "make", "podman", "pulumi", "skopeo", "tandem")
_FIRST_ANSWERS = {
    "aws ecr describe-repositories *tandem-uat-card *": f"echo {REGISTRY}/tandem-uat-card",
    "aws ecr describe-repositories *tandem-production-card *": f"echo {REGISTRY}/tandem-production-card",
}


class Played:
    """`answers` maps what is asked, as a pattern of the shell, to the line that answers; the first that fits counts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bin = folder / ".venv/bin"
        self._bin.mkdir(parents=True)
        shutil.copytree(ROOT / ".ci", folder / ".ci")
        for name in ("card", "invoice"):
            (folder / "services" / name).mkdir(parents=True)
            (folder / "services" / name / "app.py").write_text("first\n")
        (folder / "contracts").mkdir()
        (folder / "contracts/environments.yaml").write_text("first\n")
        (folder / ".gitignore").write_text(".venv\nasked\noutput\nbuild\n.tandem\n")
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit()
        self.answer({})

    def answer(self, answers: Mapping[str, str]) -> None:
        cases = "\n".join(
            f"{pattern.replace(' ', chr(92) + ' ')}) {line} ;;"
            for pattern, line in {**answers, **_FIRST_ANSWERS}.items()
        )
        script = f'#!/bin/sh\nline="$(basename "$0") $*"\nprintf "%s\\n" "$line" >>"{self.folder}/asked"\n'
        for name in _PLAYED:
            (self._bin / name).write_text(f'{script}case "$line" in\n{cases}\n*) ;;\nesac\n')
            (self._bin / name).chmod(0o755)

    def run(self, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
        (self.folder / "asked").unlink(missing_ok=True)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("GH_", "GITHUB_", "AWS_"))}
        own = {"PATH": f"{self._bin}:{clean['PATH']}", "GITHUB_OUTPUT": str(self.folder / "output")}
        return subprocess.run(
            line.split(),
            cwd=self.folder,
            env={**clean, **own, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def bare_path(self) -> str:
        """One on which nothing is but what a script cannot do without."""
        bare = self.folder / "bare"
        bare.mkdir()
        for name in ("bash", "basename", "dirname", "env"):
            (bare / name).symlink_to(str(shutil.which(name)))
        return str(bare)

    @property
    def asked(self) -> list[str]:
        file = self.folder / "asked"
        return file.read_text().splitlines() if file.exists() else []

    def asked_of(self, program: str) -> list[str]:
        return [line for line in self.asked if line.startswith(f"{program} ")]

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *AUTHOR, *arguments], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "A change")
        return self.git("rev-parse", "HEAD")
