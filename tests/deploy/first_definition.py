"""The task definition that `infra/` made, in short."""

from __future__ import annotations

import json
from typing import Any


def first_definition(image: str) -> dict[str, Any]:
    written = """{"family": "tandem-uat-card", "networkMode": "awsvpc", "cpu": "512", "memory": "1024",
        "requiresCompatibilities": ["FARGATE"], "containerDefinitions": [{"name": "card", "essential": true,
        "environment": [{"name": "TANDEM_STAGE", "value": "uat"}, {"name": "TANDEM_VERSION", "value": "first"}],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/tandem/tandem-uat-card",
        "awslogs-region": "eu-north-1", "awslogs-stream-prefix": "card"}}}]}"""
    definition: dict[str, Any] = json.loads(written)
    definition["containerDefinitions"][0]["image"] = image
    return definition
