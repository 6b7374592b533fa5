"""What the contract stage does where there is nothing to compare, nothing to run or nothing to read."""

from __future__ import annotations

from datetime import date

import pytest

from tandem.gate.contract.stage import ContractStage
from tandem.gate.service.own import DoesNotStart
from tandem.gate.service.serving import served
from tandem.gate.subject import Subject
from tandem.gate.verdict import StageResult, Verdict
from tandem.kit.contract import load_contract
from tandem.spec.diff.document import Document
from tandem.spec.diff.findings import Grade, differences
from tandem.spec.diff.waivers import Waiver, write_waiver
from tests.gate.notices import CONTRACT, door
from tests.gate.strange_servers import saying
from tests.gate.world import Project, judged_by, told

_TODAY = date(2026, 11, 21)
_ITSELF = "      description: A notice.\n      allOf: [{$ref: '#/components/schemas/Notice'}]\n"


def _verdicts(result: StageResult) -> dict[str, tuple[Verdict, str]]:
    return {check.name: (check.verdict, check.said) for check in result.checks}


def test_contract_that_was_never_released_breaks_nobody(notices: Project) -> None:
    with served(door(load_contract(notices.contract).document)) as url:
        result = judged_by(notices.subject(url), ContractStage())
    said = _verdicts(result)
    assert said["compatible"] == (Verdict.DID_NOT_LOOK, "nothing was released yet, so nobody can be broken")
    assert said["bound"] == (Verdict.PASSED, "all 2 operations are there")
    assert said["generated files"][0] is Verdict.FAILED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "contracts/notice/openapi.yaml"),
        ("[1, 2]", "contracts/notice/openapi.yaml"),
        ("a: [", "contracts/notice/openapi.yaml:2: is not valid YAML"),
        ("swagger: '2.0'", "contracts/notice/openapi.yaml"),
        ("openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths: {}\n", "has no paths"),
        (CONTRACT.replace("operationId: getNotice\n", "operationId: createNotice\n"), "stands twice"),
        (CONTRACT.replace("'../common/headers.yaml#/components/headers/Location'", "'nope.yaml'"), "nope.yaml"),
        (CONTRACT.replace("      description: A notice as it is shown.\n", _ITSELF), "cycle"),
        (CONTRACT.replace("responses:\n        '200'", "answers:\n        '200'"), "'responses' is missing"),
    ],
    ids=[
        "empty",
        "a list",
        "no YAML",
        "Swagger 2",
        "no paths",
        "a duplicate",
        "a file that is not there",
        "a cycle",
        "no responses",
    ],
)
def test_contract_that_cannot_be_used_is_trouble_in_a_sentence(notices: Project, text: str, said: str) -> None:
    notices.contract.write_text(text)
    result = judged_by(notices.subject("http://127.0.0.1:1"), ContractStage())
    assert (result.verdict, result.verdict.exit_code) == (Verdict.TROUBLE, 2), told(result)
    assert said in result.reason
    assert str(notices.folder) not in result.reason
    assert "itself broke" not in result.reason


def test_service_that_cannot_be_reached_is_trouble_and_the_contract_is_judged(notices: Project) -> None:
    result = judged_by(notices.subject("http://127.0.0.1:1"), ContractStage())
    said = _verdicts(result)
    assert said["lint"][0] is Verdict.PASSED
    assert said["published"][0] is said["bound"][0] is Verdict.TROUBLE
    assert "takes no connections" in said["bound"][1]


def test_service_that_answers_garbage_is_trouble(notices: Project) -> None:
    with saying(b"\x00\xff\x00 garbage\r\n\r\n") as url:
        result = judged_by(notices.subject(url), ContractStage())
    assert "is not HTTP" in _verdicts(result)["published"][1]


class Refusing(Subject):
    """Its service refuses to start."""

    def _start(self) -> object:  # type: ignore[override]
        raise DoesNotStart(f"notice does not start: {self.project}/contracts: getNotice has no handler")


def test_service_that_does_not_start_is_a_finding_and_not_trouble(notices: Project) -> None:
    result = judged_by(Refusing("notice", notices.subject().home), ContractStage())
    found = next(one for one in result.findings if one.where == "services/notice")
    assert found.title == "notice does not start: contracts: getNotice has no handler"
    assert _verdicts(result)["published"] == (Verdict.DID_NOT_LOOK, "the service does not run")


def test_breaking_change_that_was_waived_passes_until_the_waiver_ends(notices: Project) -> None:
    notices.release("1.0.0")
    released = Document(notices.contract.parent / "released" / "1.0.0.yaml")
    notices.edit("contracts/notice/openapi.yaml", "version: 1.0.0", "version: 2.0.0")
    notices.edit("contracts/notice/openapi.yaml", "maxLength: 200, description: What it says.}\n    Notice:",
        "maxLength: 100, description: What it says.}\n    Notice:")  # fmt: skip
    [change] = differences(released, Document(notices.contract), _TODAY, lambda *_: None).of(Grade.BREAKING)
    waiver = Waiver(
        change.fingerprint, "Shorter texts.", date(2026, 12, 31), "Nobody writes that much.", "team-notices"
    )
    write_waiver(notices.folder / "contracts", waiver)
    before = _verdicts(judged_by(notices.subject("http://127.0.0.1:1"), ContractStage(_TODAY)))
    assert before["compatible"] == (Verdict.PASSED, "nothing that was released in 1.0.0 breaks; 1 waived")
    assert before["waivers"] == (Verdict.PASSED, "every waiver holds")
    after = judged_by(notices.subject("http://127.0.0.1:1"), ContractStage(date(2027, 1, 1)))
    assert _verdicts(after)["compatible"][0] is Verdict.FAILED
    assert "2026-12-31" in next(one for one in after.findings if one.fingerprint == change.fingerprint).detail
    assert _verdicts(after)["waivers"][0] is Verdict.FAILED


def test_waiver_for_nothing_is_refused(notices: Project) -> None:
    notices.release("1.0.0")
    write_waiver(notices.folder / "contracts", Waiver("a1b2c3d4e5f6", "Gone.", date(2099, 1, 1), "Why.", "anna"))
    result = judged_by(notices.subject("http://127.0.0.1:1"), ContractStage(_TODAY))
    found = next(one for one in result.findings if one.where == "contracts/waivers.yaml")
    assert found.title.endswith("is for a change that is no longer found; delete it")
