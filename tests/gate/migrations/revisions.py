"""Revisions written into a project."""

from __future__ import annotations

from tests.gate.world import Project

FIRST = "CREATE TABLE notices (id text PRIMARY KEY, text text, number integer, made_at timestamptz)"
_REVISION = '''"""One step."""

from alembic import op

revision = "notice_{number:04}"
down_revision = {before!r}
phase = "{phase}"


def upgrade() -> None:
    op.execute("""
        {sql}
    """)
'''


def revise(project: Project, number: int, phase: str, sql: str) -> None:
    before = f"notice_{number - 1:04}" if number > 1 else None
    text = _REVISION.format(number=number, before=before, phase=phase, sql=sql)
    (project.migrations / f"notice_{number:04}.py").write_text(text, "utf-8")
