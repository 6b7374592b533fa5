import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.operation_coverage import judge

CONFTEST = """
from pathlib import Path
from tests.architecture.operation_coverage import OperationCoverage, Rules

def pytest_configure(config):
    offered = {{"card": {{"card.getCard", "card.listCards"}}}}
    rules = Rules(Path(__file__).parent / "services", lambda: offered, {excused})
    config.pluginmanager.register(OperationCoverage(config, rules))
"""
ANSWER = """
from tandem.kit.telemetry.metrics import REQUESTS

def test_it_answers():
    REQUESTS.labels("{operation}", "{status}").inc()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "services" / "card"
    folder.mkdir(parents=True)
    (folder / "test_get.py").write_text(ANSWER.format(operation="getCard", status=200))
    (folder / "test_list.py").write_text(ANSWER.format(operation="listCards", status=200))
    (tmp_path / "conftest.py").write_text(CONFTEST.format(excused={}))
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib -p no:cacheprovider\n")
    return tmp_path


def _run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV"))}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


WORKERS = pytest.mark.parametrize("workers", [[], ["-p", "xdist", "-n", "2"]], ids=["one process", "two workers"])


@WORKERS
def test_a_run_that_sees_every_operation_succeed_passes(project: Path, workers: list[str]) -> None:
    assert _run(project, *workers).returncode == 0


@WORKERS
def test_an_operation_that_only_failed_fails_the_run(project: Path, workers: list[str]) -> None:
    (project / "services/card/test_list.py").write_text(ANSWER.format(operation="listCards", status=404))
    done = _run(project, *workers)
    assert done.returncode == 1
    assert "card.listCards has no test that it answers with success" in done.stdout
    assert "getCard" not in done.stdout


def test_an_excuse_for_what_is_tested_fails_the_run(project: Path) -> None:
    (project / "conftest.py").write_text(CONFTEST.format(excused={"card.getCard": "too hard"}))
    done = _run(project)
    assert done.returncode == 1
    assert "card.getCard is excused but tested" in done.stdout


@pytest.mark.parametrize("part", [["services/card/test_get.py"], ["-k", "answers"], ["--deselect", "x"]])
def test_a_part_of_the_tests_is_not_judged(project: Path, part: list[str]) -> None:
    (project / "services/card/test_list.py").write_text("def test_answers_nothing(): ...\n")
    assert _run(project, *part).returncode == 0


def test_schemathesis_does_not_count(project: Path) -> None:
    (project / "services/card/test_list.py").rename(project / "services/card/test_schemathesis.py")
    assert "card.listCards has no test" in _run(project).stdout


def test_judge_says_what_to_do_about_each() -> None:
    said = judge({"a.one", "a.two", "a.three"}, {"a.two"}, {"a.two": "why", "a.three": "", "a.gone": "why"})
    assert [one.partition(":")[0] for one in said] == [
        "a.gone is excused but is no operation",
        "a.one has no test that it answers with success",
        "a.three is excused without a reason",
        "a.two is excused but tested",
    ]


def test_an_excused_operation_needs_no_test() -> None:
    assert judge({"a.one"}, set(), {"a.one": "why"}) == []
