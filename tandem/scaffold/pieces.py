"""Functions, classes and methods as pieces of text, to be put into a file that somebody else goes on writing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class DoesNotFit(Exception):
    """Why a piece cannot be put there."""


@dataclass(frozen=True)
class Piece:
    """`holder` is the class of a method, empty for what stands in the module itself."""

    name: str
    holder: str
    text: str
    node: Definition = field(compare=False, repr=False)

    @property
    def key(self) -> tuple[str, str]:
        return self.holder, self.name


@dataclass(frozen=True)
class Module:
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines(keepends=True)

    @cached_property
    def pieces(self) -> Mapping[tuple[str, str], Piece]:
        """In their order: each class, and then its methods."""
        return {one.key: one for one in self._pieces()}

    def _pieces(self) -> Iterator[Piece]:
        for node in self.tree.body:
            if isinstance(node, _DEFINITIONS):
                yield self._piece(node, "")
                for inner in node.body if isinstance(node, ast.ClassDef) else ():
                    if isinstance(inner, _DEFINITIONS):
                        yield self._piece(inner, node.name)

    def _piece(self, node: Definition, holder: str) -> Piece:
        return Piece(node.name, holder, "".join(self.lines[_first_line(node) - 1 : node.end_lineno]), node)

    @cached_property
    def imports(self) -> Mapping[str, str]:
        """By name, the module that `from … import` brings it from."""
        nodes = (node for node in self.tree.body if isinstance(node, ast.ImportFrom))
        return {one.asname or one.name: str(node.module) for node in nodes for one in node.names}

    @cached_property
    def names(self) -> frozenset[str]:
        """What stands at the top of the module under a name."""
        plain = (node for node in self.tree.body if isinstance(node, ast.Import))
        assigned = (node for node in self.tree.body if isinstance(node, ast.Assign | ast.AnnAssign))
        targets = (one for node in assigned for one in ast.walk(node) if isinstance(one, ast.Name))
        return frozenset(
            {
                *self.imports,
                *(name for holder, name in self.pieces if not holder),
                *(one.asname or one.name for node in plain for one in node.names),
                *(one.id for one in targets if isinstance(one.ctx, ast.Store)),
            }
        )


def added(before: Module, after: Module) -> list[Piece]:
    """What `after` has more, a new class with its methods in it."""
    new = [piece for key, piece in after.pieces.items() if key not in before.pieces]
    classes = {piece.name for piece in new if isinstance(piece.node, ast.ClassDef)}
    return [piece for piece in new if piece.holder not in classes]


def with_changes(ours: str, before: Module, after: Module, *, strict: bool) -> str:
    """`ours` with what is another in `after`, where nobody has touched it; else raises DoesNotFit if `strict`."""
    for key, old in before.pieces.items():
        new = after.pieces.get(key)
        if isinstance(old.node, ast.ClassDef) or (new is not None and new.text == old.text):
            continue
        mine = Module(ours).pieces.get(key)
        if new is not None and mine is not None and mine.text == old.text:
            ours = _with_imports(ours.replace(old.text, new.text, 1), new, after)
        elif strict:
            raise DoesNotFit(f"{old.name} would have to change with it, and is yours by now")
    return ours


def put(ours: str, pieces: Iterable[Piece], source: Module) -> str:
    """`ours` with the pieces of `source`, each after what it follows there, and with the imports that they need."""
    for piece in pieces:
        ours = _with_imports(_inserted(Module(ours), piece, list(source.pieces)), piece, source)
    missing = {name for piece in pieces for name in _used(piece, source)} - Module(ours).names
    if missing:
        raise DoesNotFit(f"it needs {', '.join(sorted(missing))}, which is not here")
    return ours


def _inserted(ours: Module, piece: Piece, order: list[tuple[str, str]]) -> str:
    if piece.key in ours.pieces:
        raise DoesNotFit(f"there is another {piece.name} here")
    if piece.holder and ("", piece.holder) not in ours.pieces:
        raise DoesNotFit(f"there is no class {piece.holder} here")
    gap = "\n" if piece.holder else "\n\n"
    beside = [key for key in order if key[0] == piece.holder]
    at = beside.index(piece.key)
    if follows := next((key for key in reversed(beside[:at]) if key in ours.pieces), None):
        line = int(ours.pieces[follows].node.end_lineno or 0)
        return "".join([*ours.lines[:line], gap, piece.text, *ours.lines[line:]])
    if comes_before := next((key for key in beside[at + 1 :] if key in ours.pieces), None):
        line = _first_line(ours.pieces[comes_before].node) - 1
        return "".join([*ours.lines[:line], piece.text, gap, *ours.lines[line:]])
    if piece.holder:
        line = int(ours.pieces["", piece.holder].node.end_lineno or 0)
        return "".join([*ours.lines[:line], gap, piece.text, *ours.lines[line:]])
    return f"{ours.text}{gap if ours.text else ''}{piece.text}"


def _with_imports(text: str, piece: Piece, source: Module) -> str:
    """Sorted and joined by whoever formats the file."""
    known = Module(text).names
    wanted = [name for name in sorted(_used(piece, source)) if name in source.imports and name not in known]
    lines = "".join(f"from {source.imports[name]} import {name}\n" for name in wanted)
    if not lines:
        return text
    # After the docstring of the module and `from __future__`, which have to come first.
    head = re.match(r'(?s)\A("""(.*?)"""\n)?\n*(from __future__ import annotations\n)?\n*', text)
    at = head.end() if head else 0
    return f"{text[:at]}{lines}{text[at:]}"


def _used(piece: Piece, source: Module) -> set[str]:
    inside = {node.id for node in ast.walk(piece.node) if isinstance(node, ast.Name)}
    return inside & source.names


def attributes(piece: Piece) -> set[str]:
    return {node.attr for node in ast.walk(piece.node) if isinstance(node, ast.Attribute)}


def _first_line(node: Definition) -> int:
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])
