"""A baseline is what the team agreed on, or of the nearest commit; a commit keeps its first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tandem.gate.load.baseline import Baseline, commits, find, keep
from tandem.local.trouble import Refused
from tests.gate.world import Project


def test_without_git_nothing_is_kept_or_found(notices: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = notices.subject()
    assert keep(subject, "p1", {"getNotice": 4.0}) is None
    assert find(subject, "p1") is None
    monkeypatch.setenv("PATH", "/nowhere")
    assert commits(notices.folder) == []


def test_nearest_commit_with_a_baseline_is_the_one_compared_with(notices: Project) -> None:
    subject = notices.subject()
    notices.tag("v1")
    keep(subject, "p1", {"getNotice": 4.0004})
    notices.tag("v2")
    (_, first) = commits(notices.folder)
    assert find(subject, "p1") == Baseline("notice", first, "p1", {"getNotice": 4.0})


def test_commit_keeps_its_first_baseline(notices: Project) -> None:
    subject = notices.subject()
    notices.tag("v1")
    assert keep(subject, "p1", {"getNotice": 4.0}) is not None
    assert keep(subject, "p1", {"getNotice": 9.0}) is None
    found = find(subject, "p1")
    assert found is not None
    assert found.relative == {"getNotice": 4.0}


def test_what_the_team_agreed_on_comes_first(notices: Project) -> None:
    subject = notices.subject()
    notices.tag("v1")
    keep(subject, "p1", {"getNotice": 4.0})
    agreed_on(notices, "p1")
    assert find(subject, "p1") == Baseline("notice", "of last year", "p1", {"getNotice": 2.0})


def test_baseline_of_other_requests_compares_with_nothing(notices: Project) -> None:
    subject = notices.subject()
    notices.tag("v1")
    keep(subject, "p1", {"getNotice": 4.0})
    agreed_on(notices, "p1")
    assert find(subject, "p2") is None
    assert keep(subject, "p2", {"getNotice": 5.0}) is not None


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"service": "notice"}', '{"service": "", "commit": "", "plan": "", "relative": []}']
)
def test_baseline_that_cannot_be_read_is_refused(text: str, notices: Project) -> None:
    path = agreed(notices, text)
    with pytest.raises(Refused, match=f"{path.name} is no baseline; remove it"):
        find(notices.subject(), "p1")


def agreed_on(project: Project, plan: str) -> None:
    document = {"service": "notice", "commit": "of last year", "plan": plan, "relative": {"getNotice": 2}}
    agreed(project, json.dumps(document))


def agreed(project: Project, text: str) -> Path:
    path = project.folder / "loadtests" / "baselines" / "notice.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
