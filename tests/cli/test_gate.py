"""`tandem gate` at the command line: what it can be asked, what it says, its exit codes, and how it is stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psutil
import pytest

from tandem.cli.main import run
from tandem.gate.fuzzing.cases import Case, keep
from tandem.gate.service.leftovers import alone
from tandem.gate.service.serving import served
from tandem.kit.contract import load_contract
from tests.architecture.project import ROOT
from tests.command_line import CommandLine, command_line
from tests.gate.notices import CONTRACT, door
from tests.gate.strange_servers import saying
from tests.gate.world import Project, project
from tests.local.programs import wait_until


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A clean contract, and what is generated from it."""
    made = project(tmp_path_factory.mktemp("cli") / "project", "notice", CONTRACT)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made.folder)
        assert run(["contract", "generate"]) == 0
    return made


@pytest.fixture(scope="module")
def url(fresh: Project) -> Iterator[str]:
    with served(door(load_contract(fresh.contract).document)) as address:
        yield address


@pytest.fixture
def gate(fresh: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Exit code, output and errors of `tandem gate ...` in that project."""
    monkeypatch.chdir(fresh.folder)
    capsys.readouterr()

    return command_line(capsys, "gate")


def _report(folder: Path) -> Any:
    """The verdict, after checking that every form of the report opens."""
    assert "<h1>" in (folder / "report.html").read_text()
    assert ElementTree.parse(folder / "junit.xml").getroot().tag == "testsuites"  # noqa: S314 - our own file
    return json.loads((folder / "report.json").read_text())


def test_stage_that_passes_is_0_and_leaves_a_report(gate: CommandLine, fresh: Project, url: str) -> None:
    code, out, err = gate("notice", "--url", url, "--stage", "contract")
    lines = out.splitlines()
    assert (code, err) == (0, ""), out
    assert lines[0].startswith("contract      passed")
    assert lines[-2].startswith("notice: passed in")
    assert lines[-1] == "Report: .tandem/gate/notice/report.html"
    assert _report(fresh.folder / ".tandem/gate/notice")["verdict"] == "passed"


def test_fault_is_1_and_named_with_a_line_to_see_it_again(gate: CommandLine, fresh: Project, tmp_path: Path) -> None:
    with served(door(load_contract(fresh.contract).document, "/v1/notices")) as address:
        code, out, _ = gate("notice", "--url", address, "--stage", "contract", "--to", str(tmp_path))
    assert code == 1
    assert "  x POST /v1/notices is in the contract and not in the service: it answers 404" in out
    assert f"    curl -i -X POST {address}/v1/notices" in out
    assert f"Report: {tmp_path}/report.html" in out
    assert _report(tmp_path)["exit_code"] == 1


@pytest.mark.parametrize("strange", ["http://127.0.0.1:1", None])
def test_service_that_cannot_be_judged_is_2_and_leaves_a_report(
    gate: CommandLine, tmp_path: Path, strange: str | None
) -> None:
    with saying(b"garbage") as address:
        code, out, _ = gate("notice", "--url", strange or address, "--to", str(tmp_path))
    assert code == 2, out
    report = _report(tmp_path)
    assert report["verdict"] == "trouble"
    assert {stage["stage"]: stage["verdict"] for stage in report["stages"]}["schemathesis"] == "trouble"


def test_json_stands_alone_on_the_output(gate: CommandLine, url: str) -> None:
    code, out, err = gate("notice", "--url", url, "--stage", "contract", "--stage", "migrations", "--json")
    told = json.loads(out)
    assert (code, told["exit_code"], told["service"], told["url"]) == (0, 0, "notice", url)
    assert [stage["stage"] for stage in told["stages"]] == ["contract", "migrations"]
    assert "notice: passed in" in err


def test_second_gate_of_the_same_service_waits_its_turn(gate: CommandLine, fresh: Project, url: str) -> None:
    with alone(fresh.folder / ".tandem" / "gate", "notice"):
        code, out, err = gate("notice", "--url", url, "--stage", "contract")
    assert (code, out) == (2, "")
    assert err.startswith(f"Another gate of notice runs from {fresh.folder}/.tandem. Wait for it")
    assert gate("notice", "--url", url, "--stage", "contract")[0] == 0


def test_contract_that_is_none_is_2(gate: CommandLine, fresh: Project, url: str, tmp_path: Path) -> None:
    good = fresh.contract.read_text()
    fresh.contract.write_text("hello: world")
    try:
        code, out, _ = gate("notice", "--url", url, "--to", str(tmp_path))
    finally:
        fresh.contract.write_text(good)
    assert code == 2, out
    assert "contracts/notice/openapi.yaml" in out
    assert {stage["verdict"] for stage in _report(tmp_path)["stages"]} <= {"trouble", "did not look", "passed"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("notise",), "There is no service 'notise'. Did you mean `notice`?"),
        (("notice", "--profile", "ful"), "There is no profile 'ful'. Did you mean `full`?"),
        (("notice", "--stage", "contracts"), "There is no stage 'contracts'. Did you mean `contract`?"),
        (("notice", "card"), "One service at a time."),
        (("notice", "--token", "customer=abc"), "--token goes with --url"),
        (("notice", "--url", "http://127.0.0.1:1", "--token", "customer"), "--token customer: say CALLER=TOKEN"),
        (("notice", "--url", "http://127.0.0.1:1", "--token", "a=@/nope"), "/nope"),
        (("replay",), "Which case? `tandem gate replay ID`"),
        (("replay", "nope"), "There is no case 'nope'."),
        (("notice", "--profil", "full"), "Did you mean '--profile'?"),
        ((), "See `tandem gate --help`."),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(gate: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = gate(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_brought_tokens_are_used_and_one_of_nobody_is_trouble(gate: CommandLine, url: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of-a-file\n")
    tokens = ("--token", f"support=@{tmp_path}/token", "--token", "customer=of-the-line")
    assert gate("notice", "--url", url, "--stage", "contract", *tokens)[0] == 0
    code, out, _ = gate("notice", "--url", url, "--stage", "contract", "--token", "nobody=x")
    assert (code, "There is no caller 'nobody'" in out) == (2, True)


def test_replay_says_what_became_of_a_case(gate: CommandLine, fresh: Project, url: str) -> None:
    keep(fresh.folder / ".tandem/gate/cases", Case("0123456789ab", "notice", "It broke.", "check", {}))
    code, out, _ = gate("replay", "0123456789ab", "--url", url)
    assert (code, out.splitlines()[0]) == (2, "It cannot be told any more: It broke.")
    code, out, _ = gate("replay", "0123456789ab", "--url", url, "--json")
    assert (code, json.loads(out)["verdict"]) == (2, "cannot tell")


def test_gate_that_is_stopped_leaves_a_report_and_nothing_running(tmp_path: Path) -> None:
    state = tmp_path / "state"
    command = [
        sys.executable,
        "-m",
        "tandem.cli.main",
        "gate",
        "card",
        "--stage",
        "schemathesis",
        "--to",
        str(tmp_path),
    ]
    told = {**os.environ, "TANDEM_HOME": str(state)}
    with subprocess.Popen(command, cwd=ROOT, env=told, stdout=subprocess.PIPE, text=True) as process:
        wait_until(lambda: any(state.glob("gate/schemathesis/card/events.ndjson")), seconds=60)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "The run was interrupted." in out
    assert _report(tmp_path)["stages"][0]["reason"] == "The run was interrupted."
    assert list((state / "gate" / "work").iterdir()) == []
    assert _of(state) == []


def _of(state: Path) -> list[str]:
    """Processes that know the folder: by where they are, or by what they were told."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "cwd"]):
        words = [*(process.info["cmdline"] or []), str(process.info["cwd"])]
        if any(str(state) in word for word in words):
            found.append(" ".join(words))
    return found
