"""A sentence for every kind of change the engine can find."""

from tandem.spec.diff.words.operations import OPERATIONS
from tandem.spec.diff.words.promises import PROMISES
from tandem.spec.diff.words.shapes import SHAPES
from tandem.spec.diff.words.values import VALUES
from tandem.spec.diff.words.words import Words

WORDS: dict[str, Words] = {**VALUES, **SHAPES, **OPERATIONS, **PROMISES}

__all__ = ["WORDS", "Words"]
