"""Schemathesis over an address, in a process of its own: all phases, all checks, every kind of caller."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tandem.kit.auth.jwks import StaticKeys
from tandem.local.issuer import LocalIssuer
from tests.schemathesis_run.live import served, service_with_scenarios
from tests.schemathesis_run.world import contract, scenarios
from tests.service_under_test import CALLERS, Databases

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
# What neighbours may not see of each other is looked for as one of them; the staff see everything.
AS_CUSTOMER = ("--auth-wfc-user=customer", "--phases=fuzzing,stateful", "--max-examples=15", "--warnings=off")
_HOOKS = Path(__file__).with_name("hooks.py")
_CUSTOMERS = {"customer": "healthy", "neighbour": "overdue"}
_SECONDS = 150.0


@dataclass(frozen=True)
class Verdict:
    """`said` is its whole output, with a line to repeat each finding; `succeeded` are the operations that ever did."""

    passed: bool
    said: str
    succeeded: frozenset[str] = frozenset()

    def findings(self) -> set[tuple[str, str]]:
        """Each operation with the code of what is wrong with it."""
        return set(_findings(self.said))


def check_service(
    name: str, databases: Databases, issuer: LocalIssuer, keys: StaticKeys, folder: Path, *options: str
) -> Verdict:
    """Everything about one service, with the scenarios in its database."""
    succeeded: set[str] = set()
    with served(service_with_scenarios(name, databases, issuer, keys, succeeded)) as url:
        verdict = run(url, callers(name, issuer), folder, *options)
    return replace(verdict, succeeded=frozenset(succeeded))


def run(url: str, tokens: Mapping[str, str], folder: Path, *options: str) -> Verdict:
    """Each operation is called by the first of `tokens` that may."""
    file = folder / "callers.json"
    file.write_text(json.dumps({"auth": [_caller(name, token) for name, token in tokens.items()]}))
    finished = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", CONFIGURATION),
            *("run", f"{url}/openapi.json", "--no-color", *options),
        ],
        cwd=folder,
        env={**os.environ, "CALLERS": str(file), "HOOKS": str(_HOOKS), "SUPPORT_TOKEN": tokens["support"]},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    return Verdict(finished.returncode == 0, finished.stdout + finished.stderr)


def callers(service: str, issuer: LocalIssuer) -> dict[str, str]:
    """Of those who are not customers, first the one that may do most here."""
    needed = [operation.scopes or frozenset() for operation in contract(service).operations]
    staff = {
        "support": issuer.issue("support", "agent-1"),
        "service": issuer.issue("service", "card-network", CALLERS["service"]),
    }
    staff = dict(sorted(staff.items(), key=lambda one: -sum(scopes <= CALLERS[one[0]] for scopes in needed)))
    return staff | {name: _customer(issuer, scenario) for name, scenario in _CUSTOMERS.items()}


def _customer(issuer: LocalIssuer, scenario: str) -> str:
    company = scenarios()[scenario]["company"]["id"]
    return issuer.issue("customer", company, customer_id=company)


def _caller(name: str, token: str) -> dict[str, object]:
    return {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}


def _findings(said: str) -> Iterator[tuple[str, str]]:
    operation = ""
    for line in said.splitlines():
        if heading := re.fullmatch(r"_+ (.+?) _+", line):
            operation = heading[1]
        elif finding := re.match(r"- (ST\d+) ", line):
            yield operation, finding[1]
