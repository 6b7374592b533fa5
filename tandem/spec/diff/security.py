"""Who may call: a caller that had enough before must have enough still."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tandem.spec.diff.changes import Change, Effect
from tandem.spec.diff.document import Document
from tandem.spec.diff.operations import Operation, effective_security

# A scheme by what a client must do for it, and a scope of it; None where the scheme has none.
Need = tuple[tuple[str, ...], str | None]


def security(base: Document, old: Operation, revision: Document, new: Operation) -> Iterator[Change]:
    before, after = effective_security(base, old), effective_security(revision, new)
    had = [_needs(base, one) for one in before]
    asked = [_needs(revision, one) for one in after]
    for one, needs in zip(before, had, strict=True):
        if not any(need <= needs for need in asked):
            rule = "security-added" if not one else _rule(one, after)
            yield Change(
                rule, Effect.NARROWS, _text(before), _text(after), base=old.raw, revision=new.raw, keyword="security"
            )
            return
    if any(not any(needs <= need for needs in had) for need in asked) or any(
        not any(need == needs for need in asked) for needs in had
    ):
        yield Change(
            "security-loosened", Effect.WIDENS, _text(before), _text(after), base=old.raw, revision=new.raw,
            keyword="security",
        )  # fmt: skip


def _rule(one: Mapping[str, Any], after: list[Mapping[str, Any]]) -> str:
    same = [other for other in after if other.keys() == one.keys()]
    if not same:
        return "security-changed"
    more = any(set(map(str, other[name] or ())) - set(map(str, one[name] or ())) for other in same for name in other)
    return "scope-added" if more else "security-scheme-changed"


def _needs(document: Document, requirement: Mapping[str, Any]) -> frozenset[Need]:
    needs: set[Need] = set()
    for name, scopes in requirement.items():
        scheme = _scheme(document, name)
        needs |= {(scheme, str(scope)) for scope in scopes or ()} | {(scheme, None)}
    return frozenset(needs)


def _scheme(document: Document, name: str) -> tuple[str, ...]:
    schemes = _schemes(document)
    found = document.part(schemes.get(name))
    if not found:
        return ("undefined", name)
    words = [str(found.get(word, "")) for word in ("type", "in", "name", "scheme")]
    return tuple(word.lower() if index != 2 or words[1] == "header" else word for index, word in enumerate(words))


def addresses(base: Document, revision: Document) -> Iterator[Change]:
    """Where tokens come from, for schemes that both documents have."""
    old, new = _schemes(base), _schemes(revision)
    for name in old:
        before, after = base.part(old[name]), revision.part(new.get(name))
        was, is_now = _urls(before), _urls(after)
        if after and was != is_now:
            yield Change(
                "token-address-changed",
                Effect.SHIFTS,
                ", ".join(was),
                ", ".join(is_now),
                name,
                before,
                after,
                mild=True,
            )


def _schemes(document: Document) -> Mapping[str, Any]:
    components = document.root.get("components")
    found = components.get("securitySchemes") if isinstance(components, dict) else None
    return found if isinstance(found, dict) else {}


def _urls(scheme: Mapping[str, Any]) -> list[str]:
    flows = scheme.get("flows")
    found = [scheme.get("openIdConnectUrl")]
    for flow in flows.values() if isinstance(flows, dict) else ():
        found += [flow.get(word) for word in ("authorizationUrl", "tokenUrl", "refreshUrl")] if flow else []
    return sorted(str(one) for one in found if one)


def _text(alternatives: list[Mapping[str, Any]]) -> str:
    return " or ".join(
        " and ".join(f"{name}({', '.join(map(str, scopes))})" if scopes else name for name, scopes in one.items())
        or "nothing"
        for one in alternatives
    )
