"""A small contract of somebody else, as it is adopted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tandem.scaffold.adoption import Adopted, adopted
from tandem.spec.document import assemble

ANSWER = {"200": {"description": "Done."}}


def contract(paths: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"openapi": "3.0.3", "info": {"title": "Pets", "version": "1"}, "paths": paths, **more}


def adopt(folder: Path, document: dict[str, Any]) -> Adopted:
    (folder / "pets.yaml").write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    return adopted(assemble(folder / "pets.yaml"), "pet", ())


def operation(made: Adopted, path: str = "/pets", method: str = "get") -> dict[str, Any]:
    found: dict[str, Any] = made.data["paths"][path][method]
    return found
