"""The contract of a small service, with an operation for each thing that the kit promises to do at the wire."""

from pathlib import Path
from typing import Any

import orjson

LOAN = {"$ref": "#/components/schemas/Loan"}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 8, "maxLength": 100, "pattern": "^[A-Za-z0-9_.:-]+$"},
}
IF_MATCH = {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string", "pattern": '^"[0-9]+"$'}}
LOAN_ID = {
    "name": "loan_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^lon_[a-z0-9]+$"},
}
ERRORS = {
    str(status): {"$ref": f"#/components/responses/{'Unauthorized' if status == 401 else 'Problem'}"}
    for status in (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 500, 503, 504)
}


def query(name: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def json_body(schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"required": True, "content": content}


def answer(schema: dict[str, Any], *headers: str, media_type: str = "application/json", **more: Any) -> dict[str, Any]:
    return {
        "description": "Done.",
        "headers": {name: {"required": True, "schema": {"type": "string"}} for name in headers},
        "content": {media_type: {"schema": schema}},
        **more,
    }


def operation(id_: str, responses: dict[str, Any], scope: str = "accounts:read", **more: Any) -> dict[str, Any]:
    security = {"security": [{"token": [scope]}] if scope else []}
    return {"operationId": id_, "summary": id_, **security, "responses": {**responses, **ERRORS}, **more}


UNCHANGED = {"description": "You have it.", "headers": {"ETag": {"schema": {"type": "string"}}}}
SELF = {"self": {"operationId": "getLoan", "parameters": {"loan_id": "$response.body#/id"}}}
FLAGS = {"type": "array", "items": {"type": "string", "enum": ["open", "late", "paid"]}}

PATHS: dict[str, Any] = {
    "/v1/loans": {
        "get": operation(
            "listLoans",
            {"200": answer({"$ref": "#/components/schemas/Seen"})},
            parameters=[
                query("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
                query("status", FLAGS),
                query("rate", {"type": "number"}),
                query("late", {"type": "boolean"}),
                query("cursor", {"type": "string", "minLength": 1}),
                query("day", {"type": ["null", "string"], "format": "date"}),
            ],
        ),
        "post": operation(
            "openLoan",
            {"201": answer(LOAN, "ETag", "Location", links=SELF)},
            "accounts:manage",
            parameters=[KEY],
            requestBody=json_body("NewLoan"),
        ),
    },
    "/v1/loans/{loan_id}": {
        "parameters": [LOAN_ID],
        "get": operation("getLoan", {"200": answer(LOAN, "ETag"), "304": UNCHANGED}),
        "patch": operation(
            "changeLoan",
            {"200": answer(LOAN, "ETag")},
            "accounts:manage",
            parameters=[IF_MATCH],
            requestBody=json_body("LoanChange"),
        ),
        "delete": operation("forgetLoan", {"204": {"description": "Forgotten."}}, "accounts:manage"),
    },
    "/v1/loans/export": {
        "get": operation(
            "exportLoans",
            {"200": answer({"type": "string"}, media_type="text/csv")},
            parameters=[query("fail_after", {"type": "integer", "default": -1})],
        )
    },
    "/v1/terms": {
        "get": operation("getTerms", {"200": answer({"type": "string"}, media_type="application/pdf")}, scope="")
    },
    "/v1/offers": {
        "get": operation(
            "listOffers", {"200": answer({"$ref": "#/components/schemas/Seen"})}, **{"x-flag": "loan-offers"}
        )
    },
    "/v1/rates": {
        "get": operation(
            "listRates",
            {"200": answer({"$ref": "#/components/schemas/Seen"})},
            deprecated=True,
            **{"x-deprecated-since": "2026-01-01", "x-sunset": "2026-12-31"},
        )
    },
    "/v1/trouble": {
        "get": operation(
            "seeTrouble",
            {"200": answer({"$ref": "#/components/schemas/Seen"})},
            parameters=[query("how", {"type": "string"}, required=True)],
        ),
        "post": operation(
            "makeTrouble",
            {"200": answer({"$ref": "#/components/schemas/Seen"})},
            "accounts:manage",
            parameters=[query("how", {"type": "string"}, required=True), {**KEY, "required": False}],
        ),
    },
}

SCHEMAS: dict[str, Any] = {
    "Loan": {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "name", "amount", "version"],
        "properties": {
            "id": {"type": "string"},
            "name": {"type": "string", "x-sensitive": True},
            "amount": {"type": "integer"},
            "version": {"type": "integer"},
        },
    },
    "NewLoan": {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "amount"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 40, "x-sensitive": True},
            "amount": {"type": "integer", "minimum": 1, "maximum": 1000000},
            "currency": {"enum": ["SEK", "NOK", "DKK", "EUR"]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "start": {"type": "string", "format": "date-time"},
            "notes": {},
        },
    },
    "LoanChange": {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {"name": {"type": "string", "minLength": 1}},
    },
    "Seen": {"type": "object", "required": ["seen"], "properties": {"seen": {"type": "object"}}},
    "Problem": {
        "type": "object",
        "additionalProperties": False,
        "required": ["type", "title", "status", "detail", "request_id"],
        "properties": {
            "type": {"type": "string", "pattern": "^/problems/[a-z-]+$"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "request_id": {"type": "string"},
            "errors": {"type": "array", "items": {"type": "object", "required": ["in", "pointer", "message"]}},
        },
    },
}

_PROBLEM = answer({"$ref": "#/components/schemas/Problem"}, media_type="application/problem+json")
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Loans", "version": "1.2.0"},
    "security": [{"token": []}],
    "paths": PATHS,
    "components": {
        "schemas": SCHEMAS,
        "responses": {
            "Problem": _PROBLEM,
            "Unauthorized": {**_PROBLEM, "headers": {"WWW-Authenticate": {"schema": {"type": "string"}}}},
        },
    },
}
EVENTS: dict[str, Any] = {
    "loan.opened": {
        "summary": "A loan was opened.",
        "entity": "loan_id",
        "subscribers": ["loan"],
        "data": {
            "type": "object",
            "additionalProperties": False,
            "required": ["loan_id", "amount"],
            "properties": {"loan_id": {"type": "string"}, "amount": {"type": "integer", "minimum": 1}},
        },
    }
}


def write_contracts(folder: Path) -> Path:
    """The contracts folder of a world in which there is only this service."""
    (folder / "loan").mkdir(parents=True)
    (folder / "loan" / "openapi.yaml").write_bytes(orjson.dumps(DOCUMENT, option=orjson.OPT_INDENT_2))
    (folder / "events.yaml").write_bytes(orjson.dumps({"events": EVENTS}))
    (folder / "manifest.yaml").write_bytes(orjson.dumps({"title": "Loans", "services": {"loan": {}}}))
    return folder
