"""The page of the benchmarks says what was reached, what was not, and what was not measured."""

from __future__ import annotations

from typing import Any

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


def test_what_was_measured_elsewhere_stays() -> None:
    assert measured_elsewhere("# Benchmarks\n\n| a |\n\n## The image\n\nSmall.\n\n## More\n") == (
        "\n## The image\n\nSmall.\n\n## More\n"
    )
    assert measured_elsewhere("# Benchmarks\n\n| a |\n") == ""
