"""Small documents to ask the diff about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tandem.spec.diff.changes import Direction
from tandem.spec.diff.findings import Diff, Finding, compare

TODAY = date(2027, 1, 15)
REQUEST, RESPONSE = Direction.REQUEST, Direction.RESPONSE

Json = Any
# Rule, grade, and who breaks: "request", "response", "request response" or nobody.
Told = tuple[str, str, str]


def document(paths: Json = None, *, openapi: str = "3.1.0", **parts: Json) -> Json:
    """`parts` stand at the top: components, servers, webhooks."""
    return {"openapi": openapi, "info": {"title": "Things", "version": "1"}, "paths": paths or {}, **parts}


def one_operation(operation: Json, method: str = "post", path: str = "/things", **parts: Json) -> Json:
    return document({path: {method: {"responses": {"200": {"description": "Done"}}, **operation}}}, **parts)


def with_body(schema: Json, **parts: Json) -> Json:
    return one_operation({"requestBody": {"content": {"application/json": {"schema": schema}}}}, **parts)


def with_answer(schema: Json, **parts: Json) -> Json:
    answer = {"description": "Done", "content": {"application/json": {"schema": schema}}}
    return one_operation({"responses": {"200": answer}}, **parts)


def with_parameter(parameter: Json, **parts: Json) -> Json:
    return one_operation({"parameters": [{"name": "q", "in": "query", **parameter}]}, **parts)


def with_webhook(operation: Json, **parts: Json) -> Json:
    return document(webhooks={"done": {"post": {"responses": {"200": {"description": "Seen"}}, **operation}}}, **parts)


def told(finding: Finding) -> Told:
    return finding.rule, finding.grade.value, " ".join(sorted(finding.breaks))


@dataclass(frozen=True)
class Ask:
    """Writes documents into `folder` and asks what became different."""

    folder: Path
    today: date = TODAY

    def diff(self, base: Json, revision: Json) -> Diff:
        paths = self.folder / "base.json", self.folder / "revision.json"
        for path, content in zip(paths, (base, revision), strict=True):
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return compare(*paths, self.today, lambda done, of: None)

    def documents(self, base: Json, revision: Json) -> list[Told]:
        return sorted(told(one) for one in self.diff(base, revision).findings)

    def schemas(self, direction: Direction, base: Json, revision: Json, **parts: Json) -> list[Told]:
        """Two schemas of a request's body or of an answer; `parts` are the same on both sides."""
        around = with_body if direction is REQUEST else with_answer
        return self.documents(around(base, **parts), around(revision, **parts))

    def breaks(self, direction: Direction, base: Json, revision: Json, **parts: Json) -> list[str]:
        """The rules by which it breaks somebody."""
        found = self.schemas(direction, base, revision, **parts)
        return sorted({rule for rule, grade, _ in found if grade == "breaking"})

    def operations(self, base: Json, revision: Json) -> list[Told]:
        return self.documents(one_operation(base), one_operation(revision))

    def parameters(self, base: Json, revision: Json) -> list[Told]:
        return self.documents(with_parameter(base), with_parameter(revision))


def assert_narrows(ask: Ask, wider: Json, narrower: Json, refused: str, accepted: str) -> None:
    """Going from wider to narrower breaks those who send, and the way back those who read; by one rule or several."""
    assert ask.breaks(REQUEST, wider, narrower) == refused.split()
    assert ask.breaks(RESPONSE, narrower, wider) == accepted.split()
    assert ask.breaks(REQUEST, narrower, wider) == []
    assert ask.breaks(RESPONSE, wider, narrower) == []


def assert_shifts(ask: Ask, one: Json, other: Json, *rules: str) -> None:
    """Some values come and others go: it breaks those who send and those who read, both ways."""
    for direction in Direction:
        for base, revision in ((one, other), (other, one)):
            found = ask.breaks(direction, base, revision)
            assert found, (direction, base, revision)
            assert set(found) <= set(rules), found


def assert_same(ask: Ask, one: Json, other: Json, **parts: Json) -> None:
    for direction in Direction:
        for base, revision in ((one, other), (other, one)):
            assert ask.schemas(direction, base, revision, **parts) == []
