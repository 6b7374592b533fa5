"""The page as Markdown and as plain text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from tandem.spec.explain.page import Block, Bullets, Heading, Paragraph

_WIDTH = 100
_UNDERLINES = {1: "=", 2: "-", 4: "."}


def as_markdown(blocks: Sequence[Block]) -> str:
    return "\n".join(_markdown(blocks)) + "\n"


def _markdown(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading(level, text):
                yield f"{'#' * level} {_escaped(text)}\n"
            case Paragraph(text, label):
                yield f"{_labelled(_bold(label), _escaped(text))}\n"
            case Bullets(bullets):
                lines = [
                    _labelled(f"**{_escaped(label)}**" if label else "", _escaped(text)) for label, text in bullets
                ]
                yield "\n".join(f"- {line}" for line in lines) + "\n"


def as_text(blocks: Sequence[Block]) -> str:
    return "\n".join(_text(blocks)) + "\n"


def _text(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading(level, text):
                underline = _UNDERLINES.get(level, "")
                yield f"{text}\n{underline * len(text)}\n" if underline else f"{text.upper() if level == 3 else text}\n"
            case Paragraph(text, label):
                yield textwrap.fill(_labelled(label, text), _WIDTH) + "\n"
            case Bullets(bullets):
                yield (
                    "\n".join(
                        textwrap.fill(_labelled(label, text), _WIDTH, initial_indent="  - ", subsequent_indent="    ")
                        for label, text in bullets
                    )
                    + "\n"
                )


def _labelled(label: str, text: str) -> str:
    if label and text:
        return f"{label}: {text}"
    return f"{label}:" if label else text


def _bold(label: str) -> str:
    return f"**{_escaped(label)}**" if label else ""


def _escaped(text: str) -> str:
    """What Markdown would take for a mark of its own stands as it is."""
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)
