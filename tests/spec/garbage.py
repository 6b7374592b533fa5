"""A sound document, and that document with the wrong kind of value in any place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]


def sound(**more: Any) -> Document:
    """One operation, with whatever `more` sets at the top."""
    answer = {"description": "ok", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {"/pets": {"get": {"operationId": "listPets", "responses": {"200": answer}}}},
        "components": {"schemas": {"Pet": {"type": "object"}}},
        **more,
    }


GARBAGE: list[Any] = [None, 7, "text", [], {}, [1], {"$ref": 3}, {"$ref": "#/nowhere"}, True, {"a": {"b": []}}]
GET, MEDIA = "paths./pets.get", "paths./pets.get.responses.200.content.application/json"
PLACES = [
    *(
        "paths",
        "paths./pets",
        "paths./pets.parameters",
        "components",
        "tags",
        "security",
        "info",
        "servers",
        "webhooks",
    ),
    GET,
    *(f"{GET}.{name}" for name in ("parameters", "responses", "tags", "security", "x-slo", "summary", "operationId")),
    *(f"{GET}.{name}" for name in ("requestBody", "callbacks", "deprecated", "requestBody.content")),
    *(f"{GET}.responses.200{name}" for name in ("", ".content", ".headers", ".links", ".links.next")),
    *(f"{MEDIA}{name}" for name in ("", ".schema", ".examples", ".encoding")),
    *(f"components.{name}" for name in ("schemas", "securitySchemes", "responses", "parameters", "schemas.Pet")),
    *(f"components.schemas.Pet.{name}" for name in ("properties", "required", "allOf", "type", "discriminator")),
    *(f"components.schemas.Pet.{name}" for name in ("pattern", "enum", "examples", "items", "properties.id")),
]


def spoiled(place: str, version: str) -> Iterator[Document]:
    """One document for each kind of garbage in that place."""
    for garbage in GARBAGE:
        document = sound(openapi=version)
        *parents, last = place.split(".")
        holder = document
        for parent in parents:
            holder = holder.setdefault(parent, {})
        holder[last] = garbage
        yield document
