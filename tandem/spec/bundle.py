"""All contracts as one document, for the mock server and for tools that want one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tandem.spec.manifest import load_manifest


def bundle_all(contracts: Path) -> dict[str, Any]:
    """One OpenAPI document with the operations of every service."""
    manifest = load_manifest(contracts)
    whole: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": manifest.title, "version": "1.0.0"},
        "servers": [{"url": "/"}],
        "paths": {},
        "components": {},
    }
    for service in manifest.services.values():
        document = _qualified(service.contract.document, service.name, whole["components"])
        whole["paths"] |= document["paths"]
        for kind, named in document.get("components", {}).items():
            whole["components"].setdefault(kind, {}).update(named)
    return whole


def _qualified(document: dict[str, Any], service: str, taken: dict[str, Any]) -> dict[str, Any]:
    """A name that means something else in a contract before this one gets the service in front."""
    while clashes := [
        (kind, name)
        for kind, named in document.get("components", {}).items()
        for name, component in named.items()
        if taken.get(kind, {}).get(name, component) != component
    ]:
        text = json.dumps(document)
        for kind, name in clashes:
            text = text.replace(f'"#/components/{kind}/{name}"', f'"#/components/{kind}/{service}.{name}"')
        document = json.loads(text)
        for kind, name in clashes:
            document["components"][kind][f"{service}.{name}"] = document["components"][kind].pop(name)
    return document


def without_security(document: dict[str, Any]) -> dict[str, Any]:
    """The same document for a mock that asks for no token."""
    paths = {
        path: {key: _open(value) if isinstance(value, dict) else value for key, value in item.items()}
        for path, item in document["paths"].items()
    }
    return {key: value for key, value in document.items() if key != "security"} | {"paths": paths}


def _open(operation: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in operation.items() if key != "security"}


def to_yaml(document: dict[str, Any]) -> str:
    # Through JSON, so that a part used twice is written twice: anchors are hard to read and some tools refuse them.
    return yaml.safe_dump(json.loads(json.dumps(document)), sort_keys=False, allow_unicode=True, width=120)
