"""A contract as others write them: names of their own, numbers for ids, lists without pages, answers in their place."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer", "format": "int64", "minimum": 1}
_PROBLEM = {"description": "Anything else", "content": {"application/problem+json": {"schema": {}}}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def answers(schema: dict[str, Any] | None, status: str = "200") -> dict[str, Any]:
    return {status: {"description": "Done", **(_json(schema) if schema else {})}, "default": _PROBLEM}


def takes(schema: dict[str, Any], *, needed: bool = True) -> dict[str, Any]:
    return {"requestBody": {"required": needed, **_json(schema)}}


def asks(name: str, location: str = "query", **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": location, "required": location == "path", "schema": schema or _TEXT}


_PET_ID = asks("petId", "path", **_NUMBER)
_VISIT_ID = asks("visit-id", "path", format="uuid", type="string")
PET: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name", "class", "createdAt", "vaccinated"],
    "properties": {
        "id": _NUMBER,
        "name": _TEXT,
        "class": {"type": "string", "enum": ["cat", "dog"]},
        "nickName": _TEXT,
        "chip": {"type": ["string", "null"]},
        "weight": {"type": "number"},
        "legs": {"type": "integer"},
        "born": {"type": "string", "format": "date"},
        "tags": {"type": "array", "items": _TEXT},
        "owner": {"type": "object", "properties": {"name": _TEXT, "phone": _TEXT}},
        "vaccinated": {"type": "boolean"},
        "createdAt": {"type": "string", "format": "date-time"},
    },
}
_SENT = ("name", "class", "nickName", "chip", "weight", "legs", "born", "tags", "owner")
NEW_PET: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {name: deepcopy(PET["properties"][name]) for name in _SENT},
}
CHANGED_PET: dict[str, Any] = {
    "type": "object",
    "properties": {**NEW_PET["properties"], "vaccinated": {"type": "boolean"}},
}
VISIT: dict[str, Any] = {
    "type": "object",
    "required": ["visitId", "reason", "at", "state"],
    "properties": {
        "visitId": {"type": "string", "format": "uuid"},
        "reason": _TEXT,
        "at": {"type": "string", "format": "date-time"},
        "state": {"type": "string", "enum": ["planned", "done", "cancelled"]},
        "cost": {"type": "number"},
    },
}
VISITS = {
    "type": "object",
    "required": ["data", "has_more"],
    "properties": {
        "data": {"type": "array", "items": _ref("visit.record")},
        "has_more": {"type": "boolean"},
        "limit": {"type": "integer"},
        "total_count": {"type": "integer"},
    },
}
_NEW_VISIT = {
    "type": "object",
    "required": ["reason", "at"],
    "properties": {"reason": _TEXT, "at": VISIT["properties"]["at"]},
}
_LIMIT = asks("limit", type="integer", maximum=50)

CLINIC: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Clinic", "version": "1"},
    "paths": {
        "/pets": {
            "get": {
                "operationId": "find-pets",
                "parameters": [asks("class"), asks("vaccinated", type="boolean"), asks("q"), _LIMIT,
                    asks("page", type="integer", minimum=1, default=1)],
                "responses": answers({"type": "array", "items": _ref("Pet")}),
            },
            "post": {"operationId": "addPet", **takes(_ref("NewPet")), "responses": answers(_ref("Pet"), "201")},
        },
        "/pets/{petId}": {
            "parameters": [_PET_ID],
            "get": {"responses": answers(_ref("Pet"))},
            "put": {"operationId": "replacePet", **takes(_ref("NewPet")), "responses": answers(_ref("Pet"))},
            "patch": {
                "operationId": "updatePet",
                **takes(_ref("ChangedPet"), needed=False),
                "responses": answers({"type": "object", "required": ["name"], "properties": {"name": _TEXT}}),
            },
            "delete": {"operationId": "deletePet", "responses": answers(_ref("Pet"))},
        },
        "/pets/{petId}/visits": {
            "parameters": [_PET_ID],
            "get": {"operationId": "listVisits", "parameters": [_LIMIT], "responses": answers(_ref("visit.list"))},
            "post": {
                "operationId": "planVisit",
                **takes(_NEW_VISIT, needed=False),
                "responses": answers(_ref("visit.record"), "201"),
            },
        },
        "/pets/{petId}/visits/{visit-id}": {
            "parameters": [_PET_ID, _VISIT_ID],
            "get": {"operationId": "getVisit", "responses": answers(_ref("visit.record"))},
            "delete": {"operationId": "removeVisit", "responses": answers(None, "204")},
        },
        "/pets/{petId}/visits/{visit-id}/cancel": {
            "post": {
                "operationId": "cancelVisit",
                "description": "A done visit cannot be cancelled.",
                "parameters": [_PET_ID, _VISIT_ID],
                "responses": answers(_ref("visit.record")),
            }
        },
        "/pets/{petId}/groom": {
            "post": {
                "operationId": "groomPet",
                "summary": 'Groom it as "usual"',
                "parameters": [_PET_ID],
                **takes(_TEXT),
                "responses": answers(_ref("Pet")),
            }
        },
    },
    "components": {
        "schemas": {
            "Pet": PET,
            "NewPet": NEW_PET,
            "ChangedPet": CHANGED_PET,
            "visit.record": VISIT,
            "visit.list": VISITS,
        }
    },
}  # fmt: skip


def clinic() -> dict[str, Any]:
    """To be changed by a test."""
    return deepcopy(CLINIC)
