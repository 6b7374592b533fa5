"""A stage in a further region, part by part: settings from those of the stage, the database from a copied backup."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.refusal import Refused
from infra.stages import stage_of

PARTS = ("foundation", "data", "service")
HERE = Path(__file__).parent
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


@dataclass(frozen=True)
class Order:
    """`images` are those of the release by name, by digest in the new region's registry; without, service waits."""

    stage: str
    region: str
    restore_from: str | None = None
    images: Mapping[str, str] | None = None
    version: str | None = None

    @property
    def stack(self) -> str:
        return f"{self.stage}.{self.region}"


def stand_up(order: Order, say: Callable[[str], None], folder: Path = HERE) -> None:
    """Raises Refused. May be run again: what stands already stays."""
    stage_of(order.stage)
    if not _REGION.fullmatch(order.region):
        raise Refused(f"--region is {order.region!r}, and should be a region such as eu-central-1.")
    for part in PARTS:
        if part == "service" and not order.images:
            repositories = "`pulumi stack output repository_urls` of foundation"
            say(f"foundation and data stand. Push the images to {repositories}, and run this again with --images.")
            return
        settings = _settings(order, part, folder)
        (folder / part / f"Pulumi.{order.stack}.yaml").write_text(yaml.safe_dump({"config": settings}))
        say(f"{part}: {order.stack}")
        _pulumi(folder / part, "stack", "select", "--create", order.stack)
        _pulumi(folder / part, "up", "--yes", "--stack", order.stack)
    say(f"{order.stage} stands in {order.region}.")


def _settings(order: Order, part: str, folder: Path) -> dict[str, Any]:
    file = folder / part / f"Pulumi.{order.stage}.yaml"
    settings: dict[str, Any] = dict(yaml.safe_load(file.read_text("utf-8"))["config"])
    before = settings["aws:region"]
    if before == order.region:
        raise Refused(f"--region is {order.region}, where {order.stage} stands already; choose another.")
    settings["aws:region"] = order.region
    if part == "data":
        # What was the first region is the second from now on.
        settings["tandem:second_region"] = before
        settings |= {"tandem:restore_from": order.restore_from} if order.restore_from else {}
    if part == "service":
        settings |= {"tandem:images": dict(order.images or {}), "tandem:version": order.version}
    return settings


def _pulumi(folder: Path, *arguments: str) -> None:
    try:
        done = subprocess.run(["pulumi", "--non-interactive", "--cwd", str(folder), *arguments], check=False)
    except FileNotFoundError:
        raise Refused("There is no pulumi on this machine; https://www.pulumi.com/docs/install says how.") from None
    if done.returncode != 0:
        raise Refused(f"pulumi {' '.join(arguments)} failed in {folder.name}; mend what it said and run this again.")


def read_images(path: Path) -> dict[str, str]:
    """A JSON object of service and image."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"--images: {path} cannot be read as JSON: {error}.") from None
    if not isinstance(found, dict) or not all(isinstance(image, str) for image in found.values()):
        raise Refused(f"--images: {path} should hold an object of service and image.")
    return found
