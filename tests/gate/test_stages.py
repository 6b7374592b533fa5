"""A service without a fault passes. How fast it is depends on what else the machine does: see tests/gate/load."""

from __future__ import annotations

from pathlib import Path

import pytest

from tandem.gate.profiles import Profile
from tandem.gate.stages import stages
from tandem.gate.subject import Subject
from tandem.gate.verdict import Verdict
from tandem.local.state import Home
from tests.architecture.project import ROOT
from tests.gate.world import judged, told


@pytest.mark.timeout(180)
def test_clean_service_passes_every_stage(tmp_path: Path) -> None:
    home = Home(tmp_path / "state", ROOT)
    home.create()
    asked = [stage for stage in stages() if stage.name != "load"]
    result = judged(Subject("card", home, Profile.SMOKE), *asked)
    assert {stage.stage: stage.verdict for stage in result.stages} == dict.fromkeys(
        ("contract", "schemathesis", "migrations", "safety"), Verdict.PASSED
    ), "\n".join(told(stage) for stage in result.stages)
    assert result.verdict is Verdict.PASSED


def test_every_stage_has_a_name_of_its_own_and_a_question() -> None:
    names = [stage.name for stage in stages()]
    assert names == ["contract", "schemathesis", "migrations", "load", "safety"]
    assert all(stage.asks.endswith("?") for stage in stages())
