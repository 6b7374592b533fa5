"""A contract in plain words, for people who decide about it and do not program."""

from tandem.spec.explain.explain import Surroundings, explain
from tandem.spec.explain.model import Explanation
from tandem.spec.explain.page import Block, Heading, page
from tandem.spec.explain.render import as_markdown, as_text

__all__ = ["Block", "Explanation", "Heading", "Surroundings", "as_markdown", "as_text", "explain", "page"]
