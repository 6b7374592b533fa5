"""All contracts as one document, for the mock server and for tools that want one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tandem.kit.contract import ContractError
from tandem.spec.manifest import load_manifest


def bundle_all(contracts: Path) -> dict[str, Any]:
    """One OpenAPI document with the operations of every service; raises ContractError where two define one name."""
    manifest = load_manifest(contracts)
    whole: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": manifest.title, "version": "1.0.0"},
        "servers": [{"url": "/"}],
        "paths": {},
        "components": {},
    }
    for service in manifest.services.values():
        document = service.contract.document
        whole["paths"] |= document["paths"]
        for kind, named in document.get("components", {}).items():
            for name, component in named.items():
                if whole["components"].setdefault(kind, {}).setdefault(name, component) != component:
                    reason = f"components/{kind}/{name} means something else in another contract; rename one of them"
                    raise ContractError(service.contract_path, None, reason)
    return whole


def without_security(document: dict[str, Any]) -> dict[str, Any]:
    """The same document for a mock that asks for no token."""
    paths = {
        path: {key: _open(value) if isinstance(value, dict) else value for key, value in item.items()}
        for path, item in document["paths"].items()
    }
    return {key: value for key, value in document.items() if key != "security"} | {"paths": paths}


def _open(operation: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in operation.items() if key != "security"}
