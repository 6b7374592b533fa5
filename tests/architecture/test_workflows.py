"""The workflows: every line runs on a laptop as it stands, and each of their scripts can say no."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tandem.spec.manifest import load_manifest
from tandem.spec.owners import CODEOWNERS, codeowners
from tests.architecture.project import ROOT, tracked_files
from tests.cli.contract_project import AUTHOR, DUE_ON, INVOICE, REMINDER, REQUIRED

# Those of changes; what releases do needs a cloud, and tests/architecture/test_release_script.py plays it.
WORKFLOWS = [ROOT / ".github/workflows" / name for name in ("ci.yml", "contract.yml", "review.yml")]
BIN = Path(sys.executable).parent
EXCUSED = {
    "make environment": "it would make this checkout's packages anew; tests/cli/test_makefile.py asks it what it says",
    "make check": "it runs the tests of this folder",
    "make test": "it is what is running",
}
BREAKS = ".venv/bin/tandem contract diff invoice || true"
MARKER = "<!-- tandem contract diff -->"
# Answers as GitHub's own command does: the comment that is there, and what it was asked to write.
GH = """#!/bin/sh
case "$*" in
  *--paginate*) cat "$0.id" 2>/dev/null; exit 0 ;;
esac
printf '%s\\n' "$*" >>"$0.asked"
exit "$(cat "$0.fails" 2>/dev/null || echo 0)"
"""


class Checkout:
    """Our contracts and scripts on a branch of their own, with nothing changed on it yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in (".ci", ".github", "contracts"):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copy(ROOT / "pyproject.toml", folder)
        (folder / "mocks").mkdir()
        (folder / "mocks/node_modules").symlink_to(ROOT / "mocks/node_modules")
        (folder / ".venv").symlink_to(BIN.parent)
        (folder / ".gitignore").write_text("build/\n.venv\nmocks\nbin\n")
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit()
        self.git("checkout", "--quiet", "-b", "change")
        self._bin = folder / "bin"
        self._bin.mkdir()
        (self._bin / "gh").write_text(GH)
        (self._bin / "gh").chmod(0o755)

    @property
    def comment(self) -> str:
        return (self.folder / "build/contract/change.md").read_text()

    @property
    def asked(self) -> list[str]:
        return (self._bin / "gh.asked").read_text().splitlines()

    def answer(self, name: str, text: str) -> None:
        (self._bin / f"gh.{name}").write_text(text)

    def run(self, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
        # The checkout's own .venv is found by the lines themselves.
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("GH_", "GITHUB_"))}
        own = {**clean, "PATH": f"{self._bin}:{os.environ['PATH']}", **environment}
        command = ["bash", "-euo", "pipefail", "-c", line]
        return subprocess.run(command, cwd=self.folder, env=own, capture_output=True, text=True, check=False)

    def edit(self, old: str, new: str) -> None:
        text = (self.folder / INVOICE).read_text()
        assert old in text
        (self.folder / INVOICE).write_text(text.replace(old, new, 1))
        self.commit()

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *AUTHOR, *arguments], cwd=self.folder, check=True, capture_output=True)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A change")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def _lines(workflow: Path) -> list[str]:
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values()
    return [step["run"] for job in jobs for step in job["steps"] if "run" in step]


def test_every_line_of_every_workflow_runs_here_as_it_stands(checkout: Checkout) -> None:
    lines = [line for workflow in WORKFLOWS for line in _lines(workflow)]
    assert set(EXCUSED) <= set(lines), "an excuse that nobody needs"
    for line in dict.fromkeys(lines):
        if line not in EXCUSED:
            done = checkout.run(line)
            assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"


def test_break_is_told_in_one_comment_and_stays_red(checkout: Checkout) -> None:
    checkout.git("checkout", "--quiet", "main")
    checkout.edit(DUE_ON, DUE_ON + REMINDER)
    checkout.git("checkout", "--quiet", "change")
    checkout.edit(REQUIRED, REQUIRED.replace("number, ", ""))
    github = {"GH_TOKEN": "t", "GITHUB_REPOSITORY": "us/api", "PULL_REQUEST": "7"}
    assert checkout.run(".ci/contract compare", PULL_REQUEST="7").returncode == 0
    # What main gained meanwhile is not told as lost.
    assert checkout.comment.startswith(f"{MARKER}\n## Contracts: Breaking: 1 change breaks apps.\n")
    assert "`git fetch origin pull/7/head && tandem mock --ref FETCH_HEAD`" in checkout.comment
    assert checkout.run(".ci/contract comment", **github).returncode == 0
    assert checkout.asked[0].startswith(
        "api --silent --method POST repos/us/api/issues/7/comments --field body=@build/"
    )
    checkout.answer("id", "4711\n4712\n")
    assert checkout.run(".ci/contract comment", **github).returncode == 0
    assert checkout.asked[1].startswith("api --silent --method PATCH repos/us/api/issues/comments/4711 --field body=@")
    done = checkout.run(".ci/contract verdict")
    assert (done.returncode, "let the owner agree" in done.stdout) == (1, True)


def test_waived_break_and_addition_pass(checkout: Checkout) -> None:
    checkout.edit(REQUIRED, REQUIRED.replace("number, ", ""))
    (fingerprint,) = re.findall(r" ([0-9a-f]{12})$", checkout.run(BREAKS).stdout, re.MULTILINE)
    agreed = "--until 2099-01-01 --owner anna --because 'The app reads it no more'"
    assert checkout.run(f".venv/bin/tandem contract waive {fingerprint} {agreed}").returncode == 0
    checkout.edit(DUE_ON, DUE_ON + REMINDER)
    checkout.run(".ci/contract compare")
    assert "## Contracts: Compatible: 1 change that breaks nobody, 1 waived." in checkout.comment
    assert checkout.run(".ci/contract verdict").returncode == 0


def test_break_of_what_was_never_released_passes_and_says_so(checkout: Checkout) -> None:
    checkout.git("checkout", "--quiet", "main")
    checkout.edit(DUE_ON, DUE_ON + REMINDER)
    checkout.git("checkout", "--quiet", "-b", "taken-back")
    checkout.edit(REMINDER, "")
    checkout.run(".ci/contract compare")
    assert "## Contracts: Breaking: 1 change breaks apps." in checkout.comment
    assert "\nNothing of what breaks was ever released, so this may pass.\n" in checkout.comment
    assert checkout.run(".ci/contract verdict").returncode == 0
    (checkout.folder / "contracts/invoice/released/1.1.0.yaml").write_text("openapi: 3.1.0\n")
    checkout.commit()
    checkout.run(".ci/contract compare")
    assert checkout.run(".ci/contract verdict").returncode == 1


def test_contract_that_cannot_be_read_is_told_as_trouble_and_stays_red(checkout: Checkout) -> None:
    checkout.edit("openapi: 3.1.0", "openapi: [")
    assert checkout.run(".ci/contract compare").returncode == 0
    assert checkout.comment.startswith(f"{MARKER}\n## Contracts: nobody can tell\n")
    done = checkout.run(".ci/contract verdict")
    assert (done.returncode, "is not valid YAML" in done.stdout) == (2, True)


def test_run_that_may_not_comment_says_the_same_in_its_summary(checkout: Checkout, tmp_path: Path) -> None:
    (checkout.folder / "build/contract").mkdir(parents=True)
    (checkout.folder / "build/contract/change.md").write_text(f"{MARKER}\n")
    checkout.answer("fails", "1")
    summary = tmp_path / "summary.md"
    github = {"GH_TOKEN": "t", "GITHUB_REPOSITORY": "us/api", "PULL_REQUEST": "7", "GITHUB_STEP_SUMMARY": str(summary)}
    done = checkout.run(".ci/contract comment", **github)
    assert (done.returncode, "may not comment" in done.stdout) == (0, True)
    assert summary.read_text() == checkout.comment


def test_contract_script_explains_itself(checkout: Checkout) -> None:
    done = checkout.run(".ci/contract")
    assert (done.returncode, done.stderr) == (2, "Usage: .ci/contract compare | comment | verdict\n")


def test_large_change_asks_for_another_review(checkout: Checkout) -> None:
    (checkout.folder / "notes.md").write_text("a line\n" * 801)
    checkout.commit()
    done = checkout.run(".ci/size")
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        1,
        "801 lines of 1 files changed; one review is enough for 800.",
    )
    assert checkout.run(".ci/size", SIZE_AGREED="true").returncode == 0
    assert checkout.run(".ci/size", MOST_LINES="801").returncode == 0


def test_what_is_generated_or_locked_is_not_counted(checkout: Checkout) -> None:
    for name in ("requirements/dev.txt", "services/card/models.py", "contracts/card/released/9.0.0.yaml"):
        path = checkout.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a line\n" * 900)
    checkout.commit()
    assert checkout.run(".ci/size").stdout.startswith("0 lines of 0 files changed")


def test_mistake_in_a_workflow_is_found(checkout: Checkout) -> None:
    workflow = checkout.folder / ".github/workflows/review.yml"
    text = workflow.read_text()
    workflow.write_text(text.replace("github.event.pull_request.number", "github.evnt.pull_request.number"))
    done = checkout.run(".ci/actionlint")
    assert (done.returncode, 'property "evnt" is not defined' in done.stdout) == (1, True)
    workflow.write_text(text.replace("run: .ci/size", "run: echo ${{ github.event.pull_request.title }}"))
    done = checkout.run(".venv/bin/zizmor --offline --quiet .github/workflows")
    assert (done.returncode != 0, "template-injection" in done.stdout) == (True, True)


def test_owners_of_the_manifest_review_their_folders() -> None:
    text = (ROOT / CODEOWNERS).read_text(encoding="utf-8")
    assert text == codeowners(load_manifest(ROOT / "contracts")), "run `make generate` and commit what it writes"
    patterns = [line.split()[0] for line in text.splitlines() if not line.startswith("#")]
    assert [one for one in patterns if not list(ROOT.glob(one.strip("/")))] == []


def test_every_hook_before_a_commit_runs_and_has_files_to_look_at() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    files = [str(path) for path in tracked_files()]
    for hook in hooks:
        pattern = hook.get("files", r"\.py$" if hook.get("types") == ["python"] else "")
        found = [one for one in files if re.search(pattern, one) and not re.search(hook.get("exclude", "^$"), one)]
        assert found, hook["id"]
        if hook.get("pass_filenames") is False:
            whole = f" {hook['entry'].removeprefix('.venv/bin/')}\n"
            assert whole in (ROOT / ".ci/check").read_text(), "what looks at everything is what `make check` runs"
            continue
        command = [*hook["entry"].split(), *found[:3]]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{hook['id']}: {done.stdout}{done.stderr}"
