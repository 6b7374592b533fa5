"""Each workflow keeps the rules, each rule has a change that breaks it, and what workflows call exists."""

from __future__ import annotations

import re
import shlex
from itertools import product

import pytest
import yaml

from tandem.cli.main import run
from tests.architecture.project import ROOT, SERVICES
from tests.architecture.workflow_rules import RULES, STAGES, WORKFLOWS, Rule, Workflow

ALL = [Workflow.of(path) for path in WORKFLOWS]
NAMED = {workflow.name: workflow for workflow in ALL}
# Of each rule: in which file what is written in place of what.
BREAKS = {
    "actions_are_pinned_by_commit": ("image.yml", "@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2", "@v4"),
    "permissions_are_the_least": ("release.yml", "  gate:\n", "  gate:\n    permissions: {packages: write}\n"),
    "identity_is_given_where_it_is_used": ("rollback.yml", "      id-token: write # the role of the stage\n", ""),
    "nothing_lives_long": ("infra.yml", "vars.AWS_ROLE", "secrets.AWS_ROLE"),
    "checkouts_leave_no_credentials": ("migrate.yml", "persist-credentials: false", "persist-credentials: true"),
    "jobs_end": ("rollback.yml", "    timeout-minutes: 90\n", ""),
    "steps_run_one_line_and_paste_nothing": ("rollback.yml", "release back", "release back ${{ inputs.revision }}"),
    "failures_are_not_passed_over": ("release.yml", ".ci/release promote\n", ".ci/release promote || true\n"),
    "runs_do_not_meet": ("deploy.yml", "    concurrency:\n      group: choose-", "    was:\n      group: choose-"),
    "changes_are_not_cut_off": (
        "deploy.yml",
        "service }}\n      cancel-in-progress: false",
        "service }}\n      cancel-in-progress: true",
    ),
    "stages_are_entered_through_their_environment": ("release.yml", "environment: production\n", "environment: uat\n"),
    "forks_become_nobody": ("infra.yml", " && github.event.pull_request.head.repo.full_name == github.repository", ""),
    "previews_are_reaped_every_half_an_hour": ("preview.yml", "*/30", "0"),
    "images_go_by_their_digest": (
        "release.yml",
        "\n      DIGEST: ${{ needs.build.outputs.digest }}",
        "\n      DIGEST: latest",
    ),
}


@pytest.mark.parametrize(
    ("workflow", "rule"), list(product(ALL, RULES)), ids=lambda one: getattr(one, "name", None) or one.__name__
)
def test_workflow_keeps_the_rule(workflow: Workflow, rule: Rule) -> None:
    assert list(rule(workflow)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_what_breaks_a_rule_is_found(rule: Rule) -> None:
    name, old, new = BREAKS[rule.__name__]
    text = NAMED[name].text
    assert old in text
    assert list(rule(Workflow(name, text.replace(old, new)))) != []


@pytest.mark.parametrize("workflow", ALL, ids=lambda one: one.name)
def test_every_command_of_a_workflow_exists(workflow: Workflow) -> None:
    for line in workflow.lines:
        program, *arguments = shlex.split(line)
        if program == "make":
            assert re.search(rf"^{arguments[0]}:.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE), line
        elif program.startswith(".ci/"):
            script = (ROOT / program).read_text(encoding="utf-8")
            assert (ROOT / program).stat().st_mode & 0o100
            assert not arguments or re.search(rf"^{arguments[0]}\(\) {{$", script, re.MULTILINE), line
        else:
            assert program == ".venv/bin/tandem", line


@pytest.mark.parametrize("script", ["release", "infra", "contract", "preview"])
def test_every_tandem_command_of_a_script_exists_with_its_options(
    script: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / ".ci" / script).read_text(encoding="utf-8")
    called = re.findall(r"^ +(?:\S+\) )?tandem ((?:contract |preview )?[a-z-]+)(.*)$", text, re.MULTILINE)
    for command, rest in called:
        assert run([*command.split(), "--help"]) == 0, command
        shown = re.findall(r"--[a-z-]+", capsys.readouterr().out)
        assert [option for option in re.findall(r"--[a-z-]+", rest) if option not in shown] == [], command
    assert bool(called) is (script != "infra")


def test_stages_are_those_of_the_table_and_a_service_is_listed_nowhere() -> None:
    # infra/ cannot be imported here: it has an environment of its own.
    table = re.findall(r'^ +name="(\w+)",$', (ROOT / "infra/stages.py").read_text(), re.MULTILINE)
    assert tuple(table) == STAGES
    for workflow in ALL:
        inputs = (workflow.triggers.get("workflow_dispatch") or {}).get("inputs", {})
        if "stage" in inputs:
            assert tuple(inputs["stage"]["options"]) == STAGES
        assert [name for name in SERVICES if re.search(rf"\b{name}\b", "".join(workflow.lines) + str(inputs))] == []
    assert NAMED["infra.yml"].jobs["preview"]["strategy"]["matrix"]["stage"] == list(STAGES)


@pytest.mark.parametrize(
    ("name", "job"),
    [("infra.yml", "preview"), ("deploy.yml", "release"), *(("preview.yml", job) for job in NAMED["preview.yml"].jobs)],
)
def test_clone_without_aws_is_not_red(name: str, job: str) -> None:
    assert re.search(r"vars\.AWS_\w+ != ''", NAMED[name].jobs[job]["if"])


def test_pulumi_is_the_one_that_the_lock_names() -> None:
    (locked,) = re.findall(r"^pulumi==([\d.]+)", (ROOT / "requirements/infra.txt").read_text(), re.MULTILINE)
    asked = re.findall(r"pulumi-version: (\S+)", NAMED["infra.yml"].text)
    assert set(asked) == {locked}


def test_releases_of_one_service_wait_for_each_other_and_those_of_others_do_not() -> None:
    release = NAMED["deploy.yml"].jobs["release"]
    assert release["concurrency"] == {"group": "release-${{ matrix.service }}", "cancel-in-progress": False}
    assert release["strategy"]["fail-fast"] is False
    # What waits for an approval must not keep anybody from going back.
    assert not NAMED["rollback.yml"].document["concurrency"]["group"].startswith("release-")


def test_production_comes_after_uat_and_the_gate_with_the_digest_of_the_build() -> None:
    jobs = NAMED["release.yml"].jobs
    assert jobs["build"]["needs"] == "gate"
    assert set(jobs["production"]["needs"]) == {"build", "uat"}
    assert set(jobs["uat"]["needs"]) == {"build", "migrate"}
    told = [step["run"].partition(" ")[2] for step in jobs["production"]["steps"] if "run" in step]
    assert told == ["environment", "may", "promote", "migrate", "deploy"]
    built = [line for line in NAMED["release.yml"].lines if line == ".ci/release build"]
    assert len(built) == 1


def test_recording_a_release_does_not_release_again() -> None:
    shared = re.search(r"^shared=\((.*?)\)$", (ROOT / ".ci/release").read_text(), re.MULTILINE | re.DOTALL)
    assert shared
    named = shlex.split(shared[1])
    assert ":!contracts/environments.yaml" in named
    dockerfile = (ROOT / "services/Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY ((?!--from|\.tandem)\S+) ", dockerfile, re.MULTILINE)
    assert [one for one in copied if one not in {*named, "services/${SERVICE}"}] == []
    assert yaml.safe_load((ROOT / "contracts/environments.yaml").read_text())["environments"].keys() == {
        "uat",
        "production",
    }
