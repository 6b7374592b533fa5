"""What a task of production is told: services are started with it, in an environment where there is no Pulumi.

It is written once for all services, so that a new one needs nothing here. `test_tasks.py` holds it to the program.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from tandem.kit.events.catalogue import Catalogue
from tandem.spec.manifest import Manifest, load_manifest

_ROOT = Path(__file__).parents[2]
_WRITTEN = Path(__file__).with_name("tasks.json").read_text("utf-8")


def told(name: str) -> dict[str, Any]:
    """`says`, `hears` and `keeps_files` are told to those services only that do so."""
    task: dict[str, Any] = json.loads(_WRITTEN.replace("{service}", name).replace("{SERVICE}", name.upper()))
    manifest, catalogue = _contracts()
    does = {
        "says": catalogue.said_by(name),
        "hears": catalogue.heard_by(name),
        "keeps_files": "keeps_files=True" in (_ROOT / "services" / name / "app.py").read_text("utf-8"),
    }
    for what, true in does.items():
        variables = task.pop(what)
        task["environment"] |= variables if true else {}
    peers = {peer: f"http://{peer}:8080" for peer in manifest.services[name].consumes}
    task["environment"]["TANDEM_PEERS"] = json.dumps(peers)
    return task


@cache
def _contracts() -> tuple[Manifest, Catalogue]:
    return load_manifest(_ROOT / "contracts"), Catalogue.load(_ROOT / "contracts")
