"""The page about deploying names commands, options, settings and policies that exist, and exit codes that are true."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from tandem.deploy.outcome import Ending
from tests.architecture.project import ROOT, SERVICES
from tests.docs.boxes import options, unknown_options

PAGE = ROOT / "docs" / "deploying.md"
TEXT = PAGE.read_text("utf-8")
BOXES = [re.sub(r"^   ", "", box, flags=re.MULTILINE) for box in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)]
# Commands stand in boxes and in sentences; a box may loop, assign and substitute.
WRITTEN = [line for box in BOXES for line in box.splitlines()] + re.findall(
    r"`((?:tandem|pulumi|aws|\.ci/) ?[^`\n]+)`", TEXT
)
# Those of Pulumi 3.272; there is no command line of it among the packages.
PULUMI = {
    "config set": {"--path", "--stack", "--cwd"},
    "destroy": {"--yes", "--stack", "--cwd"},
    "stack init": {"--secrets-provider", "--cwd"},
    "stack rm": set(),
    "state unprotect": {"--all", "--yes", "--stack", "--cwd"},
}
_AWS_ITSELF = {"--query", "--output", "--region"}
_SESSION = botocore.session.get_session()


def commands(program: str) -> list[list[str]]:
    """The words of each, from wherever in a line it begins."""
    found = re.findall(rf"(?:^|[\s(;$]){re.escape(program)} ([^;)\n]+)", "\n".join(WRITTEN))
    return [shlex.split(one) for one in found if not one.startswith("…")]


@pytest.mark.parametrize("words", commands("tandem"), ids=" ".join)
def test_every_command_of_tandem_exists_with_its_options(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert unknown_options(words, capsys) == []


@pytest.mark.parametrize("words", commands("aws"), ids=lambda words: " ".join(words[:2]))
def test_every_command_of_aws_exists_with_its_options(words: list[str]) -> None:
    model = _SESSION.get_service_model("s3" if words[0] == "s3api" else words[0])
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(operations[words[1]]).input_shape
    known = {f"--{xform_name(name, '-')}" for name in (shape.members if shape else ())} | _AWS_ITSELF
    assert [option for option in options(words) if option not in known] == []


@pytest.mark.parametrize("words", commands("pulumi"), ids=lambda words: " ".join(words[:2]))
def test_every_command_of_pulumi_exists_with_its_options(words: list[str]) -> None:
    names = " ".join(words[:2]) if " ".join(words[:2]) in PULUMI else words[0]
    assert [option for option in options(words) if option not in PULUMI[names]] == []


def test_every_script_of_ours_has_the_step_that_is_named() -> None:
    named = {(script, step) for script, step in re.findall(r"\.ci/(\w+) (\w+)", TEXT)}
    assert {script for script, _ in named} == {"infra", "release"}
    for script, step in named:
        assert re.search(rf"^{step}\(\) {{$", (ROOT / ".ci" / script).read_text("utf-8"), re.MULTILINE), step
    targets = set(re.findall(r"^make (\w+)", "\n".join(WRITTEN), re.MULTILINE))
    assert targets == {"infra"}
    assert re.search(r"^infra:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("box", BOXES, ids=lambda box: box.partition("\n")[0])
def test_box_is_one_that_a_shell_reads(box: str) -> None:
    done = subprocess.run(["bash", "-n"], input=box, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_settings_are_those_that_the_program_reads() -> None:
    settings = (ROOT / "infra/settings.py").read_text("utf-8")
    named = set(re.findall(r"tandem:(\w+)", TEXT))
    assert set(re.findall(r'_required\("(\w+)"', settings)) - {"second_region"} <= named
    assert [name for name in named if f'"{name}"' not in settings] == []


def test_loops_go_over_what_there_is() -> None:
    (services,) = re.findall(r"for SERVICE in (.+); do", TEXT)
    told = subprocess.check_output(["bash", "-c", f"echo {services}"], cwd=ROOT, text=True)
    assert told.split() == SERVICES
    stages = re.findall(r'^ +name="(\w+)",$', (ROOT / "infra/stages.py").read_text("utf-8"), re.MULTILINE)
    assert [one.split() for one in re.findall(r"for STAGE in (.+); do", TEXT)] == [stages]
    workflows = "".join(path.read_text("utf-8") for path in (ROOT / ".github/workflows").glob("*.yml"))
    (named,) = re.findall(r"for NAME in (.+); do", TEXT)
    used = set(re.findall(r"environment: (\w+)$", workflows, re.MULTILINE))
    assert set(named.split()) == used | set(stages) | {f"infra-{stage}" for stage in stages}
    assert set(re.findall(r"vars\.(\w+)", workflows)) == set(re.findall(r"gh variable set (\w+)", TEXT))


def test_links_and_files_of_the_page_exist() -> None:
    links = [one for one in re.findall(r"\]\(([^)#]+)", TEXT) if not one.startswith("http")]
    assert [one for one in links if not (PAGE.parent / one).exists()] == []
    named = re.findall(r"`((?:infra|contracts)/[\w./]+)`", TEXT)
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_exit_codes_are_those_of_the_endings() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d) \|", TEXT, re.MULTILINE)}
    assert listed == {ending.exit_code for ending in Ending}


def test_page_says_that_it_was_not_tried_against_aws() -> None:
    assert "Nothing on this page has been run against AWS itself" in TEXT
    assert "not against AWS itself" in TEXT


def _policy(name: str) -> list[dict[str, Any]]:
    filled = re.sub(r"\$\{\w+\}", "x", (ROOT / "infra/access" / f"{name}.json").read_text("utf-8"))
    statements: list[dict[str, Any]] = json.loads(filled)["Statement"]
    return statements


def _all(statement: dict[str, Any], key: str) -> list[str]:
    found = statement[key]
    return [found] if isinstance(found, str) else list(found)


def _actions(name: str) -> set[str]:
    return {action for statement in _policy(name) for action in _all(statement, "Action")}


@pytest.mark.parametrize(
    ("policy", "folder", "call"),
    [
        ("deploy", "tandem/deploy", r'_ask\(\s*"(\w+)",\s*"(\w+)"'),
        ("preview", "tandem/deploy/previews", r'asking\(self\._target, "(\w+):(\w+)"\)'),
    ],
)
def test_policy_allows_what_the_code_asks_for(policy: str, folder: str, call: str) -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / folder).glob("*.py"))
    asked = {
        f"{'elasticloadbalancing' if api == 'elbv2' else api}:{''.join(w[0].upper() + w[1:] for w in name.split('_'))}"
        for api, name in re.findall(call, code)
    }
    assert len(asked) >= 4
    assert asked - _actions(policy) == set()


def test_policy_allows_what_the_release_script_asks_of_the_registry() -> None:
    script = (ROOT / ".ci/release").read_text("utf-8")
    asked = {
        f"ecr:{''.join(map(str.capitalize, name.split('-')))}" for name in re.findall(r"aws ecr ([a-z-]+)", script)
    }
    # The command makes a login of the token.
    assert asked - {"ecr:GetLoginPassword"} <= _actions("deploy")
    assert "ecr:GetAuthorizationToken" in _actions("deploy")


@pytest.mark.parametrize("name", ["deploy", "look", "preview", "roles", "state"])
def test_policy_is_narrow_or_says_why_not(name: str) -> None:
    for statement in _policy(name):
        assert not any("*" in action for action in _all(statement, "Action"))
        assert "*" not in _all(statement, "Resource") or len(statement.get("Sid", "")) > 20
    assert f" {name}\n" in TEXT


def test_actions_of_the_policies_exist() -> None:
    named = set().union(*map(_actions, ("deploy", "look", "preview", "roles", "state")))
    apis = {"elasticloadbalancing": "elbv2"}
    unknown = {
        action
        for action in named
        for api, _, name in [action.partition(":")]
        if name not in _SESSION.get_service_model(apis.get(api, api)).operation_names
    }
    # Rights that are not operations of the same name.
    assert unknown == {"ecr:BatchCheckLayerAvailability", "iam:PassRole", "s3:ListBucket"} & unknown


def test_roles_are_trusted_by_their_environment_alone() -> None:
    (statement,) = _policy("trust")
    conditions = statement["Condition"]["StringEquals"]
    assert conditions == {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:x:x",
    }
