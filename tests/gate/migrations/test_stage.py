"""What the migrations stage says where there is nothing new, nothing before, or nothing that it can read."""

from __future__ import annotations

import pytest

from tandem.gate.migrations.stage import MigrationsStage
from tandem.gate.profiles import Profile
from tandem.gate.verdict import StageResult, Verdict
from tests.gate.migrations.revisions import FIRST, revise
from tests.gate.world import Project, judged_by, told


@pytest.fixture
def first(notices: Project) -> Project:
    revise(notices, 1, "expand", FIRST)
    return notices


def _said(result: StageResult, name: str) -> tuple[Verdict, str]:
    return next((check.verdict, check.said) for check in result.checks if check.name == name)


def test_before_the_first_release_every_revision_is_new(first: Project) -> None:
    result = judged_by(first.subject(), MigrationsStage())
    assert _said(result, "squawk") == (Verdict.PASSED, "nothing unsafe in notice_0001")
    said = "there is none: nothing is tagged, and no --since was said"
    assert _said(result, "the release before") == (Verdict.DID_NOT_LOOK, said)


def test_without_a_new_revision_there_is_nothing_to_look_at(first: Project) -> None:
    first.tag("v1")
    result = judged_by(first.subject(since="v1"), MigrationsStage())
    assert _said(result, "new revisions") == (Verdict.DID_NOT_LOOK, "there is none since v1")
    assert _said(result, "the release before")[1] == "its schema is the same: nothing is new since v1"
    assert result.verdict is Verdict.PASSED


def test_smoke_does_not_run_the_tests_of_the_release_before(first: Project) -> None:
    first.tag("v1")
    revise(first, 2, "expand", "ALTER TABLE notices ADD COLUMN owner text")
    result = judged_by(first.subject(since="v1"), MigrationsStage())
    said = (Verdict.DID_NOT_LOOK, "the profile smoke does not run its tests")
    assert _said(result, "the release before") == said


def test_service_that_is_new_has_no_release_before(notices: Project) -> None:
    notices.tag("v1")
    revise(notices, 1, "expand", FIRST)
    result = judged_by(notices.subject(since="v1", profile=Profile.FULL), MigrationsStage())
    said = "there is none: v1 has no service notice yet"
    assert _said(result, "the release before") == (Verdict.DID_NOT_LOOK, said)


@pytest.mark.parametrize(
    ("test", "verdict", "said"),
    [
        (None, Verdict.CANNOT_TELL, "v1 has no tests/services/notice"),
        ("def test_it_runs():\n    pass\n", Verdict.PASSED, "the tests of v1 pass on the new schema"),
        ("", Verdict.CANNOT_TELL, "its tests could not be run: no tests ran in"),
    ],
)
def test_release_before_says_what_its_tests_say(first: Project, test: str | None, verdict: Verdict, said: str) -> None:
    if test is not None:
        folder = first.folder / "tests" / "services" / "notice"
        folder.mkdir(parents=True)
        (folder / "test_notice.py").write_text(test)
    first.tag("v1")
    revise(first, 2, "expand", "ALTER TABLE notices ADD COLUMN owner text")
    result = judged_by(first.subject(since="v1", profile=Profile.FULL), MigrationsStage())
    seen = _said(result, "the release before")
    assert seen[0] is verdict, told(result)
    assert seen[1].startswith(said)


def test_revision_that_asks_the_database_cannot_be_told(first: Project) -> None:
    revise(first, 2, "expand", "")
    first.edit("services/notice/migrations/notice_0002.py", "op.execute", "assert op.get_bind().execute")
    result = judged_by(first.subject(), MigrationsStage())
    verdict, said = _said(result, "notice_0002")
    assert (verdict, said.startswith("its SQL cannot be had without a database: ")) == (Verdict.CANNOT_TELL, True)


def test_ref_that_does_not_exist_is_trouble(first: Project) -> None:
    first.tag("v1")
    result = judged_by(first.subject(since="v9"), MigrationsStage())
    assert (result.verdict, result.reason) == (
        Verdict.TROUBLE,
        "There is no git ref 'v9' here, so nobody can say which revisions are new.",
    )
