"""`tandem template` as people and machines see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import CommandLine, command_line
from tests.scaffold.checkout import commit
from tests.scaffold.template_repository import Repository, repository_in
from tests.scaffold.test_update import APP, RETURN, SAFER


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = repository_in(tmp_path / "project")
    monkeypatch.chdir(made.folder)
    return made


@pytest.fixture
def tandem(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return command_line(capsys, "template")


def test_status_says_what_waits_and_why(repository: Repository, tandem: CommandLine) -> None:
    repository.fix(2, "app.py", RETURN, SAFER)
    repository.edit("services/loan/settings.py", "LOAN_", "LOANS_")
    (repository.folder / "services/loan/app.py").unlink()
    code, said, _ = tandem("status")
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert code == 0
    assert lines[0] == "service template behind as in the template made its own"
    assert lines[2].startswith("loan 1 1 ")
    assert lines[2].endswith("settings.py, app.py (deleted)")
    assert lines[3:] == ["", "2 (2026-12-02): Fix 2", "Reason 2", "", "Bring it to them: tandem template update"]


def test_status_of_one_that_is_up_to_date_says_no_more(repository: Repository, tandem: CommandLine) -> None:
    assert tandem("status", "card")[1].splitlines()[1].split()[-1] == "nothing"
    code, said, _ = tandem("status", "card", "--json")
    (card,) = json.loads(said)
    assert (code, card["service"], card["template"], card["behind"], card["changed"]) == (0, "card", 1, [], [])


def test_service_that_is_not_from_the_template_is_shown_as_such(repository: Repository, tandem: CommandLine) -> None:
    (repository.folder / "services/loan/.template.yaml").unlink()
    assert "loan         none" in tandem("status")[1]
    assert tandem("update")[1] == "Every service has template 1; there is nothing to do.\n"
    commit(repository.folder)
    code, _, error = tandem("update", "loan")
    assert (code, error) == (1, "loan was not made from the template: there is no services/loan/.template.yaml.\n")


def test_update_says_what_became_of_each_file(repository: Repository, tandem: CommandLine) -> None:
    repository.fix(2, "app.py", RETURN, SAFER)
    repository.edit("services/loan/settings.py", "LOAN_", "LOANS_")
    code, said, _ = tandem("update")
    assert code == 0
    assert said == (
        "card: template 1 to 2\n  services/card/app.py: updated\n"
        "loan: template 1 to 2\n  services/loan/app.py: updated\n"
        "Not included, since nobody committed it: services/loan/settings.py\n"
        "It is on the branch template/2: git merge template/2\n"
    )


def test_conflicts_are_shown_as_git_does_and_fail(repository: Repository, tandem: CommandLine) -> None:
    repository.edit(APP, "    return serve(", "    options['response_share'] = 1.0\n    return serve(")
    commit(repository.folder)
    repository.fix(2, "app.py", RETURN, SAFER)
    code, said, error = tandem("update", "card")
    assert code == 1
    assert said == "card: template 1 to 2\n  CONFLICT (content): Merge conflict in services/card/app.py\n"
    assert error == (
        "1 file has conflicts on template/2: `git switch template/2`, mend what is between the markers, and commit.\n"
    )


def test_outcome_is_json_for_machines(repository: Repository, tandem: CommandLine) -> None:
    repository.fix(2, "app.py", RETURN, SAFER)
    code, said, _ = tandem("update", "card", "--to", "2", "--json")
    document = json.loads(said)
    assert code == 0
    assert (document["template"], document["branch"], document["conflicts"]) == (2, "template/2", [])
    assert document["services"][0]["files"][APP] == "updated"
    assert document["not_included"] == []


def test_misspelt_service_is_asked_about(repository: Repository, tandem: CommandLine) -> None:
    code, _, error = tandem("status", "crad")
    assert (code, error) == (1, "There is no service 'crad'. Did you mean `card`?\n")
