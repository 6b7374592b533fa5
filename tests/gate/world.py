"""A small project of one service in a folder of its own, and the gate's view of it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tandem.gate.engine import Engine
from tandem.gate.events import Event
from tandem.gate.profiles import Profile
from tandem.gate.stage import Notes, Stage
from tandem.gate.subject import Subject
from tandem.gate.verdict import GateResult, StageResult
from tandem.kit.contract import load_contract
from tandem.local.state import Home
from tandem.spec.bundle import to_yaml
from tests.architecture.project import ROOT

AUTHOR = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
_ENTRY = {"owner": "team-notices", "audience": "Everybody", "consumes": {}}


@dataclass(frozen=True)
class Project:
    """`name` is its only service; its contracts share our rules, scenarios and scopes."""

    folder: Path
    name: str

    @property
    def contract(self) -> Path:
        return self.folder / "contracts" / self.name / "openapi.yaml"

    @property
    def migrations(self) -> Path:
        return self.folder / "services" / self.name / "migrations"

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.folder / path
        text = file.read_text("utf-8")
        assert old in text, f"{old!r} is not in {path}"
        file.write_text(text.replace(old, new, 1), "utf-8")

    def release(self, version: str) -> None:
        """The contract as it is, kept as it was shipped."""
        folder = self.contract.parent / "released"
        folder.mkdir()
        shipped = folder / f"{version}.yaml"
        shipped.write_text(to_yaml(load_contract(self.contract).document), "utf-8")
        digest = hashlib.sha256(shipped.read_bytes()).hexdigest()
        (folder / "SHA256SUMS").write_text(f"{digest}  {shipped.name}\n")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", "-C", str(self.folder), *AUTHOR, *arguments], check=True, capture_output=True)

    def tag(self, name: str) -> None:
        self.git("init", "--quiet", "--initial-branch", "main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", name)
        self.git("tag", name)

    def subject(
        self,
        url: str | None = None,
        tokens: Mapping[str, str] | None = None,
        *,
        profile: Profile = Profile.SMOKE,
        since: str = "",
    ) -> Subject:
        home = Home(self.folder / ".tandem", self.folder)
        home.create()
        return Subject(self.name, home, profile, url, tokens or {}, since)


def project(folder: Path, name: str, contract: Mapping[str, Any] | str) -> Project:
    contracts = folder / "contracts"
    (contracts / name).mkdir(parents=True)
    (folder / "services" / name / "migrations").mkdir(parents=True)
    shutil.copytree(ROOT / "contracts" / "common", contracts / "common")
    for shared in ("rules.yaml", "scenarios.yaml"):
        shutil.copy(ROOT / "contracts" / shared, contracts)
    (contracts / "events.yaml").write_text("events: {}\n")
    services = {name: {**_ENTRY, "contract": f"{name}/openapi.yaml", "database": name}}
    (contracts / "manifest.yaml").write_text(yaml.safe_dump({"title": "Small", "services": services}))
    made = Project(folder, name)
    made.contract.write_text(contract if isinstance(contract, str) else json.dumps(contract), "utf-8")
    (folder / ".gitignore").write_text(".tandem/\n__pycache__/\n")
    return made


@dataclass
class Heard:
    """A listener that keeps what it is told."""

    events: list[Event] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        self.events.append(event)


def notes(stage: str = "stage") -> Notes:
    return Notes(stage, Heard())


def judged(subject: Subject, *stages: Stage) -> GateResult:
    return Engine(stages, []).run(subject)


def judged_by(subject: Subject, stage: Stage) -> StageResult:
    return judged(subject, stage).stages[0]


def told(result: StageResult) -> str:
    """Everything that a person would read of it."""
    findings = "\n".join(f"{one.title} | {one.where} | {one.detail} | {one.fix}" for one in result.findings)
    checks = "\n".join(f"{one.name}: {one.verdict.value}, {one.said}" for one in result.checks)
    return f"{result.verdict.value} {result.reason}\n{findings}\n{checks}"
