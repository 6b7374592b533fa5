"""One scenario tells one story: what the examples of all contracts say about it, held against scenarios.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tandem.kit.contract import Contract, Operation
from tandem.kit.contract.source import escape

_ID = re.compile(r"\b[a-z]{3}_01k9zc6n0{14}([a-z])\d{3}\b")


@dataclass(frozen=True)
class Example:
    """`value` is what a caller sends (`status` is None) or gets."""

    operation: Operation
    status: int | None
    name: str
    value: Any

    def __str__(self) -> str:
        return f"{self.operation.id} {self.status or 'request'} {self.name}"


def examples_of(contract: Contract) -> Iterator[Example]:
    for operation in contract.operations:
        definition = contract.document["paths"][operation.path][operation.method.lower()]
        sent = contract.resolve(definition.get("requestBody", {}))
        yield from _examples(operation, None, sent)
        for status, response in definition["responses"].items():
            # What is shared by all operations tells no story.
            if "$ref" not in response:
                yield from _examples(operation, int(status), response)


def _examples(operation: Operation, status: int | None, holder: Mapping[str, Any]) -> Iterator[Example]:
    for media in holder.get("content", {}).values():
        for name, example in media.get("examples", {}).items():
            yield Example(operation, status, name, example["value"])


def strangers(example: Example, story: Mapping[str, Any]) -> list[str]:
    """Ids in the example that belong to another scenario."""
    letter = story["company"]["id"][-4]
    return [found[0] for found in _ID.finditer(str(example.value)) if found[1] != letter]


def departures(value: Any, story: Mapping[str, Any], pointer: str = "") -> Iterator[str]:
    """Where something that was read says otherwise than the story about the same company, account, card and so on."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from departures(item, story, f"{pointer}/{index}")
    if not isinstance(value, dict):
        return
    for field, expected in _expected(value, story):
        said = _said(value, field)
        if field in value and said != expected:
            yield f"{pointer}/{field} is {said!r} and {expected!r} in the story"
    for key, item in value.items():
        yield from departures(item, story, f"{pointer}/{escape(key)}")


def _said(value: Mapping[str, Any], field: str) -> Any:
    said = value.get(field)
    return said["amount"] if isinstance(said, dict) and "amount" in said else said


def _expected(value: Mapping[str, Any], story: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each field of this object that the story has something to say about."""
    account, card, invoice = story["account"], story["card"] or {}, story["invoice"] or {}
    latest = {one["id"]: one for one in story["transactions"]["latest"]}
    identity = value.get("id", "")
    if identity == story["company"]["id"]:
        yield from _fields(story["company"], "name", "organisation_number")
    elif identity == account["id"]:
        yield from (
            ("status", account["status"]),
            ("credit_limit", account["limit"]),
            ("name", story["company"]["name"]),
        )
    elif identity == card.get("id"):
        yield from (("last_four", card["last_four"]), ("status", card["status"]), ("holder_name", card["holder"]))
    elif identity == invoice.get("id"):
        yield from _fields(invoice, "status", "period", "total", "remaining", "due_on")
    elif identity in latest:
        yield from _fields(latest[identity], "kind", "description", "amount", "booked_at", "sequence")
    if {"used", "remaining"} <= value.keys():
        yield from (("limit", account["limit"]), ("credit_limit", account["limit"]))
        yield from _fields(account, "used", "remaining")
        yield "transactions", story["transactions"]["total"]


def _fields(of: Mapping[str, Any], *names: str) -> Iterator[tuple[str, Any]]:
    return ((name, of[name]) for name in names)
