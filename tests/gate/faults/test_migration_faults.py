"""A revision that cannot be applied to a database in use does not pass the migrations stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tandem.gate.migrations.stage import MigrationsStage
from tandem.gate.profiles import Profile
from tandem.gate.verdict import Verdict
from tests.gate.faults.catalogue import assert_caught, entries
from tests.gate.migrations.revisions import FIRST, revise
from tests.gate.world import Project, judged_by, told


@pytest.fixture
def released(notices: Project) -> Project:
    """Its first revision is in production as v1."""
    revise(notices, 1, "expand", FIRST)
    notices.tag("v1")
    return notices


def test_careful_revision_passes(released: Project) -> None:
    revise(released, 2, "expand", "ALTER TABLE notices ADD COLUMN owner text")
    result = judged_by(released.subject(since="v1"), MigrationsStage())
    assert result.verdict is Verdict.PASSED, told(result)
    assert "nothing unsafe in notice_0002" in told(result)


@pytest.mark.parametrize("fault", entries("migrations.yaml"))
def test_unsafe_revision_is_caught(fault: Mapping[str, Any], released: Project) -> None:
    revise(released, 2, fault["phase"], fault["sql"])
    assert_caught(judged_by(released.subject(since="v1"), MigrationsStage()), *fault["says"])


def test_released_revision_that_was_edited_is_caught(released: Project) -> None:
    released.edit("services/notice/migrations/notice_0001.py", "made_at timestamptz", "made_at timestamp")
    result = judged_by(released.subject(since="v1"), MigrationsStage())
    assert_caught(result, "notice_0001 was edited after it was released in v1", "write a new revision")


def test_removal_in_the_release_that_makes_it_possible_is_caught(released: Project) -> None:
    revise(released, 2, "expand", "ALTER TABLE notices ADD COLUMN words text")
    revise(released, 3, "contract", "ALTER TABLE notices DROP COLUMN text")
    result = judged_by(released.subject(since="v1"), MigrationsStage())
    assert_caught(result, "notice_0003 removes in the same release in which notice_0002 (expand)", "later release")


def test_schema_on_which_the_release_before_breaks_is_caught(released: Project) -> None:
    """Squawk and the phases see nothing wrong: only the old code does."""
    tests = released.folder / "tests" / "services" / "notice"
    tests.mkdir(parents=True)
    seen = "assert 'words' not in open('services/notice/migrations/notice_0002.py').read()"
    (tests / "test_notices.py").write_text(f"def test_reads_the_text():\n    {seen}\n")
    released.tag("v2")
    revise(released, 2, "expand", "ALTER TABLE notices ADD COLUMN words text")
    result = judged_by(released.subject(since="v2", profile=Profile.FULL), MigrationsStage())
    assert_caught(result, "The release v2 breaks on the new schema: test_reads_the_text fails", "test_notices.py")
    assert [one.replay for one in result.findings] == ["tandem gate notice --stage migrations --since v2"]
