"""The product that Tandem comes with, for tests that count on it whatever services a checkout has beside it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from tandem.spec.manifest import load_manifest
from tests.architecture.project import ROOT

PRODUCT = ("customer", "account", "card", "transaction", "invoice")
# In the manifest's order, in which they are started, named and stopped.
ALL = tuple(load_manifest(ROOT / "contracts").services)
_FURTHER = tuple(name for name in ALL if name not in PRODUCT)


def copy_contracts(folder: Path, *left_out: str) -> Path:
    """Those of the product, as if nobody had made a service yet."""
    unwanted = shutil.ignore_patterns(*_FURTHER, *left_out)
    copy = shutil.copytree(ROOT / "contracts", folder / "contracts", ignore=unwanted)
    (copy / "manifest.yaml").write_text(manifest_of_the_product(), "utf-8")
    return copy


def manifest_of_the_product() -> str:
    return without((ROOT / "contracts" / "manifest.yaml").read_text("utf-8"), _FURTHER)


def without(manifest: str, services: Iterable[str]) -> str:
    for name in services:
        manifest = re.sub(rf"^  {name}:\n(?:    .*\n)*", "", manifest, flags=re.MULTILINE)
    return manifest
