"""Written journeys: those of the project name operations that exist, and others are refused in a sentence."""

from __future__ import annotations

import pytest

from tandem.gate.load.journeys import load, operations
from tandem.gate.load.plan import Step
from tandem.kit.contract import load_contract
from tandem.local.trouble import Refused
from tests.gate.safety.places import write
from tests.gate.world import Project

MORNING = """\
journey: A morning
as: customer
steps:
  - operation: listCards
  - operation: createNotice
    body: {text: $unique}
    take: {notice_id: /id}
    rarely: true
  - operation: getNotice
    as: support
    with: {notice_id: $notice_id, lang: sv}
  - operation: getNotice
"""


def test_service_walks_its_own_steps_of_a_journey(notices: Project) -> None:
    write(notices, "loadtests/journeys/morning.yaml", MORNING)
    (journey,) = load(notices.folder)
    walk = journey.walk(load_contract(notices.contract))
    assert walk is not None
    assert (walk.caller, walk.journey) == ("customer", "morning")
    assert walk.steps == (
        Step(
            "createNotice", "POST", "/v1/notices", body={"text": "$unique"}, take={"notice_id": "/id"},
            key=True, rarely=True,
        ),
        Step("getNotice", "GET", "/v1/notices/$notice_id", {"lang": "sv"}, caller="support"),
        Step("getNotice", "GET", "/v1/notices/$notice_id"),
    )  # fmt: skip
    assert list(operations([journey])) == ["listCards", "createNotice", "getNotice", "getNotice"]


def test_journey_that_never_meets_the_service_is_not_walked(notices: Project) -> None:
    write(notices, "loadtests/journeys/other.yaml", "journey: x\nas: customer\nsteps: [{operation: listCards}]\n")
    (journey,) = load(notices.folder)
    assert journey.walk(load_contract(notices.contract)) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("journey: [", "bad.yaml is no journey: it needs journey, as and steps"),
        ("as: customer\nsteps: []", "is no journey"),
        ("journey: x\nas: customer\nsteps: [listCards]", "is no journey"),
        ("journey: x\nas: customer\nsteps: [{operation: a, sleep: 3}]", "its steps have sleep. A step has as, body,"),
        ("journey: x\nas: customer\nsteps: [{as: support}]", "a step names no operation"),
    ],
)
def test_what_is_no_journey_is_refused(text: str, reason: str, notices: Project) -> None:
    write(notices, "loadtests/journeys/bad.yaml", text)
    with pytest.raises(Refused) as told:
        load(notices.folder)
    assert reason in str(told.value)
