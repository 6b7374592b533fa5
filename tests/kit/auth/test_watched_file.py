from pathlib import Path

import pytest

from tandem.kit.auth.watched_file import WatchedFile
from tests.kit.clock import Clock


def test_content_is_news_once(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "file"
    path.write_bytes(b"one")
    file = WatchedFile(path, now=clock)
    assert file.news() == b"one"
    clock.time += 5
    assert file.news() is None


def test_a_change_is_seen_after_the_interval(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "file"
    path.write_bytes(b"one")
    file = WatchedFile(path, check_seconds=1.0, now=clock)
    file.news()
    path.write_bytes(b"three")
    assert file.news() is None
    clock.time += 1.0
    assert file.news() == b"three"


def test_a_change_is_seen_at_once_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    file = WatchedFile(path, now=Clock())
    file.news()
    path.write_bytes(b"three")
    assert file.news(at_once=True) == b"three"


def test_a_missing_file_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        WatchedFile(tmp_path / "none").news()
