"""The machines of previews, as EC2 has them: what is known of one stands in its tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from tandem.deploy.away import asking
from tandem.deploy.previews.first_boot import first_boot
from tandem.deploy.previews.lifetime import Preview
from tandem.deploy.target import Target
from tandem.kit.aws.clients import Cloud, code_of
from tandem.local.trouble import Refused

BRANCH, COMMIT, EXPIRES = "tandem:branch", "tandem:commit", "tandem:expires-at"
_ALIVE = ["pending", "running", "stopping", "stopped"]
# What AWS takes in a tag.
_BRANCH = re.compile(r"[\w+=.:/@-]{1,200}", re.ASCII)
_NO_TEMPLATE = "InvalidLaunchTemplateName.NotFoundException"


@dataclass(frozen=True)
class Machines:
    cloud: Cloud
    stage: str

    @cached_property
    def _target(self) -> Target:
        return Target("preview", self.stage, self.cloud.region)

    @cached_property
    def _ec2(self) -> Any:
        return self.cloud.client("ec2", read_timeout_seconds=20.0)

    def start(self, branch: str, commit: str, archive: str, until: datetime) -> str:
        """The id of a new one. Raises Refused and Trouble."""
        if not _BRANCH.fullmatch(branch):
            raise Refused(f"{branch!r} cannot stand in a tag of AWS: use letters, digits and + = . _ : / @ - only.")
        said = {BRANCH: branch, COMMIT: commit, EXPIRES: until.isoformat()}
        tags = {"product": "tandem", "stage": self.stage, "managed-by": "tandem-preview", "Name": branch, **said}
        with asking(self._target, "ec2:RunInstances"):
            try:
                answer = self._ec2.run_instances(
                    LaunchTemplate={"LaunchTemplateName": self._target.name},
                    MinCount=1,
                    MaxCount=1,
                    UserData=first_boot(archive),
                    TagSpecifications=[
                        {"ResourceType": "instance", "Tags": [{"Key": key, "Value": tags[key]} for key in tags]}
                    ],
                )
            except self._ec2.exceptions.ClientError as error:
                if code_of(error) == _NO_TEMPLATE:
                    raise self._no_template() from error
                raise
        return str(answer["Instances"][0]["InstanceId"])

    def all(self) -> list[Preview]:
        where = [
            {"Name": "tag-key", "Values": [BRANCH]},
            {"Name": "tag:stage", "Values": [self.stage]},
            {"Name": "instance-state-name", "Values": _ALIVE},
        ]
        with asking(self._target, "ec2:DescribeInstances"):
            pages = list(self._ec2.get_paginator("describe_instances").paginate(Filters=where))
        return [_preview(one) for one in _instances(pages)]

    def extend(self, machine: str, until: datetime) -> None:
        with asking(self._target, "ec2:CreateTags"):
            self._ec2.create_tags(Resources=[machine], Tags=[{"Key": EXPIRES, "Value": until.isoformat()}])

    def end(self, machine: str) -> None:
        with asking(self._target, "ec2:TerminateInstances"):
            self._ec2.terminate_instances(InstanceIds=[machine])

    def _no_template(self) -> Refused:
        where = f"{self._target.name} in {self.cloud.region}"
        return Refused(f"There is no template {where}: infra/foundation makes it for stages that have previews.")


def _instances(pages: list[Any]) -> Iterator[Any]:
    for page in pages:
        for reservation in page["Reservations"]:
            yield from reservation["Instances"]


def _preview(instance: Any) -> Preview:
    tags = {one["Key"]: one["Value"] for one in instance["Tags"]}
    return Preview(
        branch=tags[BRANCH],
        commit=tags.get(COMMIT, ""),
        machine=instance["InstanceId"],
        began_at=instance["LaunchTime"],
        expires_at=_moment(tags.get(EXPIRES, "")),
    )


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
