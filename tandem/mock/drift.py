"""Live answers held against the contract: each way in which one departs from it, as a sentence."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import orjson

from tandem.mock.exchange import Answer
from tandem.mock.operations import Operation, Response

_MOST_ROWS = 500
_MOST_SENTENCES = 10


@dataclass(slots=True)
class Row:
    """One sentence about one operation, with how often and when it was last true."""

    operation: str
    sentence: str
    first_at: float
    last_at: float
    times: int = 1

    def document(self) -> dict[str, Any]:
        return {
            "operation": self.operation,
            "sentence": self.sentence,
            "times": self.times,
            "first_at": self.first_at,
            "last_at": self.last_at,
        }


class Drift:
    def __init__(self) -> None:
        self._rows: OrderedDict[tuple[str, str], Row] = OrderedDict()
        self._checks: dict[tuple[Operation, int, str], jsonschema_rs.Draft202012Validator] = {}
        self.checked: dict[str, int] = {}

    def hold(self, operation: Operation, answer: Answer) -> list[str]:
        """What is wrong with a live answer; remembered for the table."""
        self.checked[operation.name] = self.checked.get(operation.name, 0) + 1
        where = f"{operation.method} {operation.path}: "
        found = [where + said for said in self._departures(operation, answer)][:_MOST_SENTENCES]
        now = time.time()
        for sentence in found:
            row = self._rows.setdefault((operation.name, sentence), Row(operation.name, sentence, now, now, 0))
            row.times, row.last_at = row.times + 1, now
        while len(self._rows) > _MOST_ROWS:
            self._rows.popitem(last=False)
        return found

    def table(self) -> dict[str, Any]:
        rows = sorted(self._rows.values(), key=lambda one: one.last_at, reverse=True)
        return {"checked": self.checked, "drift": [row.document() for row in rows]}

    def forget(self) -> None:
        """The contracts changed, so what was said of them may no longer hold."""
        self._rows.clear()
        self._checks.clear()
        self.checked.clear()

    def _departures(self, operation: Operation, answer: Answer) -> Iterator[str]:
        response = _response(operation, answer.status)
        if response is None:
            known = ", ".join(operation.responses) or "none"
            yield f"the status was {answer.status}, the contract knows {known}"
            return
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.media_type is None or (answer.status == 304 and not answer.body):
            return
        if media_type != response.media_type:
            yield f"the body was {media_type or 'of no kind'}, the contract says {response.media_type}"
        elif response.is_json:
            yield from self._in_body(operation, response, answer)
        for name, header in response.headers.items():
            if isinstance(header, Mapping) and header.get("required") and name not in answer.headers:
                yield f"the header {name} was missing"

    def _in_body(self, operation: Operation, response: Response, answer: Answer) -> Iterator[str]:
        try:
            value = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            yield "the body was not JSON"
            return
        key = (operation, response.status, str(response.media_type))
        if key not in self._checks:
            schema = operation.document.schema(response.schema)
            self._checks[key] = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        for error in self._checks[key].iter_errors(value):
            yield _sentence(error, value)


def _response(operation: Operation, status: int) -> Response | None:
    keys = (str(status), f"{status // 100}XX", f"{status // 100}xx", "default")
    return next((operation.responses[key] for key in keys if key in operation.responses), None)


def _sentence(error: jsonschema_rs.ValidationError, document: Any) -> str:
    where = _place(error.instance_path)
    value = _at(document, error.instance_path)
    details = error.kind.as_dict()
    match error.kind.name:
        case "type":
            wanted = sorted(_wanted(details, error.message), key="null".__eq__)
            return f"{where} was {_kind(value)}, the contract says {' or '.join(wanted)}"
        case "required":
            missing = details.get("property", "a field")
            return f"{_place([*error.instance_path, missing])} was missing, the contract requires it"
        case "enum":
            allowed = ", ".join(str(one) for one in details.get("options", []))
            return f"{where} was {_short(value)}, the contract allows {allowed}"
        case "additionalProperties" | "unevaluatedProperties":
            extra = ", ".join(f"`{one}`" for one in details.get("unexpected", []))
            return f"{where} had {extra}, which the contract does not know"
        case "pattern":
            return f"{where} was {_short(value)}, which is not of the form {details.get('pattern')}"
        case "format":
            return f"{where} was {_short(value)}, the contract says {details.get('format')}"
    return f"{where}: {error.message[:200]}"


def _wanted(details: Mapping[str, Any], message: str) -> list[str]:
    types = details.get("types") or details.get("type")
    if isinstance(types, str):
        return [types]
    return [str(one) for one in types] if isinstance(types, (list, tuple)) else re.findall(r'"(\w+)"', message)[-3:]


def _place(path: list[str | int]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return f"`{text}`" if text else "the body"


def _at(value: Any, path: list[str | int]) -> Any:
    for part in path:
        value = value[part]
    return value


def _kind(value: Any) -> str:
    names = {
        bool: "a boolean",
        int: "an integer",
        float: "a number",
        str: "a string",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), "null")


def _short(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= 60 else f"{text[:60]}…"
