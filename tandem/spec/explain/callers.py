"""Who may ask for what, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tandem.spec.document import Document, Operation, as_list, as_mapping, as_text
from tandem.spec.explain.model import Caller
from tandem.spec.explain.words import capital, clean, human, listed, plural, some

_SIGNED_IN = "whoever is signed in"
ANYBODY = "anybody, without signing in"
# The kinds of callers that `x-callers` names, and the rest as they are written.
_CALLERS = {"customer": "customers", "support": "the support desk", "service": "our own services"}


class Callers:
    def __init__(self, document: Document) -> None:
        components = as_mapping(document.data.get("components"))
        self._schemes = {name: as_mapping(one) for name, one in as_mapping(components.get("securitySchemes")).items()}
        self._kinds: dict[str, set[str]] = {}
        for scheme in self._schemes.values():
            for kind, scopes in as_mapping(scheme.get("x-callers")).items():
                self._kinds.setdefault(kind, set()).update(map(str, as_list(scopes)))

    def who(self, operation: Operation) -> str:
        ways = operation.security
        if not ways or not all(ways):
            return ANYBODY
        if self._kinds:
            kinds = [_called(kind) for kind, held in self._kinds.items() if self._allowed(held, ways)]
            return listed(kinds) or "nobody yet"
        said = list(dict.fromkeys(listed(map(self._way, way, way.values())) for way in ways))
        if _SIGNED_IN in said:
            # Where signing in is enough, what other ways of signing in ask for is no matter.
            said = [one for one in said if one == _SIGNED_IN or not one.startswith(_SIGNED_IN)]
        return listed(said, "or")

    def table(self, operations: Sequence[tuple[str, Operation]]) -> list[Caller]:
        """What each kind of caller may do."""
        found = []
        for kind, held in self._kinds.items():
            may = [title for title, one in operations if not one.security or self._allowed(held, one.security)]
            found.append(Caller(capital(_called(kind)), tuple(may)))
        return found

    def _allowed(self, held: set[str], ways: Sequence[Mapping[str, Any]]) -> bool:
        return any(held.issuperset(str(scope) for scopes in way.values() for scope in as_list(scopes)) for way in ways)

    def _way(self, name: str, scopes: Any) -> str:
        scheme = self._schemes.get(name, {})
        match str(scheme.get("type")):
            case "apiKey":
                return "whoever has a key"
            case "http" if str(scheme.get("scheme")).lower() == "basic":
                return "whoever signs in with a name and a password"
            case "mutualTLS":
                return "programs with a certificate of their own"
        described = self._described(scheme, [str(scope) for scope in as_list(scopes)])
        return f"whoever is signed in and may {some(described, 4)}" if described else _SIGNED_IN

    def _described(self, scheme: Mapping[str, Any], scopes: Sequence[str]) -> list[str]:
        known = {
            scope: clean(as_text(text)).rstrip(".")
            for flow in as_mapping(scheme.get("flows")).values()
            for scope, text in as_mapping(as_mapping(flow).get("scopes")).items()
        }
        return [f"“{known.get(scope) or scope}”" for scope in scopes]


def _called(kind: str) -> str:
    return _CALLERS.get(kind) or plural(human(kind))
