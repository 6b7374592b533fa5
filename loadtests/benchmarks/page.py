"""The figures as docs/benchmarks.md shows them, each beside its budget."""

from __future__ import annotations

from typing import Any, NamedTuple


class Row(NamedTuple):
    what: str
    measured: str
    budget: str
    reached: bool


def page(figures: dict[str, Any]) -> str:
    table = [
        f"| {row.what} | {row.measured} | {row.budget} | {_REACHED[row.reached]} |"
        for row in (
            *_stack_rows(figures),
            *_mock_rows(figures["mock"]),
            *_contract_rows(figures["contracts"]),
            *_gate_rows(figures["gate"]),
            *_scaffold_rows(figures["scaffold"]),
        )
    ]
    return _PAGE.format(**figures["machine"], rows="\n".join(table))


def measured_elsewhere(before: str) -> str:
    """What stands below the table under a heading of its own was not measured here, and stays."""
    _, heading, text = before.partition("\n## ")
    return f"{heading}{text}"


_REACHED = {True: "yes", False: "**no**"}


def _stack_rows(figures: dict[str, Any]) -> list[Row]:
    listed, whole, dead = figures["list_transactions"], figures["overview"], figures["overview_with_a_dead_peer"]
    return [
        Row("`tandem up`, environment built, to all healthy and seeded", f"{figures['start_seconds']} s", "10 s",
            figures["start_seconds"] <= 10),
        Row("list of transactions, everything on, against bare ASGI + asyncpg with the same query (throughput)",
            f"{listed['ratio']} ({listed['tandem_per_second']} to {listed['bare_per_second']} a second)",
            "at least 0.5", listed["ratio"] >= 0.5 and not listed["failed"]),
        Row("account overview through the gateway at 100 a second, p95", _latency(whole), "50 ms",
            whole["p95_ms"] <= 50 and not whole["failed"]),
        Row("the same with invoices hanging, p95", _latency(dead), "1200 ms",
            dead["p95_ms"] <= 1200 and not dead["failed"]),
        Row("what the gateway adds to one call, p50", f"{figures['gateway_adds_p50_ms']} ms", "(none set)",
            reached=True),
    ]  # fmt: skip


def _latency(figures: dict[str, Any]) -> str:
    return "{p95_ms} ms (p50 {p50_ms}, p99 {p99_ms}; {failed} failed)".format(**figures)


def _mock_rows(figures: dict[str, Any]) -> list[Row]:
    same, new = figures["throughput"], figures["throughput_each_new"]
    return [
        Row("first mocked 200 after `tandem mock`", f"{figures['first_answer_seconds']} s", "3 s",
            figures["first_answer_seconds"] <= 3),
        Row("memory of the mock with all contracts, Prism's process included", f"{figures['memory_mb']} MB",
            "400 MB", figures["memory_mb"] <= 400),
        Row("mock against Prism alone, one card again and again (throughput)", _ratio(same), "at least 0.7",
            same["ratio"] >= 0.7 and not same["failed"]),
        Row("mock against Prism alone, another card each time (throughput)", _ratio(new), "at least 0.7",
            new["ratio"] >= 0.7 and not new["failed"]),
        Row("what the mock adds to an answer of Prism alone, p50",
            f"{figures['adds_p50_ms']} ms ({figures['p50_ms']} in all)", "1 ms", figures["adds_p50_ms"] <= 1),
        Row("contract saved to the answer that shows it", f"{figures['edit_seconds']} s", "1 s",
            figures["edit_seconds"] <= 1),
        _large_row(figures["large_document"]),
    ]  # fmt: skip


def _ratio(figures: dict[str, Any]) -> str:
    return "{ratio} ({tandem_per_second} to {prism_per_second} a second)".format(**figures)


def _large_row(figures: dict[str, Any]) -> Row:
    what = "a document of {megabytes} MB and {operations} operations, to its first 200".format(**figures)
    seconds = figures["first_answer_seconds"]
    return Row(what, f"{seconds} s", "20 s", seconds <= 20)


def _contract_rows(figures: dict[str, Any]) -> list[Row]:
    one, every, size = figures["one"], figures["all"], figures["megabytes"]
    return [
        Row(f"`tandem contract diff` of a pair of {size} MB, one schema changed", f"{one['seconds']} s", "5 s",
            one["seconds"] <= 5),
        Row(f"the same with every schema changed, {every['findings']} findings", f"{every['seconds']} s", "5 s",
            every["seconds"] <= 5),
    ]  # fmt: skip


def _gate_rows(figures: dict[str, Any]) -> list[Row]:
    smoke, full = figures["smoke_seconds"], figures["full_seconds"]
    return [
        Row("gate of one service, smoke", f"{smoke} s (slowest {figures['slowest_smoke_seconds']} s)", "40 s",
            smoke <= 40),
        Row("gate of one service, full", f"{full} s, {figures['full_verdict']}", "180 s",
            full <= 180 and figures["full_verdict"] == "passed"),
        Row("the same gate again and again, with the same verdict and findings",
            f"{figures['same']} of {figures['runs']}, {figures['verdict']}", "all",
            figures["same"] == figures["runs"] and figures["verdict"] == "passed"),
    ]  # fmt: skip


def _scaffold_rows(figures: dict[str, Any]) -> list[Row]:
    new, large, idea = figures["service"], figures["large_contract"], figures["idea"]
    whole = round(new["seconds"] + new["gate_seconds"], 1)
    running = round(large["made_seconds"] + large["start_seconds"], 1)
    answered = round(idea["draft_seconds"] + idea["mock_seconds"], 1)
    return [
        Row("`tandem new service`, from nothing to files on disk, with what it costs in the cloud",
            f"{new['seconds']} s (slowest {new['slowest_seconds']} s; {new['processor_seconds']} s of processor)",
            "5 s", new["seconds"] <= 5),
        Row("the same service to the verdict of its full gate",
            f"{whole} s (the gate {new['gate_seconds']} s), {new['verdict']}", "90 s",
            whole <= 90 and new["verdict"] == "passed"),
        Row(f"a contract of {large['operations']} operations and {large['megabytes']} MB "
            f"({large['contract']}) to a service that answers, "
            f"{large['not_built']} of them with 501",
            f"{running} s (made in {large['made_seconds']} s, {large['made_processor_seconds']} s of processor; "
            f"up with all others in {large['start_seconds']} s)", "60 s", running <= 60),
        Row("one page of Markdown to its first mocked 200",
            f"{answered} s (drafted in {idea['draft_seconds']} s, mocked in {idea['mock_seconds']} s)", "30 s",
            answered <= 30),
    ]  # fmt: skip


_PAGE = """# Benchmarks

`make bench` on {day}: {cores} cores, {memory_gib} GiB, {system}, Python {python}, load {load} from other
work when it began. Client, gateway, services and PostgreSQL share the cores. Throughput is a ratio of alternating
rounds in one run, because single figures of such machines say little.

| what | measured | budget | reached |
|---|---|---|---|
{rows}

A hanging peer is one that was stopped with SIGSTOP: its connections stay open and nothing answers. The breaker opens
after five failures, so most calls do not wait for it; one in a while does, to see if it is back.

Prism alone is its own command with its log turned off, on the same contracts in one document, asked the same questions.
The mock keeps the answer to a repeated question ready; asked for another card each time it has none.

The gate is that of the card service, with all that it starts: PostgreSQL, the service, Schemathesis, Locust, scanners.

New services are made in fresh clones of the project. The large contract is one that others published (tests/documents).
"""
