"""One story out of many logs."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tandem.local import log_reader
from tandem.local.log_reader import Line, follow, read, sources
from tandem.local.state import Home

TRACE = "0af7651916cd43dd8448eb211c80319c"


def said(time: str, request: str | None = None, **more: object) -> str:
    return json.dumps({"time": f"2026-11-15T{time}Z", "request_id": request, **more}) + "\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path, tmp_path)
    home.logs.mkdir()
    (tmp_path / "gateway").mkdir()
    (home.logs / "account.log").write_text(
        said("10:00:02.000001", "r1", event="overview")
        + said("10:00:04.5", "r2")
        + "Traceback (most recent call last)\n"
    )
    (home.logs / "card.log.1").write_text(said("10:00:03.000000", "r1", event="older file"))
    (home.logs / "card.log").write_text(said("10:00:05.000000", trace_id=TRACE))
    (home.logs / "postgres.log").write_text("2026-11-15 10:00:01.000 UTC [1] LOG:  ready\n\ncontinued\n{broken\n[1]\n")
    (tmp_path / "gateway" / "access.log").write_text(said("10:00:01.900", "r1", traceparent=f"00-{TRACE}-00-01"))
    return home


def append(file: Path, text: str) -> None:
    with file.open("a") as stream:
        stream.write(text)


def shape(lines: list[Line]) -> list[tuple[str, str]]:
    return [(line.source, line.document.get("request_id") or line.text[:9]) for line in lines]


def test_all_logs_are_one_story_in_the_order_of_time(home: Home) -> None:
    assert [line.source for line in read(home, [])] == [
        *["postgres"] * 4,
        "gateway",
        *["account"] * 3,
        "card",
    ]
    assert read(home, [])[-2].text.startswith("Traceback")


def test_only_the_named_logs_are_read(home: Home) -> None:
    assert {line.source for line in read(home, ["card", "gateway"])} == {"card", "gateway"}


def test_one_request_is_followed_through_all_logs_and_older_files(home: Home) -> None:
    assert shape(read(home, [], "r1")) == [("gateway", "r1"), ("account", "r1"), ("card", "r1")]
    assert read(home, [], "r") == []


def test_trace_is_followed_as_well(home: Home) -> None:
    assert [line.source for line in read(home, [], TRACE)] == ["gateway", "card"]


def test_only_the_end_of_a_long_log_is_read(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_reader, "_TAIL_BYTES", 60)
    assert [line.text[:9] for line in read(home, ["account"])] == ["Traceback"]


def test_files_of_the_gateway_count_as_one_log(home: Home) -> None:
    (home.folder / "gateway" / "envoy.log").write_text("[2026-11-15 10:00:00.000][1][info] starting\n")
    assert sorted(sources(home)) == ["account", "card", "gateway", "postgres"]
    assert [line.text[:9] for line in read(home, ["gateway"])] == ["[2026-11-", '{"time": ']


def test_what_is_said_from_now_on_is_followed_also_into_a_new_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    story: Iterator[Line] = follow(home, ["card", "invoice"], "r9")
    log = home.logs / "card.log"
    steps: Iterator[Callable[[], object]] = iter(
        [
            lambda: append(log, said("11:00:00.0", "r9", n=1) + said("11:00:00.1", "r8") + '{"half": '),
            lambda: log.rename(home.logs / "card.log.2") and log.write_text(said("11:00:01.0", "r9", n=2)),
            lambda: (home.logs / "invoice.log").write_text(said("11:00:02.0", "r9", n=3)),
        ]
    )
    monkeypatch.setattr(time, "sleep", lambda _: next(steps)())
    assert [next(story).document["n"] for _ in range(3)] == [1, 2, 3]
