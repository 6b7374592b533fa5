from __future__ import annotations

import pulumi

from infra.scope import Scope


class Component(pulumi.ComponentResource):
    """One piece of a part. What it makes hangs below it, as `opts` says."""

    def __init__(self, name: str, scope: Scope) -> None:
        super().__init__(f"tandem:{scope.part}:{type(self).__name__}", name)
        self.scope = scope
        self.opts = pulumi.ResourceOptions(parent=self)

    def protected(self, *, keeps: bool | None = None) -> pulumi.ResourceOptions:
        """For what must not go: neither destroyed nor replaced where the stage is protected."""
        protect = self.scope.stage.protected if keeps is None else keeps
        return pulumi.ResourceOptions(parent=self, protect=protect)
