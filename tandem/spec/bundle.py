"""All contracts as one document, for the mock server and for tools that want one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tandem.kit.contract.operations import METHODS
from tandem.spec.manifest import load_manifest

# Operations name what secures them, where they refer to everything else: with another name it would be lost.
_BY_NAME = "securitySchemes"


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
        whole["paths"] |= {path: _secured(item, document) for path, item in document["paths"].items()}
        for kind, named in document.get("components", {}).items():
            known = whole["components"].setdefault(kind, {})
            known.update(
                {name: _merged(known.get(name), one) if kind == _BY_NAME else one for name, one in named.items()}
            )
    return whole


def _qualified(document: dict[str, Any], service: str, taken: dict[str, Any]) -> dict[str, Any]:
    """A name that means something else in a contract before this one gets the service in front."""
    while clashes := [
        (kind, name)
        for kind, named in document.get("components", {}).items()
        for name, component in named.items()
        if kind != _BY_NAME
        if taken.get(kind, {}).get(name, component) != component
    ]:
        text = json.dumps(document)
        for kind, name in clashes:
            text = text.replace(f'"#/components/{kind}/{name}"', f'"#/components/{kind}/{service}.{name}"')
        document = json.loads(text)
        for kind, name in clashes:
            document["components"][kind][f"{service}.{name}"] = document["components"][kind].pop(name)
    return document


def _merged(known: Any, more: Any) -> Any:
    """A token with the scopes of both contracts."""
    if isinstance(known, dict) and isinstance(more, dict):
        return {**known, **{key: _merged(known.get(key), value) for key, value in more.items()}}
    if isinstance(known, list) and isinstance(more, list):
        return [*known, *(one for one in more if one not in known)]
    return more


def _secured(item: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """What a contract asks for as a whole, asked for by each of its operations: the bundle is of several contracts."""
    common = {"security": document["security"]} if "security" in document else {}
    return {key: {**common, **value} if key in METHODS else value for key, value in item.items()}


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
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        """A part used twice is written twice: anchors are hard to read and some tools refuse them."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    # PyYAML follows YAML 1.1, where 0917 is text; for readers of YAML 1.2 it is a number.
    style = "'" if text[:1] in set("0123456789+-.") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)
