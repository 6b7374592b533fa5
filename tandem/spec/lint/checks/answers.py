"""What a caller gets: pages, errors, examples that tell a story, the way to what was created."""

from __future__ import annotations

from tandem.kit.contract.source import escape
from tandem.spec.document import Operation, as_list, as_mapping
from tandem.spec.lint.registry import Found, breach, check
from tandem.spec.lint.subject import Subject, path_shape

_PROBLEM = "application/problem+json"
_PAGE = {"items", "next_cursor", "total"}


@check("lists-come-in-pages", "said")
def lists_come_in_pages(subject: Subject) -> Found:
    for operation in subject.served:
        if operation.method != "GET" or not (operation.id.startswith("list") or _answers_a_list(subject, operation)):
            continue
        if missing := [name for name in ("limit", "cursor") if not operation.takes("query", name)]:
            yield breach(operation.pointer, said=f"It does not take {' and '.join(missing)}.")
        for response in operation.successes.values():
            schema = subject.schema(operation, response)
            fields = as_mapping(schema[1].value).get("properties") if schema else None
            required = set(map(str, as_list(schema[1].value.get("required")))) if schema else set()
            if schema and not (as_mapping(fields).keys() >= _PAGE and required >= _PAGE):
                yield breach(
                    schema[1].pointer,
                    operation=operation,
                    said="It does not answer items, next_cursor and total, all required.",
                )


@check("statuses-are-listed", "statuses")
def statuses_are_listed(subject: Subject) -> Found:
    for operation in subject.served:
        wanted = {str(status) for status in as_list(subject.options.get("always"))}
        wanted |= {"404"} if "{" in operation.path else set()
        wanted |= {"413", "415"} if operation.body else set()
        for header, statuses in _STATUSES_OF_HEADERS.items():
            wanted |= statuses if operation.takes("header", header) else set()
        if missing := sorted(wanted - operation.responses.keys()):
            yield breach(f"{operation.pointer}/responses", statuses=", ".join(missing))


_STATUSES_OF_HEADERS = {"If-Match": {"412", "428"}, "If-None-Match": {"304"}, "Idempotency-Key": {"409"}}


@check("errors-are-problems", "status")
def errors_are_problems(subject: Subject) -> Found:
    for operation in subject.served:
        for status, response in operation.responses.items():
            is_error = status[:1] in {"4", "5"} or status == "default"
            if is_error and set(as_mapping(response.value.get("content"))) != {_PROBLEM}:
                yield breach(response.pointer, operation=operation, status=status)


@check("reads-show-two-stories", "media")
def reads_show_two_stories(subject: Subject) -> Found:
    for operation in subject.served:
        for response in operation.successes.values() if operation.method == "GET" else ():
            for name, media in operation.media(response):
                is_document = name.startswith(("application/pdf", "image/", "application/octet-stream"))
                if len(as_mapping(media.value.get("examples"))) < 2 and not is_document:
                    yield breach(media.pointer, operation=operation, media=name)


@check("examples-are-scenarios", "name")
def examples_are_scenarios(subject: Subject) -> Found:
    for operation in subject.served if subject.neighbours.scenarios else ():
        for holder in [*operation.successes.values(), *([operation.body] if operation.body else [])]:
            for _, media in operation.media(holder):
                for name in as_mapping(media.value.get("examples")).keys() - subject.neighbours.scenarios:
                    yield breach(f"{media.pointer}/examples/{escape(name)}", operation=operation, name=name)


@check("creations-can-be-found", "said")
def creations_can_be_found(subject: Subject) -> Found:
    reads = {operation.id: operation for operation in subject.served if operation.method == "GET"}
    for operation in subject.served:
        created = operation.responses.get("201")
        headers = {name.lower() for name in as_mapping(created.value.get("headers"))} if created else set()
        link = as_mapping(as_mapping(created.value.get("links")).get("self")) if created else {}
        if created and "location" in headers and not link:
            yield breach(created.pointer, operation=operation, said="It answers with Location and has no link `self`.")
        target = reads.get(str(link.get("operationId")))
        needed = (
            {one.value.get("name") for one in target.parameters if one.value.get("in") == "path"} if target else None
        )
        if created and link and needed != set(as_mapping(link.get("parameters"))):
            yield breach(
                f"{created.pointer}/links/self",
                operation=operation,
                said="The link `self` does not lead to the GET that reads it.",
            )


@check("retirement-has-a-date")
def retirement_has_a_date(subject: Subject) -> Found:
    for operation in subject.operations:
        if operation.definition.get("deprecated") is True and "x-sunset" not in operation.definition:
            yield breach(f"{operation.pointer}/deprecated")


@check("path-belongs-to-one-service", "path", "owner")
def path_belongs_to_one_service(subject: Subject) -> Found:
    for path in dict.fromkeys(operation.path for operation in subject.served):
        if owner := subject.neighbours.paths.get(path_shape(path)):
            yield breach(f"/paths/{escape(path)}", path=path, owner=owner)


def _answers_a_list(subject: Subject, operation: Operation) -> bool:
    schemas = [subject.schema(operation, response) for response in operation.successes.values()]
    return any(
        schema and (schema[1].value.get("type") == "array" or "items" in as_mapping(schema[1].value.get("properties")))
        for schema in schemas
    )
