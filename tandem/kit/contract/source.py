"""Contract files as plain data that remembers the line each value stands on."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from tandem.kit.contract import json_source

_DEEPEST = 200
# What aliases of aliases can blow up a page of text to.
_MOST_VALUES = 1_000_000
_CORE_SCHEMA = {
    "tag:yaml.org,2002:bool": (r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    "tag:yaml.org,2002:int": (r"^[-+]?[0-9]+$", "-+0123456789"),
    "tag:yaml.org,2002:float": (r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    "tag:yaml.org,2002:null": (r"^(?:~|null|Null|NULL|)$", "~nN\0"),
}


class ContractError(Exception):
    """A contract that cannot be used. The message says file, line, reason and what to do."""

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        self.path, self.line, self.reason = path, line, reason
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")


def _resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """By first character, as PyYAML wants them; the empty text has none."""
    resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for tag, (pattern, first) in _CORE_SCHEMA.items():
        for character in first:
            resolvers.setdefault("" if character == "\0" else character, []).append((tag, re.compile(pattern)))
    return resolvers


class _CoreLoader(yaml.CSafeLoader):
    """YAML 1.2 core schema: YAML 1.1 turns `no` into false, `12:30` into 750 and dates into objects."""

    yaml_implicit_resolvers = _resolvers()


@dataclass(frozen=True)
class SourceFile:
    path: Path
    data: Any
    find_lines: Callable[[], Mapping[str, int]]

    @cached_property
    def lines(self) -> Mapping[str, int]:
        """The 1-based line each value starts on, by JSON Pointer."""
        return self.find_lines()

    def line_of(self, pointer: str) -> int | None:
        """The line of `pointer`, or of the nearest parent that has one."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer)

    def at(self, pointer: str) -> Any:
        """The value `pointer` (RFC 6901) names; raises KeyError where there is none."""
        value = self.data
        for part in pointer_parts(pointer):
            value = value[int(part)] if isinstance(value, list) else value[part]
        return value


def read(path: Path) -> SourceFile:
    """Parse a YAML or JSON file; raises ContractError with file and line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ContractError(path, None, "there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(path, None, f"cannot be read: {error}") from error
    source = _parsed(path, text)
    if _is_deep(source.data):
        raise ContractError(path, None, f"is nested too deeply to be read: more than {_DEEPEST} levels")
    return source


def _parsed(path: Path, text: str) -> SourceFile:
    if path.suffix == ".json":
        return _read_json(path, text)
    if text.lstrip().startswith("{"):
        # JSON may stand in a file of another name; what only looks like it, `{a: 1}`, is YAML.
        with suppress(ContractError):
            return _read_json(path, text)
    return _read_yaml(path, text)


def _is_deep(data: Any) -> bool:
    """Whatever walks a contract may do so by recursion, as validators do."""
    level = [data]
    for _ in range(_DEEPEST):
        level = [
            inside
            for one in level
            for inside in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        ]
    return bool(level)


def _read_json(path: Path, text: str) -> SourceFile:
    try:
        return SourceFile(path, json_source.parse(text), lambda: json_source.lines(text))
    except json_source.NotJson as error:
        raise ContractError(path, error.line, error.reason) from error


def _read_yaml(path: Path, text: str) -> SourceFile:
    lines: dict[str, int] = {}
    try:
        node = yaml.compose(text, Loader=_CoreLoader)
        data = _value(path, node, "", lines, ()) if node is not None else None
    except RecursionError:
        raise ContractError(path, None, "is nested too deeply to be read") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ContractError(path, line, f"is not valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ContractError(path, None, f"is not valid YAML: {error}") from error
    return SourceFile(path, data, lambda: lines)


def _value(path: Path, node: yaml.Node, pointer: str, lines: dict[str, int], parents: tuple[int, ...]) -> Any:
    lines[pointer] = node.start_mark.line + 1
    if len(lines) > _MOST_VALUES:
        raise ContractError(path, node.start_mark.line + 1, "is too large once its aliases are written out")
    if id(node) in parents:
        raise ContractError(path, node.start_mark.line + 1, "an alias contains itself")
    inside = (*parents, id(node))
    if isinstance(node, yaml.MappingNode):
        return dict(_entries(path, node, pointer, lines, inside))
    if isinstance(node, yaml.SequenceNode):
        return [_value(path, item, f"{pointer}/{index}", lines, inside) for index, item in enumerate(node.value)]
    try:
        return _scalar(node)
    except ValueError:
        raise ContractError(
            path, node.start_mark.line + 1, "is not the number it is marked as, or too long a one"
        ) from None


def _entries(
    path: Path, node: yaml.MappingNode, pointer: str, lines: dict[str, int], parents: tuple[int, ...]
) -> Iterator[tuple[str, Any]]:
    seen = set()
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise ContractError(path, key_node.start_mark.line + 1, "the name of a field must be plain text")
        key = str(key_node.value)
        if key in seen:
            raise ContractError(path, key_node.start_mark.line + 1, f"`{key}` stands twice in one object")
        seen.add(key)
        yield key, _value(path, value_node, f"{pointer}/{escape(key)}", lines, parents)


def _scalar(node: yaml.Node) -> Any:
    text = node.value
    match node.tag.rpartition(":")[2]:
        case "bool":
            return text.lower() == "true"
        case "int":
            return int(text)
        case "float" if math.isfinite(number := float(text)):
            return number
        case "float":
            raise ValueError(text)
        case "null":
            return None
    return text


def escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def pointer_parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
