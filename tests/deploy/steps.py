"""What a rollout runs of a release before users meet it, as ECS tells of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any


def hook(name: str, status: str) -> dict[str, Any]:
    target = f"arn:aws:lambda:eu-north-1:123456789012:function:{name}"
    return {"hookId": "h1", "targetType": "AWS_LAMBDA", "targetArn": target, "status": status}


def steps_of(deployment: str, definition: str, ordered_at: datetime, said_no: str) -> list[dict[str, Any]]:
    """The migrations, which went well, and the canary, which did where nothing `said_no`."""
    return [
        {
            "taskArn": f"arn:aws:ecs:eu-north-1:123456789012:task/tandem-uat/{deployment[-2:]}{step}",
            "taskDefinitionArn": definition,
            "createdAt": ordered_at + timedelta(seconds=5),
            "startedBy": "rollout",
            "containers": [{"name": "card", "exitCode": code}],
        }
        for step, code in (("migration", 0), ("canary", int(bool(said_no))))
    ]
