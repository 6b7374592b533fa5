"""What of somebody else's contract cannot be served, and is left out with a sentence about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tandem.kit.contract.source import pointer_parts
from tandem.scaffold.adoption.references import follow
from tandem.spec.document import Document, as_mapping
from tandem.spec.examples import wrong_examples

_METHODS = ("head", "options", "trace")
_MOST_NAMED = 3


def leave_out(document: Document, data: dict[str, Any]) -> list[str]:
    """`data` is that of the document, to be changed."""
    return [*_wrong_examples(document, data), *_unseen_paths(data), *_methods(data)]


def _wrong_examples(document: Document, data: dict[str, Any]) -> Iterator[str]:
    """From the last to the first, so that places in lists stay what they are."""
    wrong = list(dict.fromkeys(wrong_examples(document)))
    for pointer in reversed(wrong):
        *holders, last = pointer_parts(pointer)
        node: Any = data
        for part in holders:
            node = node[int(part)] if isinstance(node, list) else node[part]
        del node[int(last) if isinstance(node, list) else last]
    if wrong:
        yield f"Left out because they do not fit their schemas: {named([str(document.place(one)) for one in wrong])}."


def _unseen_paths(data: dict[str, Any]) -> Iterator[str]:
    """A client keeps what follows `#` to itself (RFC 9110, section 7.1); what follows `?` is no path."""
    unseen = [path for path in data["paths"] if "#" in path or "?" in path]
    for path in unseen:
        del data["paths"][path]
    if unseen:
        yield f"Left out because no server sees what stands after their `#` or `?`: {named(unseen)}."


def _methods(data: dict[str, Any]) -> Iterator[str]:
    """Gateways and servers answer them by themselves."""
    found = [(path, method) for path in data["paths"] for method in _METHODS if method in data["paths"][path]]
    for path, method in found:
        del data["paths"][path][method]
    if found:
        said = [f"{method.upper()} {path}" for path, method in found]
        yield f"Left out because no service answers such requests by itself: {named(said)}."


def leave_out_locations(data: dict[str, Any], operations: Iterable[tuple[str, str, dict[str, Any]]]) -> Iterator[str]:
    """A link named `self` says what the address of a new thing is made of, so that a service can tell it."""
    found = []
    for path, method, operation in operations:
        answers = (follow(data, one) for status, one in operation["responses"].items() if status.startswith("2"))
        for answer in answers:
            headers = as_mapping(answer.get("headers"))
            name = next((one for one in headers if one.lower() == "location"), None)
            if name and "self" not in as_mapping(answer.get("links")):
                del answer["headers"][name]
                found.append(f"{method.upper()} {path}")
    if found:
        yield f"The header Location is left out, because no link `self` says what it is made of: {named(found)}."


def named(found: list[str]) -> str:
    rest = len(found) - _MOST_NAMED
    return ", ".join(found[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
