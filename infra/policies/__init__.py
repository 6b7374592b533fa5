"""Our own policies: each a function over all that a stage registers, and its name is what it demands."""

from __future__ import annotations

from infra.policies import (
    encryption,
    exposure,
    machines,
    network,
    permissions,
    recovery,
    rollouts,
    secrets,
    tasks,
    watching,
)
from infra.policies.estate import Check, Estate, Policy
from infra.stages import STAGES

__all__ = ["POLICIES", "Estate", "Policy"]

_EVERYWHERE = frozenset(STAGES)
_WITH_USERS = frozenset({"uat", "production"})
_PRODUCTION = frozenset({"production"})


def _policies(stages: frozenset[str], *checks: Check) -> list[Policy]:
    return [Policy(check.__name__, check, stages) for check in checks]


POLICIES: tuple[Policy, ...] = (
    *_policies(_EVERYWHERE, *exposure.CHECKS),
    *_policies(_EVERYWHERE, *network.CHECKS),
    *_policies(_EVERYWHERE, *encryption.CHECKS),
    *_policies(_EVERYWHERE, *permissions.CHECKS),
    *_policies(_EVERYWHERE, *secrets.CHECKS),
    *_policies(_EVERYWHERE, *tasks.CHECKS),
    *_policies(_EVERYWHERE, *rollouts.CHECKS),
    *_policies(_EVERYWHERE, *watching.CHECKS),
    *_policies(_EVERYWHERE, *machines.CHECKS),
    *_policies(_EVERYWHERE, *recovery.EVERYWHERE),
    *_policies(_WITH_USERS, *recovery.WITH_USERS),
    *_policies(_PRODUCTION, *recovery.PRODUCTION),
)
