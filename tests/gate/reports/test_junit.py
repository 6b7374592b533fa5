from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from tandem.gate.reports import junit
from tests.gate.reports.made import FINDING, STAGES, result


def _root(file: Path) -> ElementTree.Element:
    return ElementTree.parse(file).getroot()  # noqa: S314 - our own file


def _suites(file: Path) -> dict[str, ElementTree.Element]:
    return {suite.get("name", ""): suite for suite in _root(file)}


def test_file_has_a_suite_per_stage_and_counts_that_agree(tmp_path: Path) -> None:
    junit.write(result(), tmp_path / "junit.xml")
    root = _root(tmp_path / "junit.xml")
    assert (root.tag, root.get("name")) == ("testsuites", "tandem gate card")
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6", "failures": "1", "errors": "2", "skipped": "2",
    }  # fmt: skip
    for suite in root:
        assert suite.get("tests") == str(len(suite.findall("testcase")))
    assert list(_suites(tmp_path / "junit.xml")) == [f"card.{stage.stage}" for stage in STAGES]


def test_finding_is_a_failure_with_what_to_do_and_how_to_see_it_again(tmp_path: Path) -> None:
    junit.write(result(), tmp_path / "junit.xml")
    failure = _suites(tmp_path / "junit.xml")["card.schemathesis"].find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == FINDING.title
    text = failure.text or ""
    assert "It said <script>" in text
    assert text.endswith("Fix: Find the reason in the log.\ntandem gate replay 0123456789ab")


def test_stage_that_broke_off_is_an_error_and_one_that_did_not_look_is_skipped(tmp_path: Path) -> None:
    junit.write(result(), tmp_path / "junit.xml")
    suites = _suites(tmp_path / "junit.xml")
    error = suites["card.migrations"].find("testcase/error")
    skipped = suites["card.load"].find("testcase/skipped")
    assert error is not None
    assert (error.get("type"), error.get("message")) == ("trouble", "Squawk is gone.")
    assert skipped is not None
    assert skipped.get("message") == "The run was interrupted."
