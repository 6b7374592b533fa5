"""What product managers read: summaries, descriptions, names."""

from __future__ import annotations

import re

from tandem.spec.document import as_list, as_mapping, as_text
from tandem.spec.lint.registry import Found, breach, check
from tandem.spec.lint.subject import Subject

_LONGEST_SUMMARY = 80
_SENTENCE = re.compile(r"[A-Z]\S*( [^ .!?\n]+)+")


@check("summaries-are-sentences", "said")
def summaries_are_sentences(subject: Subject) -> Found:
    for operation in subject.operations:
        at = f"{operation.pointer}/summary"
        if not operation.summary:
            yield breach(at, said="There is no summary.")
        elif not _SENTENCE.fullmatch(operation.summary):
            yield breach(at, said=f"The summary “{operation.summary}” does not read like a sentence.")
        elif len(operation.summary) > _LONGEST_SUMMARY:
            yield breach(at, said=f"The summary has {len(operation.summary)} characters.")


@check("words-are-plain", "word", "where")
def words_are_plain(subject: Subject) -> Found:
    words = [word for word in as_list(subject.options.get("words")) if isinstance(word, str)]
    jargon = re.compile(rf"\b({'|'.join(map(re.escape, words))})s?\b", re.IGNORECASE) if words else None
    for operation in subject.operations if jargon else ():
        for where, text in (("summary", operation.summary), ("description", operation.description)):
            if jargon and (found := jargon.search(text)):
                yield breach(f"{operation.pointer}/{where}", word=found[0], where=where)


@check("operations-are-named", "said")
def operations_are_named(subject: Subject) -> Found:
    for operation in subject.operations:
        if not operation.id:
            yield breach(operation.pointer, said="There is no operationId.")
        elif not re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", operation.id):
            yield breach(f"{operation.pointer}/operationId", said=f"`{operation.id}` is not a verb and a noun.")


@check("tags-are-described", "said")
def tags_are_described(subject: Subject) -> Found:
    described = {
        as_mapping(tag).get("name")
        for tag in as_list(subject.document.data.get("tags"))
        if as_text(as_mapping(tag).get("description"))
    }
    for operation in subject.operations:
        if not operation.tags:
            yield breach(operation.pointer, said="There is no tag.")
        for tag in operation.tags:
            if tag not in described:
                yield breach(f"{operation.pointer}/tags", said=f"The tag `{tag}` is described nowhere.")


@check("fields-are-described", "name")
def fields_are_described(subject: Subject) -> Found:
    schemas = as_mapping(as_mapping(subject.document.data.get("components")).get("schemas"))
    for one in subject.properties:
        if not as_text(one.value.get("description")) and not one.components:
            yield breach(one.pointer, name=one)
    for name in sorted(set[str]().union(*(one.components for one in subject.properties))):
        if name in schemas and not as_text(as_mapping(schemas[name]).get("description")):
            yield breach(f"/components/schemas/{name}", name=name)
    for operation in subject.operations:
        for parameter in operation.parameters:
            if not as_text(parameter.value.get("description")):
                yield breach(parameter.pointer, operation=operation, name=parameter.value.get("name"))
