"""What one gets, in words, and the things that are got."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tandem.spec.document import Located, Operation, as_mapping, as_text
from tandem.spec.explain.kinds import Kinds
from tandem.spec.explain.words import JARGON, plural, sentence, sentences

_FILES = {
    "application/pdf": "a PDF document",
    "text/csv": "a file for spreadsheets",
    "text/html": "a web page",
    "text/plain": "plain text",
    "application/zip": "a packed file",
    "application/octet-stream": "a file",
    "text/event-stream": "messages, one after the other, as they happen",
}
_LIST_FIELDS = ("items", "data", "entries", "results", "records", "values")


def gets(kinds: Kinds, operation: Operation) -> str:
    told = [_answer(kinds, response) for response in operation.successes.values()]
    return " ".join(dict.fromkeys(one for one in told if one)) or "Only the word that it was done."


def _answer(kinds: Kinds, response: Located) -> str:
    own = sentences(as_text(response.value.get("description")), 200)
    what = next((_content(kinds, name, as_mapping(media)) for name, media in _contents(response)), "")
    says_something = (
        len(own.split()) > (1 if what else 3) and not JARGON.search(own) and own.lower().rstrip(".") not in _EMPTY_WORDS
    )
    if says_something:
        return sentence(own)
    return sentence(what) if what else ""


_EMPTY_WORDS = {"successful operation", "ok", "success", "created", "accepted", "no content", "default response"}


def _contents(response: Located) -> Iterator[tuple[str, Any]]:
    yield from as_mapping(response.value.get("content")).items()


def _content(kinds: Kinds, media_type: str, media: Mapping[str, Any]) -> str:
    name = media_type.partition(";")[0].strip().lower()
    if name in _FILES:
        return _FILES[name]
    if name.startswith(("image/", "video/", "audio/")):
        return {"image": "a picture", "video": "a film", "audio": "a sound"}[name.partition("/")[0]]
    schema = media.get("schema")
    inside = of_list(kinds, schema)
    if inside is not None:
        noun = kinds.kind(inside).removeprefix("an ").removeprefix("a ")
        return f"a list of {plural(noun)}" if kinds.resolved(inside)[1] else "a list"
    return kinds.kind(schema) if as_mapping(schema) else ""


def of_list(kinds: Kinds, schema: Any) -> Any:
    """What the list that is answered holds, or None when it is no list."""
    whole = kinds.merged(schema)
    if whole.get("type") == "array":
        return whole.get("items")
    for name in _LIST_FIELDS:
        field, _ = kinds.resolved(as_mapping(whole.get("properties")).get(name))
        if field.get("type") == "array":
            return field.get("items")
    return None


def things_got(kinds: Kinds, operation: Operation) -> Iterator[Any]:
    """The schemas of what is answered; of a page, of what is on it."""
    for response in operation.successes.values():
        for _, media in _contents(response):
            schema = as_mapping(media).get("schema")
            inside = of_list(kinds, schema)
            yield schema if inside is None else inside
