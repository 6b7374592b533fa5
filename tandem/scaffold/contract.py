"""The contract a service begins with: one that somebody brought, or one thing with the five verbs."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from tandem.draft import Interview, NotUnderstood, draft
from tandem.draft.names import is_reserved, plural, singular, with_article
from tandem.kit.contract import ContractError, SourceFile, read
from tandem.local.trouble import Refused
from tandem.scaffold.adoption import Adopted, adopted, say_not_built
from tandem.spec.bundle import to_yaml
from tandem.spec.document import Document, assemble

_REFERENCE = re.compile(r"""(\$ref["']?\s*:\s*["']?)([^"'#\s,}]+)#""")
_TAKEN = """\
# Taken from {origin} by `tandem new service`, in one file and in the words of OpenAPI 3.1. What operations ask and
# answer is its author's. Added were promises (x-slo), and the tokens and problems (RFC 9457) of all services here.
"""
_DESCRIPTION = """\
# {title}

{things} and what is known of them.

## {thing}

{one}.

- customer: Customer — whose it is
- name: Spring order; Autumn order — what it is called
- note: Ring before noon — optional, anything else worth knowing

### Actions

- Register {a} with customer, name and note
- List {some}
- See {a}
- Change {a} with name and note
- Remove {a}

## Who may

- Support: register, list, see, change and remove {some}
- Customers: list and see {some}
"""


def write_first_contract(name: str, title: str, contracts: Path, folder: Path) -> Path:
    """One thing that can be registered, listed, seen, changed and removed, from a description as people write it."""
    noun = singular(name)
    if is_reserved(noun):
        raise Refused(f"{noun}, the thing of the service {name}, is a word of Python or SQL. Choose another name.")
    text = _DESCRIPTION.format(
        title=title, thing=noun.capitalize(), things=plural(noun).capitalize(), one=with_article(noun).capitalize(),
        a=with_article(noun), some=plural(noun),
    )  # fmt: skip
    description = folder / f"{name}.md"
    description.write_text(text, "utf-8")
    interview = Interview({}, None)
    interview.ask = lambda question: question.proposal
    try:
        made = draft(description, contracts, contracts / name, interview)
    except NotUnderstood as error:
        reason = "; ".join(str(one) for one in error.mistakes)
        raise Refused(f"No contract can be drafted for {name} ({reason}). Bring one: --contract FILE.") from error
    _, _, drafted = made.path.read_text("utf-8").partition("\n")
    made.path.write_text(f"# What {name} is for is yours to say: change it, then `tandem add operation`.\n{drafted}")
    return made.path


def bring_contract(file: Path, contracts: Path, target: Path) -> None:
    """Write a copy of a contract in the style of the house to `target`; its references lead where they led before."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix != ".json" and all(one.is_relative_to(_shared(contracts)) for one in _others(file)):
        target.write_text(_led_to_common(file, contracts), "utf-8")
        return
    target.write_text(to_yaml(_whole(file).data), "utf-8")


def adopt_contract(file: Path, target: Path, known: Collection[str]) -> Adopted:
    """The same of one that somebody else wrote, in a style of their own; `known` are the operationIds of others."""
    target.parent.mkdir(parents=True, exist_ok=True)
    made = adopted(_whole(file), target.parent.name, known)
    for _, _, operation in made.operations():
        say_not_built(operation, "nobody has looked at it")
    write_adopted(made, target)
    return made


def write_adopted(made: Adopted, target: Path) -> None:
    target.write_text(_TAKEN.format(origin=made.origin) + to_yaml(made.data), "utf-8")


def is_foreign(file: Path, contracts: Path) -> bool:
    """Whoever writes for this house refers to the shapes that all its contracts share."""
    source = read(file.resolve())
    _refuse_without_operations(file, source)
    return not any(one.is_relative_to(_shared(contracts)) for one in _others(file))


def _shared(contracts: Path) -> Path:
    return (contracts / "common").resolve()


def _others(file: Path) -> set[Path]:
    return {(file.resolve().parent / one).resolve() for one in _files(read(file.resolve()).data)}


def _whole(file: Path) -> Document:
    document = assemble(file)
    if document.mistakes:
        first = document.mistakes[0]
        raise ContractError(first.place.path, first.place.line, first.reason)
    return document


def _led_to_common(file: Path, contracts: Path) -> str:
    def led(found: re.Match[str]) -> str:
        path = (file.resolve().parent / found[2]).resolve()
        return f"{found[1]}{os.path.relpath(path, (contracts / 'any').resolve())}#"

    return _REFERENCE.sub(led, file.read_text("utf-8-sig"))


def _refuse_without_operations(file: Path, source: SourceFile) -> None:
    if not isinstance(source.data, dict):
        raise ContractError(file, 1, "is not an OpenAPI document: its top level must be an object")
    if "swagger" not in source.data and not source.data.get("paths"):
        line = source.line_of("/paths")
        raise ContractError(file, line, "has no operations (`paths`), so there is nothing that a service could do")


def _files(node: Any) -> Iterator[str]:
    """The other files that references name."""
    if isinstance(node, list):
        for item in node:
            yield from _files(item)
    elif isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and (location := reference.partition("#")[0]):
            yield location
        for item in node.values():
            yield from _files(item)
