"""What a replay says when it cannot say that the fault is still there or gone."""

from __future__ import annotations

from typing import Any

import pytest

from tandem.gate.fuzzing.cases import Case, keep
from tandem.gate.fuzzing.replay import again
from tandem.gate.service.serving import served
from tandem.gate.verdict import Verdict
from tandem.local.state import Home
from tandem.local.trouble import Refused, Trouble
from tests.gate.faults.shop import SOUND, TOKENS, contract, shop
from tests.gate.strange_servers import mortal
from tests.gate.world import Project, project


@pytest.fixture
def kept(tmp_path: Any) -> Project:
    """With a case whose record is none of Schemathesis'."""
    made = project(tmp_path / "project", "shop", contract(SOUND))
    keep(_home(made).folder / "gate" / "cases", Case("0123456789ab", "shop", "It broke.", "check", {}))
    return made


def _home(made: Project) -> Home:
    return made.subject().home


def test_record_that_schemathesis_does_not_know_cannot_be_told(kept: Project) -> None:
    with served(shop(SOUND)) as url:
        outcome = again(_home(kept), "0123456789ab", url, TOKENS)
    assert outcome.verdict is Verdict.CANNOT_TELL
    assert outcome.said.startswith("It cannot be told any more: It broke.")


def test_replay_that_takes_too_long_is_trouble(kept: Project) -> None:
    with served(shop(SOUND)) as url:
        outcome = again(_home(kept), "0123456789ab", url, TOKENS, patience_seconds=0.01)
    assert (outcome.verdict, outcome.said) == (Verdict.TROUBLE, "It broke. No answer within 0.01 s.")


def test_service_that_goes_away_meanwhile_is_trouble(kept: Project) -> None:
    crash = {"operation": "GET /v1/sound"}
    keep(_home(kept).folder / "gate" / "cases", Case("0123456789ab", "shop", "It broke.", "check", crash))
    with served(shop(SOUND)) as url:
        pass
    with pytest.raises(Trouble, match="takes no connections"):
        again(_home(kept), "0123456789ab", url, TOKENS)
    with mortal(contract(SOUND), 0) as url:
        assert again(_home(kept), "0123456789ab", url, TOKENS).verdict is Verdict.CANNOT_TELL


def test_case_that_is_not_there_is_refused(kept: Project) -> None:
    with pytest.raises(Refused, match="There is no case 'nope'"):
        again(_home(kept), "nope", None, {})
