"""What a POST makes: the contract's example of its answer, with what was sent, an id of its own, and the time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tandem.mock.identity import CREATED, new_id, rewritten, stamped
from tandem.mock.memory import Thing
from tandem.mock.operations import Operation
from tandem.mock.resources import Collection, properties

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@dataclass(frozen=True)
class Template:
    """An example of an answer, the request it answers, and the scenario it is told in."""

    answer: Mapping[str, Any]
    request: Mapping[str, Any]
    scenario: str


def template(operation: Operation, told: tuple[Any, str] | None, sent: Any) -> Template | None:
    """The example whose request is most like this one; where none is nearer, the one of the scenario."""
    if told is None or not isinstance(told[0], Mapping):
        return None
    best = told[1]
    for name in operation.success.examples.keys() & operation.body_examples.keys():
        if _likeness(operation.body_examples[name], sent) > _likeness(operation.body_examples.get(best), sent):
            best = name
    answer, request = operation.success.examples[best], operation.body_examples.get(best)
    if not isinstance(answer, Mapping):
        return None
    return Template(answer, request if isinstance(request, Mapping) else {}, best)


def _likeness(example: Any, sent: Any) -> int:
    if not isinstance(example, Mapping) or not isinstance(sent, Mapping):
        return 0
    return sum(example.get(key) == value for key, value in sent.items())


def thing(
    operation: Operation,
    collection: Collection,
    template: Template,
    sent: Any,
    ids: Mapping[str, str],
    path: Mapping[str, str],
    number: int,
    now: datetime,
) -> Thing:
    sent = sent if isinstance(sent, Mapping) else {}
    fields = properties(operation.document, operation.success.schema) or collection.properties
    like = template.answer.get(collection.id_field)
    body = dict(stamped(rewritten(template.answer, ids), path))
    for name in template.request.keys() - sent.keys() & body.keys():
        body[name] = _absent(fields.get(name), body[name])
    body |= {name: moment(now) for name, value in body.items() if is_moment(value) and name not in sent}
    body |= {name: value for name, value in sent.items() if name in fields or not fields}
    body[collection.id_field] = new_id(collection, like, CREATED + number)
    parents = tuple(path.get(name) or str(body.get(name, "")) for name in collection.parents)
    return Thing(str(body[collection.id_field]), body, parents)


def _absent(schema: Any, value: Any) -> Any:
    """What was not sent is null where it may be; else the example's own stands in for it."""
    said = schema.get("type") if isinstance(schema, Mapping) else None
    return None if isinstance(said, list) and "null" in said else value


def merged(old: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """RFC 7396, except that a null stays: a contract with nullable fields means null, not absent."""
    done = dict(old)
    for key, value in sent.items():
        before = old.get(key)
        done[key] = merged(before, value) if isinstance(before, Mapping) and isinstance(value, Mapping) else value
    return done


def is_moment(value: Any) -> bool:
    return isinstance(value, str) and _MOMENT.fullmatch(value) is not None


def moment(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")
