"""The house rules of contracts. Each yields what to do about one operation, or one schema, that breaks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tandem.kit.contract import Contract, Operation

ALWAYS = {400, 401, 403, 422, 500, 503, 504}
# Words of our trade in texts that product managers read.
JARGON = re.compile(
    r"\b(API|JSON|HTTP|URL|UUID|SQL|CRUD|DTO|payload|endpoint|boolean|null|string|integer|array|schema|enum|entity|"
    r"request body|response|header|query|parameter|idempotent|async|callback|backend|frontend|database|resource|"
    r"object)s?\b",
    re.IGNORECASE,
)
_LONGEST_SUMMARY = 80


@dataclass(frozen=True)
class Subject:
    """One operation and the part of the document that defines it."""

    contract: Contract
    operation: Operation

    @property
    def definition(self) -> dict[str, Any]:
        found: dict[str, Any] = self.contract.document["paths"][self.operation.path][self.operation.method.lower()]
        return found

    def response(self, status: int) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.contract.resolve(self.definition["responses"][str(status)])
        return found

    @property
    def success(self) -> Mapping[str, Any]:
        return self.response(self.operation.success.status)

    @property
    def success_schema(self) -> Mapping[str, Any]:
        content = self.success.get("content", {}).get("application/json", {})
        found: Mapping[str, Any] = self.contract.resolve(content.get("schema", {}))
        return found

    @property
    def is_list(self) -> bool:
        return self.operation.id.startswith("list")


Rule = Callable[[Subject], Iterator[str]]


def it_reads_like_a_sentence(subject: Subject) -> Iterator[str]:
    summary, description = subject.operation.summary, subject.definition.get("description", "")
    if not re.fullmatch(r"[A-Z]\S*( [^ .!?\n]+)+", summary):
        yield f"summary {summary!r}: one sentence that starts with a capital and needs no full stop"
    if len(summary) > _LONGEST_SUMMARY:
        yield f"summary of {len(summary)} characters: say it in {_LONGEST_SUMMARY}"
    for text in (summary, description):
        if found := JARGON.search(text):
            yield f"{found[0]!r} is jargon: say what happens, and to whom"


def it_is_named_and_tagged(subject: Subject) -> Iterator[str]:
    if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", subject.operation.id):
        yield "operationId is a verb and a noun in camelCase"
    tags = {tag["name"] for tag in subject.contract.document.get("tags", []) if tag.get("description")}
    used = subject.definition.get("tags", [])
    if not used or not tags.issuperset(used):
        yield f"tags {used}: use one or more of those the contract describes: {sorted(tags)}"


def it_says_who_may_call_and_how_fast_it_is(subject: Subject) -> Iterator[str]:
    known = subject.contract.document["components"]["securitySchemes"]["token"]["flows"]["clientCredentials"]["scopes"]
    scopes = subject.operation.scopes
    if not scopes:
        yield "needs a scope of common/security.yaml"
    elif unknown := scopes - known.keys():
        yield f"scope {', '.join(sorted(unknown))} is not in common/security.yaml"
    slo = subject.operation.slo
    if slo is None or not (0 < slo.p95_ms <= 1000 and 0 < slo.error_rate <= 0.01):
        yield "x-slo: p95_ms up to 1000 and error_rate up to 0.01"


def it_lists_what_it_can_answer(subject: Subject) -> Iterator[str]:
    operation = subject.operation
    wanted = set(ALWAYS)
    wanted |= {404} if operation.parameters_in("path") else set()
    wanted |= {413, 415} if operation.body is not None else set()
    wanted |= {412, 428} if operation.takes_header("If-Match") else set()
    wanted |= {409} if operation.takes_header("Idempotency-Key") else set()
    wanted |= {304} if operation.takes_header("If-None-Match") else set()
    if missing := wanted - operation.responses.keys():
        yield f"can also answer {', '.join(map(str, sorted(missing)))}: list it"
    for status, response in operation.responses.items():
        if status >= 400 and set(response.content) != {"application/problem+json"}:
            yield f"{status} is answered as application/problem+json, like every error"


def a_read_shows_two_stories(subject: Subject) -> Iterator[str]:
    if subject.operation.method != "GET":
        return
    for media_type, media in subject.success.get("content", {}).items():
        if len(media.get("examples", {})) < 2 and "application/pdf" not in media_type:
            yield f"show at least two named examples of {media_type}"


def a_list_comes_in_pages(subject: Subject) -> Iterator[str]:
    if not subject.is_list:
        return
    references = [one.get("$ref", "").rpartition("/")[2] for one in subject.definition.get("parameters", [])]
    if not {"Limit", "Cursor"}.issubset(references):
        yield "a list takes Limit and Cursor of common/parameters.yaml"
    schema = subject.success_schema
    if not set(schema.get("properties", {})) == set(schema.get("required", [])) == {"items", "next_cursor", "total"}:
        yield "a list answers items, next_cursor and total, all required"


def a_creation_can_be_repeated_and_found(subject: Subject) -> Iterator[str]:
    if subject.operation.success.status != 201:
        return
    if not subject.operation.takes_header("Idempotency-Key"):
        yield "what creates something takes IdempotencyKey of common/parameters.yaml"
    link = subject.success.get("links", {}).get("self")
    if "location" in subject.operation.success.headers and link is None:
        yield "an answer with Location needs a link `self` to the operation that reads it"
    if link is not None and not _reads(subject.contract, link):
        yield "the link `self` names a GET of this contract and gives every parameter of its path"


def a_change_names_the_version_it_saw(subject: Subject) -> Iterator[str]:
    if subject.operation.method not in {"PATCH", "PUT"}:
        return
    if not subject.operation.takes_header("If-Match"):
        yield "a change takes IfMatch of common/parameters.yaml"
    if "etag" not in subject.operation.success.headers:
        yield "a change answers with the ETag of the new version"


def links_lead_somewhere(subject: Subject) -> Iterator[str]:
    offered = {operation.id: operation for operation in subject.contract.operations}
    for name, link in subject.operation.success.links.items():
        target = offered.get(link["operationId"])
        if target is None:
            yield f"link {name} leads to {link['operationId']}, which this contract does not have"
        elif unknown := link.get("parameters", {}).keys() - {one.name for one in target.parameters}:
            yield f"link {name} gives {', '.join(sorted(unknown))}, which {target.id} does not take"


def paths_and_parameters_look_alike(subject: Subject) -> Iterator[str]:
    if not re.fullmatch(r"/v1(/[a-z]+(-[a-z]+)*|/\{[a-z]+(_[a-z]+)*\})+", subject.operation.path):
        yield f"path {subject.operation.path}: /v1, words with hyphens, {{names_with_underscores}}"
    for one in subject.operation.parameters_in("query", "path"):
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*", one.name):
            yield f"parameter {one.name} is written in snake_case"
    definitions = [subject.contract.resolve(one) for one in subject.definition.get("parameters", [])]
    for definition in definitions:
        if not definition.get("description"):
            yield f"parameter {definition['name']} needs a description"


def a_body_is_closed(subject: Subject) -> Iterator[str]:
    """A misspelt field that is silently dropped is the worst kind of help."""
    body = subject.contract.resolve(subject.operation.body) if subject.operation.body is not None else None
    if body is not None and body.get("additionalProperties") is not False:
        yield "the schema of the request body needs additionalProperties: false"


def _reads(contract: Contract, link: Mapping[str, Any]) -> bool:
    target = next((one for one in contract.operations if one.id == link["operationId"]), None)
    if target is None or target.method != "GET":
        return False
    return {one.name for one in target.parameters_in("path")} == set(link.get("parameters", {}))


RULES: tuple[Rule, ...] = (
    it_reads_like_a_sentence,
    it_is_named_and_tagged,
    it_says_who_may_call_and_how_fast_it_is,
    it_lists_what_it_can_answer,
    a_read_shows_two_stories,
    a_list_comes_in_pages,
    a_creation_can_be_repeated_and_found,
    a_change_names_the_version_it_saw,
    links_lead_somewhere,
    paths_and_parameters_look_alike,
    a_body_is_closed,
)
