"""What one part knows of another: the outputs of its stack, by name and type."""

from __future__ import annotations

from typing import Any, cast

import pulumi

from infra.scope import Scope
from infra.settings import organisation


class Part:
    def __init__(self, name: str, scope: Scope) -> None:
        self._stack = pulumi.StackReference(f"{organisation()}/tandem-{name}/{scope.stack}")
        # Each look-up walks through all outputs of the stack, which was half the time of a program.
        self._found: dict[str, pulumi.Output[Any]] = {}

    def _output(self, name: str) -> pulumi.Output[Any]:
        if name not in self._found:
            self._found[name] = self._stack.require_output(name)
        return self._found[name]

    def text(self, name: str) -> pulumi.Output[str]:
        return cast("pulumi.Output[str]", self._output(name))

    def texts(self, name: str) -> pulumi.Output[list[str]]:
        return cast("pulumi.Output[list[str]]", self._output(name))

    def entry(self, name: str, key: str) -> pulumi.Output[str]:
        """One value of an output that is a map."""
        return self._output(name).apply(lambda values: str(values[key]))
