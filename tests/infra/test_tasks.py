"""What tasks are told is what the tests of the services start them with."""

from __future__ import annotations

import pytest

from infra.stages import STAGES
from tests.infra.recorder import recorded
from tests.infra.tasks import FILE, STAGE, tasks, text


def test_document_of_the_tasks_is_fresh() -> None:
    assert FILE.read_text("utf-8") == text(), "run infra/.venv/bin/python -m tests.infra.tasks"


@pytest.mark.parametrize("stage", STAGES)
def test_tasks_of_every_stage_are_told_the_same_things(stage: str) -> None:
    expected, found = tasks(recorded("service", STAGE)), tasks(recorded("service", stage))
    for name, task in found.items():
        for kind in ("environment", "secrets"):
            assert task[kind].keys() == expected[name][kind].keys()
