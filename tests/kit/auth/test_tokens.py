from pathlib import Path

import pytest

from tandem.kit.auth.tokens import FileToken, NullToken, StaticToken, TokenUnreadable
from tests.kit.clock import Clock


def test_null_token_sends_nothing() -> None:
    assert NullToken().authorization() is None


def test_static_token_is_a_bearer_token() -> None:
    assert StaticToken("abc").authorization() == "Bearer abc"


def test_a_replaced_file_is_the_new_token(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "token"
    path.write_text("first\n")
    token = FileToken(path, now=clock)
    assert token.authorization() == "Bearer first"
    path.write_text("another\n")
    assert token.authorization() == "Bearer first"
    clock.time += 1.0
    assert token.authorization() == "Bearer another"


def test_a_removed_file_leaves_the_last_token(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "token"
    path.write_text("first")
    token = FileToken(path, now=clock)
    token.authorization()
    path.unlink()
    clock.time += 1.0
    assert token.authorization() == "Bearer first"


def test_no_file_says_so_and_one_that_comes_later_is_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "token"
    token = FileToken(path, now=Clock())
    with pytest.raises(TokenUnreadable, match="no token to call others"):
        token.authorization()
    path.write_text("late")
    assert token.authorization() == "Bearer late"


def test_an_emptied_file_leaves_the_last_token(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "token"
    path.write_text("first")
    token = FileToken(path, now=clock)
    token.authorization()
    path.write_text("")
    clock.time += 1.0
    assert token.authorization() == "Bearer first"
