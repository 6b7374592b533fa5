"""A fix of the template reaches services that were made before it, through real edits and a real conflict."""

from __future__ import annotations

from pathlib import Path

import pytest

from tandem.local.trouble import Refused
from tandem.scaffold.merging import Came
from tandem.scaffold.rendering import read_answers
from tandem.scaffold.status import standings
from tandem.scaffold.update import Outcome, update
from tests.scaffold.checkout import commit, contents, git
from tests.scaffold.template_repository import SERVICES, Repository, repository_in

APP = "services/card/app.py"
RETURN = '    return serve("{{ name }}"'
SAFER = '    options.setdefault("response_share", 0.5)\n' + RETURN


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return repository_in(tmp_path / "project")


def came(outcome: Outcome) -> dict[str, str]:
    return {str(path): one.name for each in outcome.updates for path, one in each.files.items()}


def test_fix_reaches_every_service_on_a_branch_and_leaves_the_work_tree_alone(repository: Repository) -> None:
    repository.fix(2, "app.py", RETURN, SAFER)
    before = contents(repository.folder)
    outcome = update(repository.folder, SERVICES, None)
    assert (outcome.number, outcome.branch, outcome.conflicts) == (2, "template/2", [])
    for name in SERVICES:
        assert 'setdefault("response_share", 0.5)' in repository.read(f"services/{name}/app.py", "template/2")
        assert "template: 2\n" in repository.read(f"services/{name}/.template.yaml", "template/2")
    assert contents(repository.folder) == before
    assert git(repository.folder, "status", "--porcelain") == ""
    assert len(git(repository.folder, "worktree", "list").splitlines()) == 1


def test_commit_says_what_came_and_why(repository: Repository) -> None:
    repository.fix(2, "app.py", RETURN, SAFER)
    repository.fix(3, "settings.py", "class Settings", "\nclass Settings")
    update(repository.folder, SERVICES, None)
    said = git(repository.folder, "log", "-1", "--format=%B", "template/3")
    assert said == "Template 3 for card, loan\n\n- 2: Fix 2\n  Reason 2\n- 3: Fix 3\n  Reason 3\n\n"


def test_own_lines_elsewhere_in_the_file_are_kept(repository: Repository) -> None:
    repository.edit(APP, "from typing import Any\n", "import os\nfrom typing import Any\n")
    commit(repository.folder)
    repository.fix(2, "app.py", RETURN, SAFER)
    outcome = update(repository.folder, ["card"], None)
    assert came(outcome)[APP] == "MERGED"
    merged = repository.read(APP, "template/2")
    assert "import os\n" in merged
    assert "response_share" in merged


def test_own_lines_in_the_same_place_are_a_conflict_as_git_shows_it(repository: Repository) -> None:
    repository.edit(APP, "    return serve(", "    options['response_share'] = 1.0\n    return serve(")
    commit(repository.folder)
    repository.fix(2, "app.py", RETURN, SAFER)
    outcome = update(repository.folder, SERVICES, None)
    assert outcome.conflicts == [Path(APP)]
    assert came(outcome)["services/loan/app.py"] == "UPDATED"
    merged = repository.read(APP, "template/2")
    assert "<<<<<<< services/card/app.py (yours)\n    options['response_share'] = 1.0\n" in merged
    assert ">>>>>>> template 2\n" in merged


def test_deleted_file_stays_deleted(repository: Repository) -> None:
    (repository.folder / "tests/services/card/test_schemathesis.py").unlink()
    (repository.folder / APP).unlink()
    commit(repository.folder)
    repository.fix(2, "app.py", RETURN, SAFER)
    outcome = update(repository.folder, ["card"], None)
    assert came(outcome)[APP] == "STAYS_DELETED"
    assert not repository.has(APP, "template/2")
    assert not repository.has("tests/services/card/test_schemathesis.py", "template/2")


def test_new_file_of_the_template_is_added_and_a_dropped_one_removed(repository: Repository) -> None:
    template = repository.folder / "tandem/scaffold/template/project/services/{{ name }}"
    (template / "settings.py.jinja").rename(template / "options.py.jinja")
    repository.edit("services/loan/settings.py", "LOAN_", "LOANS_")
    repository.write_number(2)
    commit(repository.folder)
    outcome = update(repository.folder, SERVICES, None)
    found = came(outcome)
    assert (found["services/card/options.py"], found["services/card/settings.py"]) == ("ADDED", "REMOVED")
    assert found["services/loan/settings.py"] == "KEPT"
    assert not repository.has("services/card/settings.py", "template/2")
    assert repository.has("services/loan/settings.py", "template/2")


def test_edits_that_nobody_committed_are_said_to_be_left_out(repository: Repository) -> None:
    repository.fix(2, "app.py", RETURN, SAFER)
    repository.edit(APP, "from typing import Any\n", "import os\nfrom typing import Any\n")
    outcome = update(repository.folder, SERVICES, None)
    assert outcome.left_out == (APP,)
    assert "import os" not in repository.read(APP, "template/2")
    assert "import os" in (repository.folder / APP).read_text()


def test_update_can_stop_at_an_earlier_number(repository: Repository) -> None:
    repository.fix(2, "app.py", RETURN, SAFER)
    repository.fix(3, "app.py", "0.5", "0.7")
    update(repository.folder, SERVICES, 2)
    assert "0.5" in repository.read(APP, "template/2")
    git(repository.folder, "merge", "--quiet", "template/2")
    assert came(update(repository.folder, SERVICES, None))[APP] == "UPDATED"
    assert "0.7" in repository.read(APP, "template/3")


def test_service_that_is_up_to_date_gets_no_branch(repository: Repository) -> None:
    assert update(repository.folder, SERVICES, None) == Outcome(1)
    assert git(repository.folder, "branch", "--list", "template/*") == ""


@pytest.mark.parametrize(("to", "said"), [(7, "There is no template 7: the newest that is committed is 2"), (2, None)])
def test_number_that_nobody_has_is_refused(to: int, said: str | None, repository: Repository) -> None:
    repository.fix(2, "app.py", RETURN, SAFER)
    if said is None:
        assert update(repository.folder, SERVICES, to).branch == "template/2"
        return
    with pytest.raises(Refused, match=said):
        update(repository.folder, SERVICES, to)


def test_branch_that_is_there_is_not_touched(repository: Repository) -> None:
    repository.fix(2, "app.py", RETURN, SAFER)
    git(repository.folder, "branch", "template/2")
    with pytest.raises(Refused, match=r"There is a branch template/2 already\. Merge it, or delete it: `git branch -D"):
        update(repository.folder, SERVICES, None)
    assert len(git(repository.folder, "worktree", "list").splitlines()) == 1


def test_shallow_clone_says_what_to_fetch(repository: Repository, tmp_path: Path) -> None:
    repository.fix(2, "app.py", RETURN, SAFER)
    clone = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{repository.folder}", str(clone))
    with pytest.raises(
        Refused, match="This clone is shallow, and template 1 is older than what it has: `git fetch --un"
    ):
        update(clone, SERVICES, None)
    (card, _) = standings(clone, SERVICES)
    assert card.untold.startswith("This clone is shallow")
    assert [one.number for one in card.behind] == [2]


def test_number_that_was_never_committed_by_itself_is_told(repository: Repository) -> None:
    repository.write_number(2)
    repository.edit("services/card/.template.yaml", "template: 1", "template: 2")
    repository.write_number(3)
    commit(repository.folder)
    with pytest.raises(Refused, match="No commit has template 2"):
        update(repository.folder, ["card"], None)


def test_folder_without_git_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="`git rev-parse` failed: fatal: not a git repository"):
        update(tmp_path, SERVICES, None)


def test_changelog_that_was_broken_for_a_while_hides_nothing(repository: Repository) -> None:
    changes = repository.folder / "tandem/scaffold/template/changes.yaml"
    text = changes.read_text()
    changes.write_text("changes: [")
    commit(repository.folder)
    changes.write_text(text)
    repository.fix(2, "app.py", RETURN, SAFER)
    assert update(repository.folder, SERVICES, None).conflicts == []


def test_project_within_a_larger_repository_is_updated(tmp_path: Path) -> None:
    inside = repository_in(tmp_path / "outer" / "project")
    (inside.folder / ".git").rename(tmp_path / "outer" / ".git")
    commit(tmp_path / "outer", "Moved")
    inside.fix(2, "app.py", RETURN, SAFER)
    assert update(inside.folder, ["card"], None).updates[0].of(Came.UPDATED) == [Path(APP)]
    assert "response_share" in git(tmp_path / "outer", "show", f"template/2:project/{APP}")


def test_status_counts_fixes_and_names_what_was_made_its_own(repository: Repository) -> None:
    repository.fix(2, "app.py", RETURN, SAFER)
    repository.edit(APP, "from typing import Any\n", "import os\nfrom typing import Any\n")
    (repository.folder / "services/card/settings.py").unlink()
    card, loan, other = standings(repository.folder, [*SERVICES, "other"])
    assert ([one.number for one in card.behind], card.changed) == ([2], (Path(APP),))
    assert card.deleted == (Path("services/card/settings.py"),)
    assert (loan.changed, loan.deleted, len(loan.same)) == ((), (), 4)
    assert (other.template, other.behind) == (None, ())


def test_answers_are_those_of_the_service(repository: Repository) -> None:
    assert read_answers(repository.folder, "loan").name == "loan"
