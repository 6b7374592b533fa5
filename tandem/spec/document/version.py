"""Which files are OpenAPI documents that Tandem understands, and what to say of the others."""

from __future__ import annotations

from tandem.kit.contract import ContractError, SourceFile


def refuse_other_kinds(source: SourceFile) -> None:
    data = source.data
    if not isinstance(data, dict):
        raise ContractError(source.path, 1, "is not an OpenAPI document: its top level must be an object")
    if "swagger" in data:
        reason = f"is Swagger {data['swagger']}; Tandem reads OpenAPI 3.0 and 3.1: convert it with a Swagger converter"
        raise ContractError(source.path, source.line_of("/swagger"), reason)
    version = data.get("openapi")
    if version is None:
        raise ContractError(source.path, 1, "is not an OpenAPI document: it has no `openapi: 3.1.0` line")
    if not str(version).startswith(("3.0", "3.1")):
        reason = f"is OpenAPI {str(version)[:40]!r}; Tandem reads 3.0 and 3.1"
        raise ContractError(source.path, source.line_of("/openapi"), reason)


__all__ = ["refuse_other_kinds"]
