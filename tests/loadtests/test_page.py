"""The page of the benchmarks says what was reached, what was not, and what was not measured."""

from __future__ import annotations

from typing import Any

import pytest

from loadtests.benchmarks.page import measured_elsewhere, page

RATIO = {"ratio": 0.8, "tandem_per_second": 800, "prism_per_second": 1000, "failed": 0}
GATE = {
    "smoke_seconds": 31.0,
    "slowest_smoke_seconds": 41.0,
    "full_seconds": 80.0,
    "verdict": "passed",
    "full_verdict": "passed",
    "runs": 20,
    "same": 20,
}
SCAFFOLD: dict[str, dict[str, Any]] = {
    "service": {
        "seconds": 3.1,
        "slowest_seconds": 5.2,
        "processor_seconds": 2.8,
        "gate_seconds": 60.0,
        "verdict": "passed",
    },
    "large_contract": {
        "contract": "discord.json",
        "megabytes": 1.2,
        "operations": 248,
        "not_built": 62,
        "made_seconds": 20.0,
        "made_processor_seconds": 16.0,
        "start_seconds": 12.5,
    },
    "idea": {"draft_seconds": 1.1, "mock_seconds": 1.4},
}
LATENCY = {"p50_ms": 1, "p95_ms": 20, "p99_ms": 30, "failed": 0}


def figures(**mock: Any) -> dict[str, Any]:
    measured = {
        "first_answer_seconds": 1.2,
        "memory_mb": 210,
        "throughput": RATIO,
        "throughput_each_new": RATIO,
        "adds_p50_ms": -0.4,
        "p50_ms": 0.3,
        "edit_seconds": 0.4,
        "large_document": {"megabytes": 4.2, "operations": 400, "first_answer_seconds": 2.3},
    }
    machine = {"cores": 2, "memory_gib": 8, "system": "x", "python": "3.11", "load": 0.1, "day": "2026-11-21"}
    return {
        "machine": machine,
        "start_seconds": 8.0,
        "list_transactions": {"ratio": 0.9, "tandem_per_second": 9, "bare_per_second": 10, "failed": 0},
        "overview": LATENCY,
        "overview_with_a_dead_peer": LATENCY,
        "gateway_adds_p50_ms": 0.2,
        "mock": {**measured, **mock},
        "contracts": {
            "megabytes": 4.3,
            "one": {"seconds": 2.1, "findings": 1},
            "all": {"seconds": 4.9, "findings": 1100},
        },
        "gate": GATE,
        "scaffold": SCAFFOLD,
    }


def rows(figures: dict[str, Any]) -> dict[str, str]:
    cells = [line.strip("| ").split(" | ") for line in page(figures).splitlines() if line.startswith("| ")]
    return {line[0]: line[3] for line in cells}


def test_a_budget_that_was_kept_or_missed_is_said_so() -> None:
    said = rows(figures(memory_mb=401, throughput={**RATIO, "ratio": 0.69}, throughput_each_new={**RATIO, "failed": 1}))
    assert said["first mocked 200 after `tandem mock`"] == "yes"
    assert [what for what, reached in said.items() if reached == "**no**"] == [
        "memory of the mock with all contracts, Prism's process included",
        "mock against Prism alone, one card again and again (throughput)",
        "mock against Prism alone, another card each time (throughput)",
    ]


def test_a_large_document_is_described_by_its_size() -> None:
    large = {"megabytes": 4.1, "operations": 417, "first_answer_seconds": 20.1}
    assert "| a document of 4.1 MB and 417 operations, to its first 200 | 20.1 s | 20 s | **no** |" in page(
        figures(large_document=large)
    )


def test_gate_that_says_something_else_once_has_missed_its_budget() -> None:
    again = "the same gate again and again, with the same verdict and findings"
    assert rows(figures())[again] == "yes"
    for differing in ({"same": 19}, {"verdict": "failed"}):
        assert rows({**figures(), "gate": {**GATE, **differing}})[again] == "**no**"


def test_a_diff_is_told_with_what_it_found() -> None:
    told = figures()
    told["contracts"]["all"]["seconds"] = 5.1
    assert "| the same with every schema changed, 1100 findings | 5.1 s | 5 s | **no** |" in page(told)
    assert rows(told)["`tandem contract diff` of a pair of 4.3 MB, one schema changed"] == "yes"


def test_beginnings_are_told_in_their_parts_and_held_to_the_sum() -> None:
    told = page(figures())
    assert "the same service to the verdict of its full gate | 63.1 s (the gate 60.0 s), passed | 90 s | yes |" in told
    assert "(discord.json) to a service that answers, 62 of them with 501 | 32.5 s (made in 20.0 s, 16.0 s of" in told
    assert "first mocked 200 | 2.5 s (drafted in 1.1 s, mocked in 1.4 s) | 30 s | yes |" in told


@pytest.mark.parametrize(
    ("part", "measured", "row"),
    [
        ("service", {"seconds": 5.1}, "`tandem new service`, from nothing to files on disk, with"),
        ("service", {"gate_seconds": 87.0}, "the same service to"),
        ("service", {"verdict": "not passed"}, "the same service to"),
        (
            "large_contract",
            {"made_seconds": 48.0},
            "a contract of 248 operations and 1.2 MB (discord.json)",
        ),
        ("idea", {"mock_seconds": 29.0}, "one page of Markdown"),
    ],
)
def test_beginning_that_takes_too_long_has_missed_its_budget(part: str, measured: dict[str, Any], row: str) -> None:
    said = rows({**figures(), "scaffold": {**SCAFFOLD, part: {**SCAFFOLD[part], **measured}}})
    missed = [what for what, reached in said.items() if reached == "**no**"]
    assert [what.startswith(row) for what in missed] == [True]


def test_what_was_measured_elsewhere_stays() -> None:
    assert measured_elsewhere("# Benchmarks\n\n| a |\n\n## The image\n\nSmall.\n\n## More\n") == (
        "\n## The image\n\nSmall.\n\n## More\n"
    )
    assert measured_elsewhere("# Benchmarks\n\n| a |\n") == ""
