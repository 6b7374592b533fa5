"""Faults that the gate must catch: each has a name, and words that the stage meant for it must say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tandem.gate.verdict import StageResult, Verdict
from tests.gate.world import told


def entries(file: str) -> list[Any]:
    """One parameter per fault of a file in this folder."""
    faults = yaml.safe_load(Path(__file__).with_name(file).read_text("utf-8"))
    return [pytest.param(fault, id=fault["fault"]) for fault in faults]


def assert_caught(result: StageResult, *words: str) -> None:
    """By a finding that has all the words; not only by an unhappy stage."""
    assert result.verdict is Verdict.FAILED, told(result)
    said = [f"{one.title}\n{one.where}\n{one.detail}\n{one.fix}" for one in result.findings]
    assert any(all(word in finding for word in words) for finding in said), told(result)
