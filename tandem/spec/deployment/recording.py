"""What was deployed, written into contracts/environments.yaml where it stands; comments and order stay."""

from __future__ import annotations

import yaml


class NotThere(ValueError):
    """The file has no such environment, in a sentence."""


def with_release(text: str, environment: str, service: str, version: str) -> str:
    """The text with this one version of the service in that environment. Raises NotThere."""
    environments = _value(yaml.compose(text), "environments")
    deployed = _value(environments, environment)
    if not isinstance(deployed, yaml.MappingNode):
        raise NotThere(
            f"There is no environment {environment} with services; write `{environment}: {{}}` into it first."
        )
    before = _value(deployed, service)
    if before is not None:
        return f"{text[: before.start_mark.index]}{version}{text[before.end_mark.index :]}"
    if deployed.flow_style:
        entry = f"{', ' if deployed.value else ''}{service}: {version}"
        return _inserted(text, deployed.end_mark.index - 1, entry)
    first = deployed.value[0][0].start_mark
    return _inserted(text, first.index, f"{service}: {version}\n{' ' * first.column}")


def _inserted(text: str, at: int, what: str) -> str:
    return f"{text[:at]}{what}{text[at:]}"


def _value(node: yaml.Node | None, name: str) -> yaml.Node | None:
    entries: list[tuple[yaml.Node, yaml.Node]] = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for key, value in entries if key.value == name), None)
