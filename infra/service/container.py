"""A container as ECS wants it: read-only, nobody's user, no capability, checked, limited, logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi

from infra.scope import Scope
from infra.service import ports

# As in the image; a number, because ECS cannot look up names.
_USER = "10001:10001"
SCRATCH = "scratch"
_CHECK = f"import urllib.request as r; r.urlopen('http://127.0.0.1:{ports.ADMIN}/livez', timeout=2)"


@dataclass(frozen=True)
class ContainerArgs:
    """`secrets` maps a variable to what ECS reads it from. With `serves` it listens and is looked after."""

    name: str
    image: str
    entry_point: list[str]
    command: list[str]
    environment: Mapping[str, pulumi.Input[str]]
    log_group: pulumi.Input[str]
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    serves: bool = False


def definitions(scope: Scope, args: ContainerArgs) -> pulumi.Output[str]:
    container: dict[str, Any] = {
        "name": args.name,
        "image": args.image,
        "essential": True,
        "entryPoint": args.entry_point,
        "command": args.command,
        "user": _USER,
        "readonlyRootFilesystem": True,
        "privileged": False,
        "linuxParameters": {"capabilities": {"drop": ["ALL"]}, "initProcessEnabled": True},
        "mountPoints": [{"sourceVolume": SCRATCH, "containerPath": "/tmp", "readOnly": False}],  # noqa: S108
        "ulimits": [{"name": "nofile", "softLimit": 65536, "hardLimit": 65536}],
        "environment": [{"name": name, "value": value} for name, value in sorted(args.environment.items())],
        "secrets": [{"name": name, "valueFrom": value} for name, value in sorted(args.secrets.items())],
        "logConfiguration": log_configuration(scope, args.log_group, args.name),
        "stopTimeout": 60,
    }
    if args.serves:
        container |= _served()
    return pulumi.Output.json_dumps([container])


def log_configuration(scope: Scope, group: pulumi.Input[str], prefix: str) -> dict[str, Any]:
    options = {
        "awslogs-group": group,
        "awslogs-region": scope.region,
        "awslogs-stream-prefix": prefix,
        "mode": "non-blocking",
    }
    return {"logDriver": "awslogs", "options": options}


def _served() -> dict[str, Any]:
    return {
        "portMappings": [
            {"name": "public", "containerPort": ports.PUBLIC, "protocol": "tcp", "appProtocol": "http"},
            {"name": "balanced", "containerPort": ports.BALANCED, "protocol": "tcp"},
            {"name": "admin", "containerPort": ports.ADMIN, "protocol": "tcp"},
        ],
        "healthCheck": {
            "command": ["CMD", "python3", "-c", _CHECK],
            "interval": 10,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 30,
        },
    }
