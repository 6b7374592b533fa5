"""What is deployed, and where: the names that `infra/` gives to clusters and services."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tandem.local.trouble import Refused

_PRODUCT = "tandem"
_BY_DIGEST = re.compile(r"[^@\s]+@sha256:[0-9a-f]{64}")
_STAGE = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Target:
    service: str
    stage: str
    region: str

    @property
    def cluster(self) -> str:
        return f"{_PRODUCT}-{self.stage}"

    @property
    def name(self) -> str:
        return f"{self.cluster}-{self.service}"

    @property
    def follow(self) -> str:
        return f"tandem deploy {self.service} --to {self.stage} --follow"

    @property
    def stop(self) -> str:
        return f"tandem deploy {self.service} --to {self.stage} --stop"

    def __str__(self) -> str:
        return f"{self.service} in {self.stage}"


def stage_named(name: str) -> str:
    if not _STAGE.fullmatch(name):
        raise Refused(f"{name!r} cannot be a stage: a stage is a name such as uat or production.")
    return name


def image_by_digest(image: str) -> str:
    """The image itself. Raises Refused for a tag, which can mean another image tomorrow."""
    if _BY_DIGEST.fullmatch(image):
        return image
    repository, _, tag = image.rpartition("/")[2].partition("@")[0].partition(":")
    ask = f"aws ecr describe-images --repository-name {repository} --image-ids imageTag={tag or 'latest'}"
    raise Refused(
        f"{image} is not named by its digest, so nobody can say which image will run: use <repository>@sha256:<64 hex "
        f"digits>; `{ask}` shows it."
    )
