"""The five services are instances of the template: what they have of it is what it gives for their answers."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from tandem.local.trouble import Refused
from tandem.scaffold.changes import TEMPLATE, newest, read_changes
from tandem.scaffold.rendering import Answers, answers_path, parse_answers, read_answers, rendered
from tests.architecture.project import ROOT, SERVICES

# Settings that a service has of its own stand below those of all.
OWN = {Path("services/account/settings.py"), Path("services/invoice/settings.py")}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_what_the_template_gives(service: str, tmp_path: Path) -> None:
    answers = read_answers(ROOT, service)
    assert answers.template == newest(read_changes(ROOT / TEMPLATE)), "run `tandem template update`"
    files = rendered(ROOT / TEMPLATE, answers, tmp_path)
    assert {path.name for path in files} >= {"app.py", "settings.py", "__init__.py", "test_schemathesis.py"}
    differing = {path for path, text in files.items() if (ROOT / path).read_text("utf-8") != text}
    assert differing <= OWN


@pytest.mark.parametrize("path", sorted(OWN), ids=str)
def test_settings_of_its_own_are_only_added(path: Path, tmp_path: Path) -> None:
    given = rendered(ROOT / TEMPLATE, read_answers(ROOT, path.parent.name), tmp_path)[path].splitlines()
    lines = difflib.ndiff(given, (ROOT / path).read_text("utf-8").splitlines())
    assert [line for line in lines if line.startswith("- ")] == []


def test_answers_are_rendered_so_that_they_can_be_read_again(tmp_path: Path) -> None:
    answers = Answers("loan", 7, keeps_files=True)
    files = rendered(ROOT / TEMPLATE, answers, tmp_path)
    assert parse_answers(files[answers_path("loan")]) == answers
    assert "keeps_files=True, **options" in files[Path("services/loan/app.py")]


def test_a_place_without_a_template_says_so(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"There is no template in .*: run this in a checkout that has one"):
        rendered(tmp_path, Answers("loan", 1), tmp_path)
    with pytest.raises(Refused, match="There is no template in"):
        read_changes(tmp_path)


def test_template_that_cannot_be_rendered_says_why(tmp_path: Path) -> None:
    (tmp_path / "copier.yaml").write_text("name: [")
    with pytest.raises(Refused, match="The template cannot be rendered: "):
        rendered(tmp_path, Answers("loan", 1), tmp_path / "out")


@pytest.mark.parametrize("text", ["", "name: loan", "[]", "a: [", "{name: loan, template: many, keeps_files: false}"])
def test_answers_that_cannot_be_read_are_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "services/loan").mkdir(parents=True)
    (tmp_path / answers_path("loan")).write_text(text)
    with pytest.raises(Refused, match=r"^services/loan/\.template\.yaml cannot be read; it needs name, template"):
        read_answers(tmp_path, "loan")


def test_service_that_is_not_from_the_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        Refused, match=r"^loan was not made from the template: there is no services/loan/\.template\.yaml"
    ):
        read_answers(tmp_path, "loan")


CHANGE = "{number: 1, date: 2026-01-01, what: a, why: b}"


@pytest.mark.parametrize(
    "text", ["", "changes: []", f"changes: [{CHANGE}, {CHANGE}]", "changes: [{number: 1}]", "changes: ["]
)
def test_changes_need_numbers_that_go_up(text: str, tmp_path: Path) -> None:
    (tmp_path / "changes.yaml").write_text(text)
    with pytest.raises(Refused, match="each change needs number, date, what and why, with numbers that go up"):
        read_changes(tmp_path)
