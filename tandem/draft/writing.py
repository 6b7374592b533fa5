"""A contract as YAML that people read: references and small objects on one line, long texts folded, parts apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from tandem.draft.shared import Folded, Inline, InlineList

_WIDTH = 120
_FOLD_FROM = 90
_ONE_LINE = 130
_SIGNS = frozenset("#$^")


class _Writer(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's own
        """Items of a list stand further in than what lists them."""
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's own
        return True


def _inline(writer: _Writer, data: Inline) -> yaml.Node:
    return writer.represent_mapping("tag:yaml.org,2002:map", data, flow_style=len(str(data)) < _ONE_LINE)


def _inline_list(writer: _Writer, data: InlineList) -> yaml.Node:
    return writer.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)


def _folded(writer: _Writer, data: Folded) -> yaml.Node:
    style = ">" if len(data) > _FOLD_FROM else None
    return writer.represent_scalar("tag:yaml.org,2002:str", str(data), style=style)


def _text(writer: _Writer, data: str) -> yaml.Node:
    """What has signs that mean something to some program is quoted, as in the contracts there are."""
    style = "'" if _SIGNS & set(data) and data != "$ref" else None
    return writer.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Writer.add_representer(str, _text)
_Writer.add_representer(Inline, _inline)
_Writer.add_representer(InlineList, _inline_list)
_Writer.add_representer(Folded, _folded)


def as_yaml(contract: Mapping[str, Any], remarks: list[str]) -> str:
    """`remarks` stand as comments at the top."""
    options: dict[str, Any] = {"sort_keys": False, "allow_unicode": True, "width": _WIDTH, "default_flow_style": False}
    text = yaml.dump(dict(contract), Dumper=_Writer, **options)
    comment = "".join(f"# {line}\n" for line in remarks)
    return comment + _spaced(text)


def _spaced(text: str) -> str:
    """Schemas with an empty line between them."""
    before, mark, schemas = text.rpartition("\n  schemas:\n")
    first, *lines = schemas.splitlines()
    spaced = [f"\n{line}" if line.startswith("    ") and line[4] not in " -" else line for line in lines]
    return before + mark + "\n".join([first, *spaced]) + "\n"
