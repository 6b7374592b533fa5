"""Schemathesis over an address, in a process of its own: all phases, all checks, every kind of caller."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tandem.gate.fuzzing import command as schemathesis
from tandem.gate.fuzzing.command import command, prepare
from tandem.gate.fuzzing.configuration import SHARED, configuration
from tandem.gate.service.callers import callers as issued
from tandem.gate.service.serving import served
from tandem.gate.untested import untested_operations
from tandem.kit.auth.jwks import StaticKeys
from tandem.local.issuer import LocalIssuer
from tests.architecture.project import ROOT
from tests.schemathesis_run.live import service_with_scenarios
from tests.schemathesis_run.world import STORIES, contract
from tests.service_under_test import Databases

AS_CUSTOMER = (*schemathesis.AS_CUSTOMER, "--max-examples=15")
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
    settings = configuration(contract(name), untested_operations(ROOT, name))
    with served(service_with_scenarios(name, databases, issuer, keys, succeeded)) as url:
        verdict = run(url, callers(name, issuer), folder, *options, settings=settings)
    return replace(verdict, succeeded=frozenset(succeeded))


def offered(name: str) -> set[str]:
    """The operations that have to succeed: all but those on the written list."""
    return {operation.id for operation in contract(name).operations} - untested_operations(ROOT, name).keys()


def run(url: str, tokens: Mapping[str, str], folder: Path, *options: str, settings: str | None = None) -> Verdict:
    """Each operation is called by the first of `tokens` that may."""
    environment = prepare(folder, settings or SHARED.read_text("utf-8"), tokens)
    finished = subprocess.run(
        command("run", f"{url}/openapi.json", f"--url={url}", "--no-color", *options),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    return Verdict(finished.returncode == 0, finished.stdout + finished.stderr)


def callers(service: str, issuer: LocalIssuer) -> dict[str, str]:
    return issued(STORIES, service, issuer)


def _findings(said: str) -> Iterator[tuple[str, str]]:
    operation = ""
    for line in said.splitlines():
        if heading := re.fullmatch(r"_+ (.+?) _+", line):
            operation = heading[1]
        elif finding := re.match(r"- (ST\d+) ", line):
            yield operation, finding[1]
