"""A project's files as a test needs them."""

from __future__ import annotations

from pathlib import Path

from tandem.gate.safety.scanner import Place
from tests.gate.world import Project


def write(project: Project, name: str, text: str) -> Path:
    path = project.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def place(project: Project) -> Place:
    return Place(project.name, project.folder, project.folder / ".tandem" / "infra" / project.name)
