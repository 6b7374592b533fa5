"""Where a service is named besides its own folders: the manifest and a journey for the load gate."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import yaml

from tandem.kit.contract import Contract, Operation
from tandem.spec.document import as_list, as_mapping

# Who may do most comes first.
_KINDS = ("support", "service", "customer")
_POLICY = "Contracts are released often; a client reads the major number to know if it must change."


@dataclass(frozen=True)
class Entry:
    """What the manifest says of a service that calls nobody yet; `is_foreign` if others wrote its contract."""

    name: str
    owner: str
    audience: str
    is_foreign: bool = False


def with_entry(manifest: str, entry: Entry) -> str:
    """The text of the manifest with one more service at the end of `services`; all that stands there stays."""
    lines = manifest.rstrip("\n").split("\n")
    at = _end_of_services(lines)
    added = [
        f"  {entry.name}:",
        f"    owner: {_scalar(entry.owner)}",
        f"    audience: {_scalar(entry.audience)}",
        f"    contract: {entry.name}/openapi.yaml",
        f"    database: {entry.name}",
        f"    version_policy: {{style: semantic, reason: {_POLICY}}}",
        *(
            ["    # Somebody else's contract: valid OpenAPI is asked of it.", "    house_rules: false"]
            if entry.is_foreign
            else []
        ),
        "    consumes: {}",
    ]
    return "\n".join([*lines[:at], *added, *lines[at:]]) + "\n"


def _end_of_services(lines: list[str]) -> int:
    """The line after the last service, before whatever key or comment of the top level follows."""
    begin = next(number for number, line in enumerate(lines) if line.startswith("services:"))
    rest = enumerate(lines[begin + 1 :], begin + 1)
    end = next((number for number, line in rest if line and not line.startswith(" ")), len(lines))
    while not lines[end - 1].strip():
        end -= 1
    return end


def _scalar(text: str) -> str:
    """As YAML in one line, quoted where it has to be."""
    return yaml.safe_dump(text, allow_unicode=True, width=10_000).removesuffix("...\n").strip()


def journey(name: str, contract: Contract, unbuilt: Collection[str] = ()) -> str | None:
    """What somebody does in the new service, one thing after the other, for the load gate: register, list, see. None
    where nothing of what is built can be asked without knowing more than the contract says."""
    built = [one for one in contract.operations if one.id not in unbuilt]
    lists = [one for one in built if one.is_safe and not _needs_more(one)]
    create = next((one for one in built if _creates(contract, one, {other.id for other in built})), None)
    steps: list[dict[str, Any]] = []
    if create is not None:
        see = _self(create)
        steps.append({"operation": create.id, "body": _example(contract, create), "take": {see[1]: "/id"}})
        steps += [{"operation": one.id} for one in lists]
        steps.append({"operation": see[0]})
    else:
        steps += [{"operation": one.id} for one in lists]
    if not steps:
        return None
    caller = _caller(contract, [contract.operation(one["operation"]) for one in steps])
    lines = [f"journey: The first things that people do with {name}", f"as: {caller}", "steps:"]
    return "\n".join([*lines, *(line for step in steps for line in _step(step))]) + "\n"


def _step(step: dict[str, Any]) -> list[str]:
    first, *rest = ((key, value) for key, value in step.items())
    return [f"  - {first[0]}: {first[1]}", *(f"    {key}: {_flow(value)}" for key, value in rest)]


def _flow(value: Any) -> str:
    # JSON is YAML, and stays on one line however long it is.
    return json.dumps(value, ensure_ascii=False)


def _needs_more(operation: Operation) -> bool:
    return any(one.required for one in operation.parameters_in("path", "query", "header"))


def _creates(contract: Contract, operation: Operation, known: Collection[str]) -> bool:
    required = {one.name.lower() for one in operation.parameters_in("path", "query", "header") if one.required}
    return (
        operation.method == "POST"
        and operation.success.status == 201
        and not required - {"idempotency-key"}
        and _self(operation)[0] in known
        and _example(contract, operation) is not None
    )


def _self(create: Operation) -> tuple[str, str]:
    """The operation that reads what was created, and the parameter of its path."""
    link = as_mapping(create.success.links.get("self"))
    parameters = list(as_mapping(link.get("parameters")))
    return (str(link.get("operationId")), parameters[0]) if parameters else ("", "")


def _example(contract: Contract, operation: Operation) -> Any:
    definition = contract.document["paths"][operation.path][operation.method.lower()]
    body = contract.resolve(definition.get("requestBody"))
    media = as_mapping(as_mapping(as_mapping(body).get("content")).get("application/json"))
    named = [contract.resolve(one) for one in as_mapping(media.get("examples")).values()]
    return as_mapping(named[0]).get("value") if named else media.get("example")


def _caller(contract: Contract, operations: list[Operation]) -> str:
    needed = frozenset().union(*(one.scopes or frozenset() for one in operations))
    schemes = as_mapping(as_mapping(contract.document.get("components")).get("securitySchemes"))
    granted = as_mapping(as_mapping(schemes.get("token")).get("x-callers"))
    return next((kind for kind in _KINDS if needed <= set(as_list(granted.get(kind)))), _KINDS[0])
