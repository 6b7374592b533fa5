"""`tandem preview` at the command line, with EC2 as moto plays it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tandem.deploy.previews.machines import EXPIRES
from tests.architecture.project import ROOT
from tests.command_line import CommandLine, command_line

REGION = "eu-north-1"
CODE = ("--commit", "4f2a9c1d8e7b", "--archive", "https://codeload.example.com/code.tar.gz?token=once")
LONG_AGO, YEARS_AHEAD = "2020-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00"


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def stage(moto: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A stage with the template that infra/ makes, of this test's own."""
    monkeypatch.chdir(ROOT)
    for name, value in {
        "AWS_ENDPOINT_URL": moto,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():
        monkeypatch.setenv(name, value)
    name = f"dev-{secrets.token_hex(4)}"
    image = {"ImageId": "ami-12c6146b", "InstanceType": "t4g.medium"}
    _ec2().create_launch_template(LaunchTemplateName=f"tandem-{name}-preview", LaunchTemplateData=image)
    return name


@pytest.fixture
def command(stage: str, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    call = command_line(capsys, "preview")
    return lambda verb, *more: call(verb, *more, "--in", stage)


def _ec2() -> Any:
    return boto3.client("ec2", region_name=REGION)


def _listed(command: CommandLine) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(command("list", "--json")[1])
    return listed


def _started(command: CommandLine, branch: str = "deploy/limits") -> dict[str, Any]:
    code, out, err = command("start", branch, *CODE)
    assert (code, err) == (0, ""), out
    (found,) = [one for one in _listed(command) if one["branch"] == branch]
    return found


def _expires(machine: str, moment: str) -> None:
    _ec2().create_tags(Resources=[machine], Tags=[{"Key": EXPIRES, "Value": moment}])


def test_preview_is_a_machine_and_the_way_to_it_is_told(command: CommandLine) -> None:
    code, out, _ = command("start", "deploy/limits", *CODE)
    (found,) = _listed(command)
    assert (code, found["commit"]) == (0, "4f2a9c1d8e7b")
    assert f"aws ssm start-session --target {found['machine']} --document-name AWS-StartPortForwardingSession" in out
    code, out, _ = command("list")
    assert out.splitlines()[1].split()[:3] == ["deploy/limits", "4f2a9c1d8e7b", found["machine"]]


def test_next_push_takes_the_place_of_the_one_before(command: CommandLine) -> None:
    first, other = _started(command), _started(command, "deploy/other")
    second = _started(command)
    assert first["machine"] != second["machine"]
    assert {one["machine"] for one in _listed(command)} == {second["machine"], other["machine"]}


def test_reaper_ends_what_is_over_and_nothing_else(command: CommandLine) -> None:
    over, lost, lives = (_started(command, f"deploy/{name}") for name in ("over", "lost", "lives"))
    _expires(over["machine"], LONG_AGO)
    _expires(lost["machine"], "tomorrow")
    code, out, _ = command("reap", "--dry-run")
    assert (code, out) == (
        0,
        f"Would end {over['machine']}, the preview of deploy/over: its time was up at 00:00 UTC.\n",
    )
    assert len(_listed(command)) == 3
    assert command("reap")[1].startswith(f"Ended {over['machine']}, the preview of deploy/over: ")
    assert {one["machine"] for one in _listed(command)} == {lost["machine"], lives["machine"]}
    assert command("reap") == (0, "No preview's time is up.\n", "")
    assert {one["branch"]: one["expires_at"] is None for one in _listed(command)}["deploy/lost"]
    assert "nobody knows" in command("list")[1]


def test_extended_preview_lives_on(command: CommandLine) -> None:
    one = _started(command)
    _expires(one["machine"], LONG_AGO)
    code, out, _ = command("extend", "deploy/limits")
    assert (code, out.startswith("The preview of deploy/limits lives until ")) == (0, True)
    assert command("reap")[1] == "No preview's time is up.\n"
    _expires(one["machine"], YEARS_AHEAD)
    code, _, err = command("extend", "deploy/limits")
    assert (code, "24 hours is the most" in err) == (1, True)


def test_stopped_preview_is_gone(command: CommandLine) -> None:
    one = _started(command)
    assert command("stop", "deploy/limits")[1] == f"Ended {one['machine']}, the preview of deploy/limits.\n"
    assert command("list")[1].startswith("There are no previews in dev-")


@pytest.mark.parametrize("verb", ["extend", "stop"])
def test_branch_without_a_preview_is_refused(command: CommandLine, verb: str) -> None:
    code, _, err = command(verb, "deploy/none")
    assert (code, err.startswith("deploy/none has no preview in dev-")) == (1, True)


def test_branch_that_aws_cannot_write_down_is_refused(command: CommandLine) -> None:
    code, _, err = command("start", "deploy/pięć", *CODE)
    assert (code, "cannot stand in a tag of AWS" in err) == (1, True)


def test_stage_without_previews_is_told(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = command_line(capsys)("preview", "start", "deploy/limits", *CODE, "--in", "uat")
    assert (code, err.startswith("There is no template tandem-uat-preview in eu-north-1: infra/foundation")) == (
        1,
        True,
    )


def test_aws_that_cannot_be_asked_is_trouble(command: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    code, _, err = command("list")
    assert (code, "AWS does not answer (ec2:DescribeInstances" in err) == (2, True)
