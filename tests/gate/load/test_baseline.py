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
    assert keep(subject, {"getNotice": 4.0}) is None
    assert find(subject) is None
    monkeypatch.setenv("PATH", "/nowhere")
    assert commits(notices.folder) == []


def test_nearest_commit_with_a_baseline_is_the_one_compared_with(notices: Project) -> None:
    subject = notices.subject()
    notices.tag("v1")
    keep(subject, {"getNotice": 4.0004})
    notices.tag("v2")
    (_, first) = commits(notices.folder)
    assert find(subject) == Baseline("notice", first, {"getNotice": 4.0})


def test_commit_keeps_its_first_baseline(notices: Project) -> None:
    subject = notices.subject()
    notices.tag("v1")
    assert keep(subject, {"getNotice": 4.0}) is not None
    assert keep(subject, {"getNotice": 9.0}) is None
    found = find(subject)
    assert found is not None
    assert found.relative == {"getNotice": 4.0}


def test_what_the_team_agreed_on_comes_first(notices: Project) -> None:
    subject = notices.subject()
    notices.tag("v1")
    keep(subject, {"getNotice": 4.0})
    agreed(notices, json.dumps({"service": "notice", "commit": "of last year", "relative": {"getNotice": 2}}))
    assert find(subject) == Baseline("notice", "of last year", {"getNotice": 2.0})


@pytest.mark.parametrize("text", ["{", "[]", '{"service": "notice"}', '{"service": "", "commit": "", "relative": []}'])
def test_baseline_that_cannot_be_read_is_refused(text: str, notices: Project) -> None:
    path = agreed(notices, text)
    with pytest.raises(Refused, match=f"{path.name} is no baseline; remove it"):
        find(notices.subject())


def agreed(project: Project, text: str) -> Path:
    path = project.folder / "loadtests" / "baselines" / "notice.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
