"""What each task of production is told, as one document: services are started from it, in an environment of theirs.

`infra/.venv/bin/python -m tests.infra.tasks` writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra.product import load_product
from tests.infra.recorder import Run, recorded

FILE = Path(__file__).with_name("tasks.json")
STAGE = "production"


def tasks(run: Run) -> dict[str, Any]:
    return {name: _task(run, name) for name in load_product().services}


def _task(run: Run, service: str) -> dict[str, Any]:
    named = f"tandem-{run.stage}-{service}"
    definition = run.named("aws:ecs/taskDefinition:TaskDefinition", named)
    [container] = json.loads(definition.inputs["containerDefinitions"])
    deployment = run.named("aws:ecs/service:Service", named).inputs["deploymentConfiguration"]
    hooks = [json.loads(hook["hookDetails"]) for hook in deployment["lifecycleHooks"]]
    return {
        "entryPoint": container["entryPoint"],
        "commands": [container["command"], *(hook["command"] for hook in hooks)],
        "environment": {one["name"]: one["value"] for one in container["environment"]},
        "secrets": {one["name"]: one["valueFrom"] for one in container["secrets"]},
    }


def text() -> str:
    return json.dumps(tasks(recorded("service", STAGE)), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
