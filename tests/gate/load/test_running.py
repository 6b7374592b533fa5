"""Locust runs beside the gate, and is ended with whatever it waits for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import psutil
import pytest

from tandem.gate.load.plan import Plan, Step, Walk
from tandem.gate.load.running import Locust
from tandem.gate.load.stage import LoadStage
from tandem.gate.service.serving import served
from tandem.gate.verdict import Verdict
from tandem.local.trouble import Trouble
from tests.gate.load.notice_service import LISTING, Notices
from tests.gate.safety.places import write
from tests.gate.world import Project, judged_by, told

PLAN = Plan("http://127.0.0.1:1", {"support": "secret"}, (Walk("support", (Step("a", "GET", "/a"),)),), 1, 5.0, 1, 5.0)
JOURNEY = """\
journey: Somebody writes
as: support
steps:
  - operation: createNotice
    body: {text: $unique}
"""


@dataclass
class Service:
    """Says what is wrong with it, one after the other."""

    troubles: list[str | None] = field(default_factory=list)
    url: str = "http://127.0.0.1:1"
    callers: Mapping[str, str] = field(default_factory=dict)

    def trouble(self) -> str | None:
        return self.troubles.pop(0) if self.troubles else None

    def stop(self) -> None:
        raise AssertionError("who started it stops it")


def nothing(_: float) -> None:
    pass


def leftovers(folder: Path) -> list[str]:
    lines = [" ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"])]
    return [line for line in lines if str(folder) in line]


def test_real_locust_over_a_clean_service_passes(notices: Project) -> None:
    notices.contract.write_text(LISTING, "utf-8")
    write(notices, "loadtests/journeys/writing.yaml", JOURNEY)
    write(notices, "loadtests/journeys/elsewhere.yaml", JOURNEY.replace("createNotice", "freezeCard"))
    service = Notices()
    with served(service.app()) as url:
        result = judged_by(notices.subject(url), LoadStage())
    assert result.verdict is Verdict.PASSED, told(result)
    assert {check.name: check.verdict.value for check in result.checks} == {
        "statements": "did not look",
        "reach": "passed",
        "errors": "passed",
        "speed": "passed",
        "baseline": "did not look",
    }
    assert "2 operations are as fast as promised; asked too seldom to say: createNotice" in told(result)
    written = [json.loads(body)["text"] for method, _, _, body in service.asked if method == "POST"]
    assert len(set(written)) == len(written) > 12
    count, bare, bars, lines = result.figures
    assert (count.kind, bare.kind, bars.kind, lines.kind) == ("number", "number", "bars", "lines")
    assert not (notices.folder / ".tandem/gate/load/notice/plan.json").exists()


def test_locust_that_breaks_off_is_trouble_with_its_last_word(tmp_path: Path) -> None:
    broken = replace(PLAN, rounds=cast("int", "many"))
    with pytest.raises(Trouble, match="Locust broke off: TypeError: "):
        Locust().send(broken, tmp_path, Service(), nothing)


def test_service_that_goes_away_ends_the_run(tmp_path: Path) -> None:
    seen: list[float] = []
    with pytest.raises(Trouble, match="It is gone"):
        Locust(health_seconds=0.0).send(PLAN, tmp_path, Service([None, "It is gone."]), seen.append)
    assert seen
    assert leftovers(tmp_path) == []


def test_service_that_is_gone_at_the_end_was_not_measured(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="It is gone"):
        Locust(grace_seconds=-5.0).send(PLAN, tmp_path, Service(["It is gone."]), nothing)


def test_locust_that_hangs_is_ended(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="Locust broke off: it said nothing"):
        Locust(grace_seconds=-4.9).send(PLAN, tmp_path, Service(), nothing)
    assert leftovers(tmp_path) == []
    assert not (tmp_path / "plan.json").exists()
