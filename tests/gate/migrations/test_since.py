from __future__ import annotations

from pathlib import Path

import pytest

from tandem.gate.migrations.since import last_tag, text_at
from tandem.local.trouble import Refused
from tests.gate.world import Project


def test_last_tag_is_what_is_in_production(notices: Project) -> None:
    notices.tag("v1")
    notices.tag("v2")
    assert last_tag(notices.folder) == "v2"


def test_where_nothing_was_tagged_nothing_is_in_production(tmp_path: Path) -> None:
    assert last_tag(tmp_path) == ""


def test_file_is_read_as_it_was(notices: Project) -> None:
    notices.tag("v1")
    before = notices.contract.read_text()
    notices.contract.write_text("changed")
    (notices.folder / "new").write_text("new")
    assert text_at(notices.folder, "v1", notices.contract) == before
    assert text_at(notices.folder, "v1", notices.folder / "new") is None


def test_ref_that_does_not_exist_is_refused(notices: Project) -> None:
    notices.tag("v1")
    with pytest.raises(Refused, match="There is no git ref 'v9' here"):
        text_at(notices.folder, "v9", notices.contract)


def test_without_git_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Refused, match="git is not installed"):
        last_tag(tmp_path)
