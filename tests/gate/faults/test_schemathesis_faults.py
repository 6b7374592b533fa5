"""A service that departs from its contract does not pass the Schemathesis stage: each fault where it is, and no other.

All of them stand in one service, because a run costs seconds and a fault in it nearly nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tandem.gate.fuzzing import replay
from tandem.gate.fuzzing.stage import SchemathesisStage
from tandem.gate.service.serving import served
from tandem.gate.verdict import Finding, StageResult, Verdict
from tests.gate.faults.shop import FAULTS, SOUND, TOKENS, Fault, contract, shop
from tests.gate.world import Project, judged_by, project

_READ, _DELETE = "GET /v1/notes/{id}", "DELETE /v1/drafts/{id}"


@dataclass(frozen=True)
class Seen:
    """What the stage said of the shop, which still answers at `url`."""

    project: Project
    url: str
    result: StageResult

    def of(self, operation: str) -> list[Finding]:
        return [one for one in self.result.findings if one.where == operation]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    faults = (*FAULTS, SOUND)
    made = project(tmp_path_factory.mktemp("shop") / "project", "shop", contract(*faults, owned=True, kept=True))
    with served(shop(*faults, owned=True, kept=True)) as url:
        yield Seen(made, url, judged_by(made.subject(url, TOKENS), SchemathesisStage()))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_caught_and_named(fault: Fault, seen: Seen) -> None:
    found = seen.of(fault.operation)
    assert any(fault.says in one.title for one in found), "\n".join(one.title for one in found)
    assert all(one.title.startswith(fault.operation) for one in found)


def test_object_of_one_customer_that_another_can_read_is_caught(seen: Seen) -> None:
    assert [one.title for one in seen.of(_READ)] == [f"{_READ} shows one customer's object to another."]


def test_object_that_is_there_after_it_was_deleted_is_caught(seen: Seen) -> None:
    said = f"{_DELETE} does not take effect: what was deleted is still shown."
    assert [one.title for one in seen.of(_DELETE)] == [said]


def test_nothing_is_found_where_nothing_is_wrong(seen: Seen) -> None:
    assert {one.where for one in seen.result.findings} == {fault.operation for fault in FAULTS} | {_READ, _DELETE}
    assert seen.result.verdict is Verdict.FAILED


def test_every_finding_has_a_case_to_replay(seen: Seen) -> None:
    kept = {path.stem for path in seen.project.subject().folder.joinpath("cases").glob("*.json")}
    assert kept == {one.fingerprint for one in seen.result.findings}
    again = {one.fingerprint: one.replay for one in seen.result.findings}
    assert again == {id_: f"tandem gate replay {id_} --url {seen.url}" for id_ in kept}


def test_replayed_case_still_fails_until_the_service_is_mended(seen: Seen) -> None:
    finding = seen.of("GET /v1/edge")[0]
    home = seen.project.subject().home
    broken = replay.again(home, finding.fingerprint, seen.url, TOKENS)
    assert (broken.verdict, broken.said.splitlines()[0]) == (
        Verdict.FAILED,
        "It still fails: GET /v1/edge answers 500: the server broke. (GET /v1/edge?limit=100)",
    )
    assert "[500] Internal Server Error" in broken.said
    assert "st replay" not in broken.said
    mended = Fault("none", "GET /v1/edge", "", SOUND.answers, FAULTS[0].promises)
    with served(shop(mended)) as url:
        outcome = replay.again(home, finding.fingerprint, url, TOKENS)
    assert (outcome.verdict, outcome.said) == (
        Verdict.PASSED,
        "It no longer fails. It was: GET /v1/edge answers 500: the server broke. (GET /v1/edge?limit=100)",
    )
    assert outcome.as_document()["verdict"] == "passed"
