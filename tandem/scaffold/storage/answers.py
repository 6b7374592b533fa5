"""What an operation takes and answers, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tandem.kit.contract import Contract, Operation

_STANDS_FOR_ALL = "default"


def answer_of(operation: Operation) -> Mapping[str, Any] | None:
    """The schema of its success, None where it answers without a body or with something other than JSON."""
    return next((schema for name, schema in operation.success.content.items() if "json" in name), None)


def is_documented(contract: Contract, operation: Operation, status: int) -> bool:
    definition = contract.document["paths"][operation.path][operation.method.lower()]
    keys = {str(key).upper() for key in definition["responses"]}
    return bool({str(status), f"{status // 100}XX", _STANDS_FOR_ALL.upper()} & keys)


def description_of(contract: Contract, operation: Operation) -> str:
    definition = contract.document["paths"][operation.path][operation.method.lower()]
    return " ".join(str(definition.get("description") or "").split())
