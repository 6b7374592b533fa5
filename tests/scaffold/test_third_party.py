"""Services from contracts that others published: they start, and keep their contract but for what is written down."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import yaml

from tandem.gate.contract.stage import ContractStage
from tandem.gate.fuzzing.stage import SchemathesisStage
from tandem.gate.profiles import Profile
from tandem.gate.subject import Subject
from tandem.gate.verdict import Verdict
from tandem.local.state import Home
from tandem.scaffold.service import Wish, new_service
from tests.architecture.project import ROOT
from tests.gate.world import judged_by, told
from tests.scaffold.checkout import checkout_in

DOCUMENTS = ROOT / "tests" / "documents"


@contextmanager
def _subject(folder: Path, name: str) -> Iterator[Subject]:
    """A checkout in which such a service is to be made, and the gate's view of it."""
    project = checkout_in(folder / "project")
    (project / "services").mkdir()
    (project / "services" / "__init__.py").touch()
    home = Home(project / ".tandem", project)
    home.create()
    subject = Subject(name, home, Profile.FULL)
    try:
        yield subject
    finally:
        subject.close()


@pytest.mark.timeout(300)
def test_museum_keeps_its_contract_but_for_the_written_list(tmp_path: Path) -> None:
    with _subject(tmp_path, "museum") as museum:
        _judge_museum(museum)


def _judge_museum(museum: Subject) -> None:
    wish = Wish("museum", "", "team-others", "Everybody", DOCUMENTS / "museum.yaml")
    plan = new_service(museum.project, wish)
    assert plan is not None
    assert [one.operation_id for one in plan.unsupported] == ["getMuseumHours", "buyMuseumTickets", "getTicketCode"]
    assert [one.operation_id for one in plan.partly] == ["listSpecialEvents"]
    listed = yaml.safe_load((museum.project / "tests/architecture/untested-operations.yaml").read_text())
    assert listed.keys() == {f"museum.{one.operation_id}" for one in plan.unsupported}
    for stage in (ContractStage(), SchemathesisStage()):
        result = judged_by(museum, stage)
        assert result.verdict is Verdict.PASSED, told(result)


@pytest.mark.timeout(300)
def test_large_contract_starts_and_what_is_not_built_says_so(tmp_path: Path) -> None:
    with _subject(tmp_path, "discord") as subject:
        contract = subject.project / "discord.json"
        contract.write_bytes(gzip.decompress((DOCUMENTS / "discord.json.gz").read_bytes()))
        # By the command, which is not measured for coverage: that would take minutes.
        line = ["new", "service", "discord", "--contract", str(contract), "--yes", "--json"]
        plain = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
        made = subprocess.run(
            [sys.executable, "-m", "tandem.cli.main", *line],
            cwd=subject.project,
            env=plain,
            stdout=subprocess.PIPE,
            check=True,
        )
        plan = json.loads(made.stdout)
        assert (len(plan["operations"]), len(plan["unsupported"]) < 200) == (242, True)
        url = subject.running().url
        assert len(httpx.get(f"{url}/openapi.json").json()["paths"]) == 150
        support = {"Authorization": f"Bearer {subject.running().callers['support']}"}
        answer = httpx.get(f"{url}/applications/@me", headers=support)
        assert (answer.status_code, answer.json()["type"]) == (501, "/problems/not-built")
