"""Markdown as headings with what stands below each: paragraphs, list items and rows of tables, each with its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from tandem.draft.mistakes import Mistake, NotUnderstood

_UNREAD = {"fence": "A box of code", "code_block": "An indented box", "html_block": "HTML", "blockquote": "A quotation"}
_MOST_CHARACTERS = 200_000


@dataclass(frozen=True)
class Line:
    """`cells` has more than one for a row of a table; `code` is what stood in backticks."""

    number: int
    cells: tuple[str, ...]
    code: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.cells[0]

    def joined(self, between: str) -> str:
        return between.join(cell for cell in self.cells if cell)


@dataclass
class Section:
    title: str
    level: int
    number: int
    paragraphs: list[Line] = field(default_factory=list)
    items: list[Line] = field(default_factory=list)
    heads: tuple[str, ...] = ()

    @property
    def prose(self) -> str:
        return " ".join(line.text for line in self.paragraphs)


def decoded(raw: bytes) -> str:
    """Raises NotUnderstood for what is no text."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise NotUnderstood(
            Mistake(line, "This is no text; save the description as a Markdown file in UTF-8.")
        ) from error
    if "\0" in text:
        raise NotUnderstood(Mistake(0, "This is no text but a binary file; write the description as Markdown."))
    if not text.strip():
        raise NotUnderstood(Mistake(0, "The description is empty; begin with `# Loans` and, below it, `## Loan`."))
    if len(text) > _MOST_CHARACTERS:
        raise NotUnderstood(Mistake(0, f"The description is longer than {_MOST_CHARACTERS} characters; split it."))
    return text


def sections(text: str) -> list[Section]:
    """In order; what stands before the first heading is in one without a title."""
    found = [Section("", 0, 1)]
    mistakes: list[Mistake] = []
    for node in SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(text)).children:
        if node.type == "heading":
            line = _line(node)
            found.append(Section(line.text, int(node.tag[1]), line.number))
        elif node.type == "paragraph":
            found[-1].paragraphs.append(_line(node))
        elif node.type in {"bullet_list", "ordered_list"}:
            found[-1].items += _items(node, mistakes)
        elif node.type == "table":
            _read_table(node, found[-1])
        elif node.type in _UNREAD:
            said = f"{_UNREAD[node.type]} is not read here; write it as a list or as plain text."
            mistakes.append(Mistake(_number(node), said))
    if mistakes:
        raise NotUnderstood(*mistakes)
    return found


def _items(listed: SyntaxTreeNode, mistakes: list[Mistake]) -> Iterator[Line]:
    for item in listed.children:
        if not item.children:
            mistakes.append(Mistake(_number(item), "This item of the list is empty; take it out."))
            continue
        first, *more = item.children
        yield _line(first)
        for other in more:
            said = "This stands within an item of a list, where it is not read; write it on the line of the item."
            mistakes.append(Mistake(_number(other), said))


def _read_table(table: SyntaxTreeNode, section: Section) -> None:
    rows = [row for part in table.children for row in part.children]
    section.heads = _row(rows[0]).cells
    section.items += [_row(row) for row in rows[1:]]


def _row(row: SyntaxTreeNode) -> Line:
    cells = [_line(cell) for cell in row.children]
    return Line(_number(row), tuple(cell.text for cell in cells), tuple(code for cell in cells for code in cell.code))


def _line(node: SyntaxTreeNode) -> Line:
    leaves = [leaf for leaf in node.walk() if not leaf.children and leaf.type not in {"inline", "root"}]
    text = "".join(" " if leaf.type in {"softbreak", "hardbreak"} else leaf.content for leaf in leaves)
    code = tuple(leaf.content for leaf in leaves if leaf.type == "code_inline")
    return Line(_number(node), (" ".join(text.split()),), code)


def _number(node: SyntaxTreeNode) -> int:
    """Cells of a table know their line only from the row."""
    if node.is_root or node.map is None:
        return _number(node.parent) if node.parent else 1
    return node.map[0] + 1
