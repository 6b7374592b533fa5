"""What a handler says of itself: the contract's own words, and the rules among them that nothing checks yet."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

_WIDTH = 116
_UNCHECKED = "Yet to be checked:"


def docstring(said: str, unchecked: Sequence[str] = ()) -> str:
    """Indented, empty where there is nothing to say."""
    first, rules = _safe(said), [f"{_safe(one)}." for one in unchecked]
    if len(rules) == 1 and not first:
        first, rules = f"{_UNCHECKED} {rules[0]}", []
    lines = textwrap.wrap(first, _WIDTH - 6) if len(first) > _WIDTH - 6 else [first]
    if rules:
        lines += ["", _UNCHECKED] if first else []
        lines = lines if first else [_UNCHECKED]
        lines += [
            line for one in rules for line in textwrap.wrap(one, _WIDTH, initial_indent="- ", subsequent_indent="  ")
        ]
    return _quoted(lines)


def _quoted(lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return f'    """{lines[0]}{" " if lines[0].endswith(chr(34)) else ""}"""\n' if lines[0] else ""
    text = "".join(f"    {line}".rstrip() + "\n" for line in lines)
    return f'    """{text.lstrip()}    """\n'


def _safe(said: str) -> str:
    return " ".join(said.replace("\\", "").replace('"""', "'''").split())
