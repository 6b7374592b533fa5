"""What each scanner answers, as it was seen, and what is made of it."""

from __future__ import annotations

from typing import Any

import pytest

from tandem.gate.safety.code import BANDIT
from tandem.gate.safety.images import CHECKOV, HADOLINT
from tandem.gate.safety.packages import PIP_AUDIT
from tandem.gate.safety.pipeline import ZIZMOR
from tandem.gate.safety.scanner import CouldNotLook, NothingThere, Program, Sighting
from tests.gate.safety.places import place, write
from tests.gate.world import Project

FAULT = {
    "id": "PYSEC-2026-1",
    "fix_versions": ["2.20.0"],
    "aliases": ["CVE-2026-1"],
    "description": "Requests sends a password to whoever asks.\nAt length.",
}
UNMENDED = {"id": "PYSEC-2026-2", "fix_versions": [], "aliases": [], "description": "It forgets."}
UNKNOWN = {"name": "six", "skip_reason": "Dependency not found on PyPI and could not be audited: six (1.17.0)"}
FAILED_CHECK = {
    "check_id": "CKV_AWS_16",
    "check_name": "Ensure all data stored in the RDS is securely encrypted at rest",
    "file_path": "/template.json",
    "file_line_range": [12, 30],
    "resource": "AWS::RDS::DBInstance.Ledger",
    "guideline": "https://docs.example.com/CKV_AWS_16",
}


def read(scanner: Program, project: Project, document: Any) -> list[Sighting]:
    return list(scanner.read(place(project), document))


@pytest.fixture
def locked(notices: Project) -> Project:
    write(notices, "requirements/service.txt", "# locked\nrequests==2.19.0 \\\n    --hash=sha256:00\n")
    return notices


def test_package_with_a_known_fault_is_named_with_the_version_that_mends_it(locked: Project) -> None:
    package = {"name": "requests", "version": "2.19.0", "vulns": [FAULT, UNMENDED]}
    first, second = read(PIP_AUDIT, locked, {"dependencies": [package, UNKNOWN], "fixes": []})
    assert (first.rule, first.path, first.line) == ("PYSEC-2026-1", "requirements/service.txt", 2)
    assert first.said == "requests 2.19.0 has a known fault: Requests sends a password to whoever asks."
    assert first.advice == "Take 2.20.0 or later: `make lock`."
    assert "No version mends it yet" in second.advice


@pytest.mark.parametrize(
    ("packages", "reason"),
    [
        ([UNKNOWN, {"name": "requests", "version": "2.19.0", "vulns": []}], "knows nothing of 1 of 2 packages (six)"),
        ([UNKNOWN] * 4, "knows nothing of 4 of 4 packages (six, six, six, ...)"),
        ([], "it found no package in requirements/service.txt"),
    ],
)
def test_package_that_the_database_does_not_know_is_not_clean(
    packages: list[Any], reason: str, locked: Project
) -> None:
    with pytest.raises(CouldNotLook) as told:
        read(PIP_AUDIT, locked, {"dependencies": packages, "fixes": []})
    assert reason in str(told.value)


def test_all_packages_known_and_without_fault_is_clean(locked: Project) -> None:
    package = {"name": "requests", "version": "2.99.0", "vulns": []}
    assert read(PIP_AUDIT, locked, {"dependencies": [package], "fixes": []}) == []


def test_fault_of_a_package_that_only_another_brings_has_no_line(locked: Project) -> None:
    (seen,) = read(PIP_AUDIT, locked, {"dependencies": [{"name": "idna", "version": "1", "vulns": [FAULT]}]})
    assert seen.line is None


def test_code_that_cannot_be_read_was_not_looked_at(notices: Project) -> None:
    unread = {"filename": str(notices.folder / "services/notice/rules.py"), "reason": "syntax error while parsing AST"}
    with pytest.raises(CouldNotLook, match=r"it could not read services/notice/rules\.py \(syntax error"):
        read(BANDIT, notices, {"errors": [unread], "results": []})


@pytest.mark.parametrize("several", [False, True])
def test_infrastructure_is_read_whatever_the_number_of_kinds(several: bool, notices: Project) -> None:
    kind = {"check_type": "cloudformation", "results": {"failed_checks": [FAILED_CHECK]}}
    (seen,) = read(CHECKOV, notices, [kind] if several else kind)
    assert (seen.rule, seen.path, seen.line) == ("CKV_AWS_16", ".tandem/infra/notice/template.json", 12)
    assert seen.said.startswith("AWS::RDS::DBInstance.Ledger: Ensure all data")
    assert seen.advice == "See https://docs.example.com/CKV_AWS_16"


def test_infrastructure_that_was_generated_is_looked_at(notices: Project) -> None:
    with pytest.raises(NothingThere, match="no infrastructure was generated yet"):
        CHECKOV.options(place(notices))
    folder = write(notices, ".tandem/infra/notice/template.json", "{}").parent
    assert CHECKOV.options(place(notices))[-2:] == ["--directory", str(folder)]


@pytest.mark.parametrize(
    ("scanner", "reason"),
    [
        (HADOLINT, "there is no Dockerfile"),
        (ZIZMOR, "there is no workflow in .github/workflows"),
        (PIP_AUDIT, "there is no requirements/service.txt"),
    ],
)
def test_nothing_there_is_said(scanner: Program, reason: str, notices: Project) -> None:
    with pytest.raises(NothingThere) as told:
        scanner.options(place(notices))
    assert str(told.value) == reason


def test_lock_is_what_packages_are_read_from(locked: Project) -> None:
    assert list(PIP_AUDIT.options(place(locked)))[:2] == ["--requirement", "requirements/service.txt"]


def test_service_without_code_was_not_looked_at(notices: Project) -> None:
    (notices.folder / "services").rename(notices.folder / "elsewhere")
    with pytest.raises(NothingThere, match="there is neither services/notice nor tandem/kit"):
        BANDIT.options(place(notices))
