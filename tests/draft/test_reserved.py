"""What cannot be the name of a column without quotes."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import base

from tandem.draft.reserved import RESERVED_WORDS


def test_reserved_words_are_those_that_sqlalchemy_quotes() -> None:
    assert RESERVED_WORDS == base.RESERVED_WORDS
