"""The operations of a contract, from its actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tandem.draft.description import Action, Does, Sort, Thing
from tandem.draft.examples import Examples
from tandem.draft.names import kebab, snake
from tandem.draft.schemas import Schemas, body_fields, body_name
from tandem.draft.sentences import as_rule
from tandem.draft.shared import Folded, Inline, InlineList, Shared, own

_SLO = {Does.SEE: 50, Does.LIST: 100}
_SLO_OF_WRITES = 150
_SAYS = {
    Does.CREATE: "The {0} is made at once.",
    Does.LIST: "Newest first, a page at a time.",
    Does.SEE: "Shows the {0} as it is now.",
    Does.CHANGE: "Only what is sent is changed. Whoever saw an older version is told, so that nothing is lost.",
    Does.REMOVE: "The {0} is gone for good.",
    Does.STEP: "Nothing that is shown of the {0} changes.",
}


@dataclass(frozen=True)
class Operations:
    shared: Shared
    schemas: Schemas
    examples: Examples

    def of(self, action: Action) -> dict[str, Any]:
        body = self._body(action)
        parameters = self._parameters(action)
        return {
            "operationId": action.id,
            "summary": action.said,
            "description": Folded(_description(action)),
            "tags": InlineList([action.thing.plural]),
            "security": InlineList([Inline({"token": InlineList([scope(action)])})]),
            "x-slo": Inline({"p95_ms": _SLO.get(action.does, _SLO_OF_WRITES), "error_rate": 0.001}),
            **({"parameters": parameters} if parameters else {}),
            **({"requestBody": body} if body else {}),
            "responses": {**self._success(action), **self.shared.problems(*_statuses(action))},
        }

    def _parameters(self, action: Action) -> list[Any]:
        if action.does is Does.LIST:
            paging = [self.shared.parameter("Limit"), self.shared.parameter("Cursor")]
            return [*self.schemas.filters(action.thing), *paging]
        found = [] if action.does is Does.CREATE else [own(f"{action.thing.pascal}Id", "parameters")]
        found += [self.shared.parameter("IdempotencyKey")] if _can_be_repeated(action) else []
        return [*found, *([self.shared.parameter("IfMatch")] if action.does is Does.CHANGE else [])]

    def _body(self, action: Action) -> dict[str, Any]:
        name = body_name(action)
        if not name:
            return {}
        fields = body_fields(action)
        media = {"schema": own(name), "examples": self.examples.sent(fields)}
        is_needed = action.does is Does.CHANGE or any(not one.is_optional for one in fields)
        return {"required": is_needed, "content": {"application/json": media}}

    def _success(self, action: Action) -> dict[str, Any]:
        thing = action.thing
        if action.does is Does.REMOVE:
            return {"204": Inline({"description": f"The {thing.noun} was removed."})}
        if action.does is Does.LIST:
            return {
                "200": {"description": f"One page of {thing.plural}, newest first.", **self._content(action, "Page")}
            }
        if action.does is Does.CREATE:
            headers = self.shared.headers("ETag", "Location", "IdempotencyReplayed")
            made = {"description": f"The {thing.noun} was made.", "headers": headers, **self._content(action)}
            return {"201": {**made, "links": _links(thing)}}
        said = f"The {thing.noun}." if action.does is Does.SEE else f"The {thing.noun} as it is now."
        replayed = ["IdempotencyReplayed"] if _can_be_repeated(action) else []
        return {
            "200": {"description": said, "headers": self.shared.headers("ETag", *replayed), **self._content(action)}
        }

    def _content(self, action: Action, kind: str = "") -> dict[str, Any]:
        media = {"schema": own(f"{action.thing.pascal}{kind}"), "examples": self.examples.answered(action)}
        return {"content": {"application/json": media}}


def scope(action: Action) -> str:
    """Reading has one scope, unless those who may list are others than those who may see one."""
    see = next(one for one in action.thing.actions if one.does is Does.SEE)
    if action.does is Does.SEE or (action.does is Does.LIST and action.callers == see.callers):
        word = "read"
    else:
        word = {Does.LIST: "search", Does.CHANGE: "change", Does.REMOVE: "remove"}.get(action.does, kebab(action.name))
    return f"{kebab(action.thing.plural)}:{word}"


def _description(action: Action) -> str:
    thing = action.thing
    remark = f"{action.remark[:1].upper()}{action.remark[1:].removesuffix('.')}." if action.remark else ""
    said = [remark or _SAYS[action.does].format(thing.noun)]
    if action.sets and (field := thing.field(action.sets[0])):
        said = [remark] if remark else []
        said.append(f"Its {field.said.lower()} becomes `{action.sets[1]}`.")
    elif action.does is Does.CREATE and thing.state:
        said.append(f"Its {thing.state.said.lower()} begins as `{thing.state.value.choices[0]}`.")
    return " ".join([*said, *map(as_rule, action.refusals)])


def _can_be_repeated(action: Action) -> bool:
    moves_money = action.does is Does.STEP and any(one.value.sort is Sort.MONEY for one in body_fields(action))
    return action.does is Does.CREATE or moves_money


def _statuses(action: Action) -> set[str]:
    linked = any(one.value.sort is Sort.LINK for one in body_fields(action))
    found = {"404"} if "{" in action.path or linked else set()
    found |= {"413", "415"} if action.method in {"post", "patch", "delete"} else set()
    found |= {"412", "428"} if action.does is Does.CHANGE else set()
    return found | ({"409"} if action.does not in {Does.SEE, Does.LIST} else set())


def _links(thing: Thing) -> dict[str, Any]:
    led_to = [
        one
        for one in thing.actions
        if one.does in {Does.SEE, Does.REMOVE} or (one.does is Does.STEP and not body_name(one))
    ]
    parameters = Inline({thing.id_name: "$response.body#/id"})
    names = {one.id: "self" if one.does is Does.SEE else snake(one.name) for one in led_to}
    return {name: Inline({"operationId": id_, "parameters": parameters}) for id_, name in names.items()}
