"""Who may call, in somebody else's contract: a service here knows callers by the tokens of this platform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tandem.kit.auth.caller import KINDS
from tandem.kit.contract import Contract, Operation
from tandem.spec.document import as_mapping

_OWNER = "customer_id"
_DESCRIPTION = (
    "A signed token (JWT) says who is calling and what they may do. `x-callers` says which kinds of caller are given "
    "which scope; its author could not know them, so that it begins with all."
)


def put_token(data: dict[str, Any], operations: Iterable[tuple[str, str, dict[str, Any]]]) -> Iterator[str]:
    """In place of the schemes that its author has; yields a sentence about it. What is open to anybody stays open, and
    scopes stay what they are called."""
    components = data.setdefault("components", {})
    schemes = as_mapping(components.pop("securitySchemes", None))
    asked_of_all = data.pop("security", None)
    needed: set[str] = set()
    is_asked = False
    for _, _, operation in operations:
        scopes = _fewest(operation.get("security", asked_of_all))
        operation["security"] = [] if scopes is None else [{"token": scopes}]
        is_asked |= scopes is not None
        needed |= set(scopes or ())
    if is_asked:
        components["securitySchemes"] = {"token": _scheme(sorted(needed), _described(schemes))}
        yield f"Callers show a token of this platform, in place of {', '.join(schemes) or 'none'}."


def _fewest(security: Any) -> list[str] | None:
    """Of its alternatives, the one that asks for least; None where nothing is asked."""
    if not security or {} in security:
        return None
    return min((sorted({scope for scopes in one.values() for scope in scopes}) for one in security), key=len)


def may_see_all(contract: Contract, operation: Operation) -> bool:
    """Whether it shows things to all who are known: nothing in the contract says whose they are."""
    if operation.method != "GET" or "{" not in operation.path or operation.scopes != frozenset():
        return False
    shown = [str(contract.schema(schema)) for schema in operation.success.content.values()]
    return not any(_OWNER in one for one in (operation.path, *shown))


def _scheme(scopes: list[str], described: Mapping[str, str]) -> dict[str, Any]:
    flow = {"tokenUrl": "/oauth2/token", "scopes": {scope: described.get(scope) or scope for scope in scopes}}
    return {
        "type": "oauth2",
        "description": _DESCRIPTION,
        "flows": {"clientCredentials": flow},
        "x-callers": {kind: list(scopes) for kind in sorted(KINDS)},
    }


def _described(schemes: Mapping[str, Any]) -> dict[str, str]:
    flows = (flow for scheme in schemes.values() for flow in as_mapping(as_mapping(scheme).get("flows")).values())
    return {scope: str(said) for flow in flows for scope, said in as_mapping(as_mapping(flow).get("scopes")).items()}
