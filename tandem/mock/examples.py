"""Examples that break their own schema are served all the same; here they are found, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jsonschema_rs

from tandem.mock.documents import Loaded
from tandem.mock.operations import Operation, Response
from tandem.mock.watch import shown

_MOST_SENTENCES = 100


def wrong_examples(loaded: Loaded) -> Iterator[str | None]:
    """None for each response without a mistake, so that the reader may pause between them."""
    count = 0
    for operation in loaded.operations:
        for response in operation.responses.values():
            found = _sentence(operation, response) if response.examples and response.is_json else None
            count += found is not None
            yield found
            if count >= _MOST_SENTENCES:
                return


def _sentence(operation: Operation, response: Response) -> str | None:
    try:
        schema = operation.document.schema(response.schema)
        validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    except ValueError as error:
        return f"{_place(operation)}: the schema of its {response.status} answer cannot be used: {str(error)[:200]}"
    for name, value in response.examples.items():
        wrong = next(validator.iter_errors(value), None)
        if wrong is not None:
            at = "".join(f"/{part}" for part in wrong.instance_path) or "/"
            called = f"example {name!r}" if name else "example"
            which = f"the {called} of its {response.status} answer"
            return f"{_place(operation)}: {which} breaks its schema at {at}: {wrong.message[:200]}"
    return None


def _place(operation: Operation) -> str:
    return f"{shown(Path(operation.document.origin))}: {operation.method} {operation.path}"
