"""Mocks that were started by hand are found for as long as they run."""

import asyncio
import json
from pathlib import Path

import pytest

from tandem.local.mocks import RunningMock, Silent, announced, ask_json, running_mocks
from tandem.local.state import Home
from tandem.local.trouble import Refused
from tests.local.test_probe import answering


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state", tmp_path)


def test_a_mock_is_found_while_it_runs(home: Home) -> None:
    assert running_mocks(home) == []
    with announced(home, "http://127.0.0.1:4010"), announced(home, "http://127.0.0.1:4020"):
        assert running_mocks(home) == [RunningMock("http://127.0.0.1:4010"), RunningMock("http://127.0.0.1:4020")]
    assert running_mocks(home) == []


def test_one_that_was_killed_is_not_found(home: Home) -> None:
    with announced(home, "http://127.0.0.1:4010"):
        file = home.folder / "mocks" / "4010.json"
        document = json.loads(file.read_text())
        document["process"]["created"] -= 100
        file.write_text(json.dumps(document))
        assert running_mocks(home) == []
        file.write_text("{")
        assert running_mocks(home) == []


def test_a_mock_runs_where_nothing_may_be_written(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with announced(Home(tmp_path / "state", tmp_path), "http://127.0.0.1:4010"):
        pass


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "4010", "ftp://127.0.0.1"])
def test_nobody_at_an_address_is_a_sentence(url: str) -> None:
    with pytest.raises(Silent, match=r"Nothing answers|is not an address"):
        RunningMock(url).state()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b'HTTP/1.1 404 No\r\nContent-Length: 22\r\n\r\n{"detail": "No card."}', "No card."),
        (b"HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\n{}", "answers 500 to GET /x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<h1>", "Nothing answers as it should"),
    ],
)
async def test_what_is_refused_there_is_refused_here(said: bytes, reason: str) -> None:
    async with answering(said) as port:
        with pytest.raises(Refused, match=reason):
            await asyncio.to_thread(ask_json, f"http://127.0.0.1:{port}", "GET", "/x")
