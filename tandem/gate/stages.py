"""The stages in the order in which they run. A new one is written anywhere in this package and named here."""

from __future__ import annotations

from tandem.gate.contract.stage import ContractStage
from tandem.gate.fuzzing.stage import SchemathesisStage
from tandem.gate.load.stage import LoadStage
from tandem.gate.migrations.stage import MigrationsStage
from tandem.gate.safety.stage import SafetyStage
from tandem.gate.stage import Stage


def stages() -> tuple[Stage, ...]:
    return (ContractStage(), SchemathesisStage(), MigrationsStage(), LoadStage(), SafetyStage())
