"""What holds for any OpenAPI document, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tandem.kit.contract import ContractError, load_contract
from tandem.kit.contract.source import escape, pointer_parts
from tandem.spec.document import Part, Place, as_list, as_mapping, walk
from tandem.spec.examples import example_complaints
from tandem.spec.lint.registry import Found, breach, check
from tandem.spec.lint.subject import Subject, path_shape
from tandem.spec.validity import validity_complaints


@check("document-is-openapi", "said", is_house=False, is_fixed=True)
def document_is_openapi(subject: Subject) -> Found:
    for pointer, said in validity_complaints(subject.document):
        yield breach(pointer, said=said)


@check("references-lead-somewhere", "said", is_house=False, is_fixed=True)
def references_lead_somewhere(subject: Subject) -> Found:
    for mistake in subject.document.mistakes:
        yield breach(mistake.pointer, mistake.place, said=mistake.reason)


@check("contract-can-be-served", "said", is_fixed=True)
def contract_can_be_served(subject: Subject) -> Found:
    """Services and mocks read contracts by stricter rules than OpenAPI's."""
    path = subject.document.path
    try:
        load_contract(path)
    except ContractError as error:
        yield breach("", Place(error.path, error.line or 1), said=error.reason)


@check("examples-fit", "said", is_house=False)
def examples_fit(subject: Subject) -> Found:
    for pointer, said in example_complaints(subject.document):
        yield breach(pointer, said=said)


@check("paths-differ", "path", "other", is_house=False)
def paths_differ(subject: Subject) -> Found:
    """`/cards/{id}` and `/cards/{card_id}` answer the same requests unless they share no method."""
    seen: dict[tuple[str, str], str] = {}
    for operation in subject.served:
        other = seen.setdefault((operation.method, path_shape(operation.path)), operation.path)
        if other != operation.path:
            yield breach(f"/paths/{escape(operation.path)}", path=operation.path, other=other)


@check("links-lead-somewhere", "link", "said", is_house=False)
def links_lead_somewhere(subject: Subject) -> Found:
    offered = {operation.id: operation for operation in subject.operations if operation.id}
    for part in subject.document.parts():
        wanted = as_mapping(part.value).get("operationId") if part.kind == "links" else None
        if not isinstance(wanted, str):
            continue
        target = offered.get(wanted)
        if target is None:
            yield breach(part.pointer, link=part.key, said=f"leads to {wanted}, which is no operation of this document")
            continue
        taken = {str(one.value.get("name")) for one in target.parameters}
        for unknown in as_mapping(part.value.get("parameters")).keys() - taken:
            # `path.id` says in which part of the request the parameter stands.
            if unknown.partition(".")[2] not in taken:
                yield breach(part.pointer, link=part.key, said=f"gives {unknown}, which {wanted} does not take")


@check("components-are-used", "kind", "name", is_house=False)
def components_are_used(subject: Subject) -> Found:
    document = subject.document.data
    components = as_mapping(document.get("components"))
    used = _reachable(document, components) | {("securitySchemes", name) for name in _security_names(document)}
    for kind, named in components.items():
        for name in as_mapping(named):
            pointer = f"/components/{kind}/{escape(name)}"
            # What stands in a file of its own is there for other documents too.
            if (kind, name) not in used and pointer not in subject.document.moved and not kind.startswith("x-"):
                yield breach(pointer, kind=kind, name=name)


def _reachable(document: Mapping[str, Any], components: Mapping[str, Any]) -> set[tuple[str, str]]:
    waiting = [part for key in ("paths", "webhooks") for part in walk("document", {key: document.get(key)})]
    children = _children(components)
    used: set[tuple[str, str]] = set()
    while waiting:
        for target in _targets(waiting.pop()):
            names = pointer_parts(target.removeprefix("#"))
            if len(names) < 3 or (names[1], names[2]) in used:
                continue
            used.add((names[1], names[2]))
            component = as_mapping(components.get(names[1])).get(names[2])
            waiting += walk(names[1], component)
            waiting += [Part("schemas", "", "", {"$ref": child}) for child in children.get(names[2], ())]
    return used


def _targets(part: Part) -> Iterator[str]:
    value = as_mapping(part.value)
    if isinstance(value.get("$ref"), str):
        yield value["$ref"]
    for target in as_mapping(as_mapping(value.get("discriminator")).get("mapping")).values():
        if isinstance(target, str):
            yield target if target.startswith("#") else f"#/components/schemas/{escape(target)}"


def _children(components: Mapping[str, Any]) -> dict[str, list[str]]:
    """Schemas that stand in for the one with a discriminator which they build on: nothing else refers to them."""
    found: dict[str, list[str]] = {}
    schemas = as_mapping(components.get("schemas"))
    for name, schema in schemas.items():
        for one in as_list(as_mapping(schema).get("allOf")):
            parent = str(as_mapping(one).get("$ref", "")).rpartition("/")[2]
            if "discriminator" in as_mapping(schemas.get(parent)):
                found.setdefault(parent, []).append(f"#/components/schemas/{escape(name)}")
    return found


def _security_names(document: Mapping[str, Any]) -> Iterator[str]:
    holders = [document]
    holders += [as_mapping(part.value) for part in walk("document", document) if part.kind == "operation"]
    for holder in holders:
        for requirement in as_list(holder.get("security")):
            yield from as_mapping(requirement)
