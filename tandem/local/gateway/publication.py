"""Handing Envoy a new configuration while it serves: in an order that never routes to what it does not know."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tandem.local.gateway import admin
from tandem.local.gateway.admin import Source, Statistics
from tandem.local.gateway.configuration import Documents
from tandem.local.gateway.resources import ENVOY_LOG, Document
from tandem.local.trouble import Refused

_POLL_SECONDS = 0.002


class ConfigurationRefused(Refused):
    """Envoy keeps its old configuration, and so do the files."""


def read(directory: Path) -> Documents | None:
    """What was published last; None where nothing was, or only half of it."""
    try:
        kinds = {kind: json.loads((directory / kind / f"{kind}.json").read_text()) for kind in ("lds", "cds", "rds")}
        bootstrap = json.loads((directory / "bootstrap.json").read_text())
        eds = {file.stem: json.loads(file.read_text()) for file in (directory / "eds").glob("*.json")}
    except (FileNotFoundError, ValueError):
        return None
    return Documents(bootstrap=bootstrap, eds=eds, **kinds)


def publish(
    directory: Path, documents: Documents, admin_port: int | None = None, *, patience_seconds: float = 5.0
) -> None:
    """With an admin port, return once Envoy serves it; raises ConfigurationRefused with everything as it was before."""
    before = read(directory)
    if before is None or admin_port is None or not admin.is_ready(admin_port):
        _write_everything(directory, documents)
        return
    try:
        _hand_over(directory, before, documents, admin_port, patience_seconds)
    except ConfigurationRefused:
        _write_everything(directory, before)
        raise
    except admin.NotRunning:
        # It died meanwhile; whoever starts it again finds everything.
        _write_everything(directory, documents)


def _hand_over(directory: Path, before: Documents, after: Documents, admin_port: int, patience_seconds: float) -> None:
    """First everything new is known, then routes move, then what is old is forgotten."""
    both = replace(after, cds=_union(before.cds, after.cds), eds={**before.eds, **after.eds})
    for name, document in both.eds.items():
        if name not in before.eds:
            _write(directory, "eds", name, document)
    steps: list[tuple[Source, str, str, Document]] = [
        (admin.CLUSTERS, "cds", "cds", both.cds),
        *((admin.instances_of(name), "eds", name, document) for name, document in after.eds.items()),
        (admin.LISTENERS, "lds", "lds", after.lds),
        (admin.ROUTE_TABLE, "rds", "rds", after.rds),
        (admin.CLUSTERS, "cds", "cds", after.cds),
    ]
    now = Statistics(admin_port)
    for source, kind, name, document in steps:
        if now.version(source) != document["version_info"]:
            offset = (directory / ENVOY_LOG).stat().st_size
            _write(directory, kind, name, document)
            now = _accepted(source, document, now, admin_port, patience_seconds)
            if now.version(source) != document["version_info"]:
                why = admin.refusal(source, directory / ENVOY_LOG, offset)
                raise ConfigurationRefused(f"{why} The old configuration stays in force.")
    _forget(directory, after)


def _accepted(
    source: Source, document: Document, before: Statistics, admin_port: int, patience_seconds: float
) -> Statistics:
    """The statistics once Envoy has taken or refused the document."""
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        now = Statistics(admin_port)
        if now.refusals(source) > before.refusals(source):
            return now
        if now.version(source) == document["version_info"] and not now.is_warming:
            return now
        time.sleep(_POLL_SECONDS)
    raise ConfigurationRefused(f"The gateway did not take the new {source.name} within {patience_seconds:g} s.")


def _union(before: Document, after: Document) -> Document:
    """The new definition where both have one."""
    clusters = {one["name"]: one for one in [*before["resources"], *after["resources"]]}
    names = {one["name"] for one in after["resources"]}
    if set(clusters) == names:
        return after
    version = f"{before['version_info']}+{after['version_info']}"
    return {"version_info": version, "resources": list(clusters.values())}


def _write_everything(directory: Path, documents: Documents) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    _replace(directory, directory / "bootstrap.json", documents.bootstrap)
    for name, document in documents.eds.items():
        _write(directory, "eds", name, document)
    for kind in ("cds", "rds", "lds"):
        _write(directory, kind, kind, getattr(documents, kind))
    _forget(directory, documents)


def _forget(directory: Path, documents: Documents) -> None:
    for file in (directory / "eds").glob("*.json"):
        if file.stem not in documents.eds:
            file.unlink()


def _write(directory: Path, kind: str, name: str, document: Mapping[str, Any]) -> None:
    (directory / kind).mkdir(parents=True, exist_ok=True)
    _replace(directory, directory / kind / f"{name}.json", document)


def _replace(directory: Path, file: Path, document: Mapping[str, Any]) -> None:
    """Envoy notices only a rename; the draft lies outside the folder it watches."""
    draft = directory / f".{file.name}.{os.getpid()}"
    draft.write_text(json.dumps(document, indent=1))
    draft.replace(file)
