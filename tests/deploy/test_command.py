"""`tandem deploy` and `tandem rollback` at the command line: what is said, in which form, and the exit codes."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.architecture.project import ROOT
from tests.command_line import CommandLine, command_line
from tests.deploy.bad_days import FAILURES
from tests.deploy.fake_ecs import IMAGES, REGION, FakeEcs
from tests.deploy.wire import Wire

MAIN = threading.get_ident()


@pytest.fixture
def command(wire: Wire, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Exit code, output and errors, against an AWS where half a minute passes from look to look."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AWS_ENDPOINT_URL", wire.url)
    monkeypatch.setenv("AWS_REGION", REGION)
    wire.fake.now = datetime.now(UTC)
    wire.fake.seconds_per_look = 30

    return command_line(capsys)


def _deploy(*more: str) -> tuple[str, ...]:
    return ("deploy", "card", "--to", "uat", "--every", "0", *more)


def test_release_is_followed_to_its_end(command: CommandLine) -> None:
    code, out, err = command(*_deploy("--image", IMAGES[2]))
    assert (code, err) == (0, ""), out
    assert "moving production traffic" in out
    assert out.splitlines()[-1].endswith("card in uat runs the release.")


def test_failure_is_1_and_one_document_for_machines(command: CommandLine, fake: FakeEcs) -> None:
    fake.bad, _ = FAILURES["secret denied"]
    code, out, err = command(*_deploy("--image", IMAGES[2], "--json"))
    document: dict[str, Any] = json.loads(out)
    assert (code, document["outcome"], document["exit_code"], document["restored"]) == (1, "failed", 1, True)
    assert document["reason"]["what"] == "A secret of the task cannot be read"
    assert (document["before"], document["status"]) == ("4001", "ROLLBACK_SUCCESSFUL")
    assert document["stopped_tasks"][0]["said"].startswith("ResourceInitializationError")
    assert "starting tasks" in err


def test_nothing_to_do_is_0_and_says_so(command: CommandLine) -> None:
    code, out, _ = command(*_deploy("--image", IMAGES[1], "--json"))
    assert (code, json.loads(out)["outcome"], json.loads(out)["reason"]) == (0, "nothing to do", None)


def test_rollback_is_followed_in_the_same_way(command: CommandLine) -> None:
    code, out, _ = command("rollback", "card", "--to", "uat", "--every", "0")
    assert code == 0, out
    assert "Rolling card in uat back to revision 4000" in out


def test_one_that_runs_is_followed_or_stopped(command: CommandLine, fake: FakeEcs) -> None:
    fake.somebody_deploys(IMAGES[2])
    assert command(*_deploy("--stop"))[0] == 1
    fake.somebody_deploys(IMAGES[3])
    assert command(*_deploy("--follow"))[0] == 0


@pytest.mark.parametrize("more", [(), ("--follow", "--stop"), ("--image", IMAGES[2], "--follow")])
def test_not_exactly_one_thing_to_do_is_refused(command: CommandLine, more: tuple[str, ...]) -> None:
    code, _, err = command(*_deploy(*more))
    assert (code, err) == (1, "Say one of --image REFERENCE, --follow and --stop.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("deploy", "crad", "--to", "uat", "--follow"), "Did you mean `card`?"),
        (("deploy", "card", "--to", "U@T", "--follow"), "'U@T' cannot be a stage"),
        (("deploy", "card", "--to", "uat", "--image", "card:1"), "not named by its digest"),
        (("rollback", "card", "--to", "uat", "--revision", "9"), "never ran a revision 9"),
    ],
)
def test_what_is_refused_is_1_and_a_sentence(command: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = command(*arguments)
    assert (code, out) == (1, "")
    assert said in err


@pytest.mark.parametrize(("api", "outcome", "code"), [("*", "trouble", 2), ("none", "refused", 1)])
def test_no_outcome_is_a_document_too(command: CommandLine, fake: FakeEcs, api: str, outcome: str, code: int) -> None:
    fake.refuse(api, "ExpiredTokenException")
    done, out, _ = command(*_deploy("--follow", "--json"))
    assert (done, json.loads(out)["outcome"], json.loads(out)["exit_code"]) == (code, outcome, code)


def test_stopped_job_takes_back_what_it_began(command: CommandLine, fake: FakeEcs) -> None:
    fake.when_looked = lambda: signal.pthread_kill(MAIN, signal.SIGTERM)
    code, out, _ = command(*_deploy("--image", IMAGES[2]))
    assert code == 1
    assert out.splitlines()[-1].endswith("was taken back. What ran before (revision 4001) runs again.")


@pytest.fixture
def ctrl_c_is_ours() -> Iterator[None]:
    """A stack that other tests keep running in this process takes Ctrl-C for itself."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c_is_ours")
def test_stopped_before_anything_began_is_said(command: CommandLine, fake: FakeEcs) -> None:
    fake.when_asked = lambda: signal.pthread_kill(MAIN, signal.SIGINT)
    code, _, err = command(*_deploy("--image", IMAGES[2]))
    assert (code, err) == (1, "Stopped before anything began in AWS.\n")


def test_no_region_is_asked_for(command: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    assert command(*_deploy("--follow"))[2] == "Which region? Say --region, or set AWS_REGION.\n"
    assert command(*_deploy("--follow", "--region", REGION))[2].startswith("No deployment of card in uat is running")


def test_profile_that_does_not_exist_is_trouble(command: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    code, _, err = command(*_deploy("--follow"))
    assert code == 2
    assert err.startswith("The AWS profile cannot be used: The config profile (nobody) could not be found")
