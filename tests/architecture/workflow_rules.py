"""What a workflow may do: rules over one file, each a function that says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from tests.architecture.project import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
STAGES = ("dev", "uat", "production")
_PINNED = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
_OURS = re.compile(r"\./\.github/workflows/[a-z]+\.yml( # zizmor: ignore\[self-repository\] .+)?")
# What turns GitHub's token into somebody: a role of AWS, or a name that signs.
_NEEDS_A_NAME = ("aws-actions/configure-aws-credentials@", "sigstore/cosign-installer@")
# Who may write what, and nobody else.
_WRITES = {
    ("contract.yml", "change"): {"pull-requests"},
    ("deploy.yml", "release"): {"contents"},
    ("infra.yml", "told"): {"pull-requests"},
    ("release.yml", "recorded"): {"contents"},
}
_NOT_OF_FORKS = "github.event.pull_request.head.repo.full_name == github.repository"


@dataclass(frozen=True)
class Workflow:
    name: str
    text: str

    @classmethod
    def of(cls, path: Path) -> Workflow:
        return cls(path.name, path.read_text(encoding="utf-8"))

    @cached_property
    def document(self) -> dict[Any, Any]:
        document: dict[Any, Any] = yaml.safe_load(self.text)
        return document

    @property
    def triggers(self) -> dict[str, Any]:
        # YAML 1.1 reads `on` as true.
        triggers: dict[str, Any] = self.document[True]
        return triggers

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        jobs: dict[str, dict[str, Any]] = self.document["jobs"]
        return jobs

    @property
    def steps(self) -> list[tuple[str, dict[str, Any]]]:
        return [(name, step) for name, job in self.jobs.items() for step in job.get("steps", [])]

    @property
    def lines(self) -> list[str]:
        return [step["run"] for _, step in self.steps if "run" in step]


Rule = Callable[[Workflow], Iterator[str]]


def actions_are_pinned_by_commit(workflow: Workflow) -> Iterator[str]:
    for used in re.findall(r"uses: *(.+)", workflow.text):
        if not _PINNED.fullmatch(used) and not _OURS.fullmatch(used):
            yield f"{used} is not `owner/action@<commit> # v1.2.3`"


def permissions_are_the_least(workflow: Workflow) -> Iterator[str]:
    if workflow.document.get("permissions") != {"contents": "read"}:
        yield "the workflow may more than read"
    for name, job in workflow.jobs.items():
        given = job.get("permissions", {})
        writes = {scope for scope, right in given.items() if right == "write"} - {"id-token"}
        if writes != _WRITES.get((workflow.name, name), set()) or "write-all" in str(given):
            yield f"{name} may write {sorted(writes)}"


def identity_is_given_where_it_is_used(workflow: Workflow) -> Iterator[str]:
    for name, job in workflow.jobs.items():
        used = any(str(step.get("uses", "")).startswith(_NEEDS_A_NAME) for step in job.get("steps", []))
        given = job.get("permissions", {}).get("id-token") == "write"
        if given and not used and "uses" not in job:
            yield f"{name} gets a token that it does not use"
        if used and not given:
            yield f"{name} has no token to become somebody with"


def nothing_lives_long(workflow: Workflow) -> Iterator[str]:
    for found in re.findall(
        r"secrets\.\w+|aws-(?:access-key-id|secret-access-key)|AWS_SECRET_ACCESS_KEY", workflow.text
    ):
        yield f"{found} is a key that outlives the run"


def checkouts_leave_no_credentials(workflow: Workflow) -> Iterator[str]:
    for name, step in workflow.steps:
        kept = step.get("with", {}).get("persist-credentials", True)
        if str(step.get("uses", "")).startswith("actions/checkout@") and kept is not False:
            yield f"{name} leaves its token in .git/config"


def jobs_end(workflow: Workflow) -> Iterator[str]:
    for name, job in workflow.jobs.items():
        if "uses" not in job and not 0 < job.get("timeout-minutes", 0) <= 120:
            yield f"{name} has no timeout of two hours at most"


def steps_run_one_line_and_paste_nothing(workflow: Workflow) -> Iterator[str]:
    for line in workflow.lines:
        if "\n" in line.strip():
            yield f"{line!r} is a script, and belongs into the repository"
        if "${{" in line:
            yield f"{line!r} pastes what others wrote into a shell"


def failures_are_not_passed_over(workflow: Workflow) -> Iterator[str]:
    if "continue-on-error" in workflow.text or "|| true" in workflow.text:
        yield "a step may fail unseen"


def runs_do_not_meet(workflow: Workflow) -> Iterator[str]:
    whole = workflow.document.get("concurrency")
    for name, job in workflow.jobs.items():
        # What calls this one waits for it.
        called = set(workflow.triggers) == {"workflow_call"} or "uses" in job
        if not (whole or job.get("concurrency") or called):
            yield f"{name} can run beside itself"


def changes_are_not_cut_off(workflow: Workflow) -> Iterator[str]:
    """Where something runs is changed only by jobs with a stage's role."""
    for name, job in workflow.jobs.items():
        if "environment" in job or "uses" in job:
            together = [workflow.document.get("concurrency"), job.get("concurrency")]
            for one in filter(None, together):
                if one.get("cancel-in-progress") not in {False, "${{ github.event_name == 'pull_request' }}"}:
                    yield f"{name} can be cancelled half-way"


def stages_are_entered_through_their_environment(workflow: Workflow) -> Iterator[str]:
    for name, job in workflow.jobs.items():
        role = next((step["with"]["role-to-assume"] for step in job.get("steps", []) if _takes_role(step)), None)
        looks = role == "${{ vars.AWS_LOOK_ROLE }}"
        if role and not looks and "environment" not in job:
            yield f"{name} takes a role that nobody approves"
        stages = {value for value in _environment(job, "STAGE") if value in STAGES}
        if role and stages and job.get("environment") not in stages:
            yield f"{name} changes {', '.join(sorted(stages))} in the environment {job.get('environment')}"


def forks_become_nobody(workflow: Workflow) -> Iterator[str]:
    if "pull_request_target" in workflow.triggers:
        yield "runs what a fork brings with our rights"
    if "pull_request" in workflow.triggers:
        for name, job in workflow.jobs.items():
            never = re.search(r"github\.event_name == '(?!pull_request)\w+'", str(job.get("if")))
            if job.get("permissions", {}).get("id-token") and not never and _NOT_OF_FORKS not in str(job.get("if")):
                yield f"{name} gives a fork a name"


def previews_are_reaped_every_half_an_hour(workflow: Workflow) -> Iterator[str]:
    if ".ci/preview start" in workflow.lines:
        if {"cron": "*/30 * * * *"} not in workflow.triggers.get("schedule", []):
            yield "nothing looks every half an hour"
        if "github.event_name == 'schedule'" not in str(workflow.jobs["reap"].get("if")):
            yield "what looks does not look by itself"


def images_go_by_their_digest(workflow: Workflow) -> Iterator[str]:
    for name, step in workflow.steps:
        if step.get("run") in {".ci/release deploy", ".ci/release promote", ".ci/release sign"}:
            digests = {**workflow.jobs[name].get("env", {}), **step.get("env", {})}.get("DIGEST", "")
            if not re.fullmatch(r"\$\{\{ (needs|steps)\.build\.outputs\.digest \}\}", digests):
                yield f"{name}: `{step['run']}` is not told the digest that was built"


def _takes_role(step: dict[str, Any]) -> bool:
    return "role-to-assume" in step.get("with", {})


def _environment(job: dict[str, Any], name: str) -> Iterator[str]:
    for source in (job, *job.get("steps", [])):
        if name in source.get("env", {}):
            yield source["env"][name]


RULES: tuple[Rule, ...] = (
    actions_are_pinned_by_commit,
    permissions_are_the_least,
    identity_is_given_where_it_is_used,
    nothing_lives_long,
    checkouts_leave_no_credentials,
    jobs_end,
    steps_run_one_line_and_paste_nothing,
    failures_are_not_passed_over,
    runs_do_not_meet,
    changes_are_not_cut_off,
    stages_are_entered_through_their_environment,
    forks_become_nobody,
    images_go_by_their_digest,
    previews_are_reaped_every_half_an_hour,
)
