"""What is asked of a caller: who may call, what a write must carry, what may be sent."""

from __future__ import annotations

from typing import Any

from tandem.spec.document import Operation, as_mapping
from tandem.spec.lint.registry import Found, breach, check
from tandem.spec.lint.subject import Subject


@check("scopes-are-named", "said")
def scopes_are_named(subject: Subject) -> Found:
    known = _known_scopes(subject)
    for operation in subject.served:
        scopes = {scope for way in operation.security for asked in way.values() for scope in asked or ()}
        if not scopes:
            yield breach(operation.pointer, said="No scope is asked for.")
        for scope in sorted(scopes - known):
            yield breach(f"{operation.pointer}/security", said=f"The scope {scope} is described nowhere.")


@check("speed-is-promised", "said")
def speed_is_promised(subject: Subject) -> Found:
    for operation in subject.served:
        slo = as_mapping(operation.definition.get("x-slo"))
        slowest, worst = subject.options.get("slowest_p95_ms", 1000), subject.options.get("worst_error_rate", 0.01)
        if not slo:
            yield breach(operation.pointer, said="There is no x-slo.")
        elif not (_within(slo.get("p95_ms"), slowest) and _within(slo.get("error_rate"), worst)):
            said = f"x-slo needs a p95_ms up to {slowest} and an error_rate up to {worst}."
            yield breach(f"{operation.pointer}/x-slo", said=said)


@check("creations-can-be-repeated")
def creations_can_be_repeated(subject: Subject) -> Found:
    for operation in subject.served:
        risky = operation.method == "POST" and ("201" in operation.responses or _moves_money(subject, operation))
        if risky and not operation.takes("header", "Idempotency-Key"):
            yield breach(operation.pointer)


@check("changes-name-their-version", "said")
def changes_name_their_version(subject: Subject) -> Found:
    for operation in subject.served:
        if operation.method not in {"PUT", "PATCH"}:
            continue
        if not operation.takes("header", "If-Match"):
            yield breach(operation.pointer, said="It does not take If-Match.")
        for response in operation.successes.values():
            if "etag" not in {name.lower() for name in as_mapping(response.value.get("headers"))}:
                yield breach(
                    response.pointer, operation=operation, said="It does not answer with the ETag of the new version."
                )


@check("bodies-are-closed")
def bodies_are_closed(subject: Subject) -> Found:
    for operation in subject.served:
        found = subject.schema(operation, operation.body) if operation.body else None
        if found and as_mapping(found[1].value).get("additionalProperties") is not False:
            yield breach(found[1].pointer, operation=operation)


def _known_scopes(subject: Subject) -> set[str]:
    schemes = as_mapping(as_mapping(subject.document.data.get("components")).get("securitySchemes"))
    return {
        scope
        for scheme in schemes.values()
        for flow in as_mapping(as_mapping(scheme).get("flows")).values()
        for scope in as_mapping(as_mapping(flow).get("scopes"))
    }


def _within(value: Any, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= most


def _moves_money(subject: Subject, operation: Operation) -> bool:
    body = subject.schema(operation, operation.body) if operation.body else None
    fields = as_mapping(body[1].value.get("properties")) if body else {}
    resolved = (subject.document.resolved(field, "")[0] for field in fields.values())
    return any({"amount", "currency"} <= as_mapping(as_mapping(one).get("properties")).keys() for one in resolved)
