"""Services from contracts that others published: they start, and keep their contract but for what is written down."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tandem.gate.contract.stage import ContractStage
from tandem.gate.fuzzing.stage import SchemathesisStage
from tandem.gate.profiles import Profile
from tandem.gate.subject import Subject
from tandem.gate.verdict import Verdict
from tandem.kit.auth.jwks import StaticKeys
from tandem.local.issuer import LocalIssuer
from tandem.local.state import Home
from tandem.scaffold.adoption import adopted
from tandem.scaffold.service import Wish, new_service
from tandem.spec.document import assemble
from tests.architecture.project import ROOT
from tests.gate.world import judged_by, told
from tests.scaffold.checkout import checkout_in
from tests.scaffold.storage.desk import project_of, running
from tests.service_under_test import Databases

DOCUMENTS = ROOT / "tests" / "documents"


@pytest.fixture
def museum(tmp_path: Path) -> Iterator[Subject]:
    project = checkout_in(tmp_path / "project")
    (project / "services").mkdir()
    (project / "services" / "__init__.py").touch()
    home = Home(project / ".tandem", project)
    home.create()
    subject = Subject("museum", home, Profile.FULL)
    yield subject
    subject.close()


@pytest.mark.timeout(300)
def test_museum_keeps_its_contract_but_for_the_written_list(museum: Subject) -> None:
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


@pytest.mark.timeout(120)
async def test_large_contract_starts_and_what_is_not_built_says_so(
    tmp_path: Path, databases: Databases, issuer: LocalIssuer, keys: StaticKeys
) -> None:
    contract = tmp_path / "discord.json"
    contract.write_bytes(gzip.decompress((DOCUMENTS / "discord.json.gz").read_bytes()))
    made = project_of(tmp_path, "discord", adopted(assemble(contract), "discord", ()).data)
    unsupported = {one.operation_id for one in made.write().unsupported}
    operations = {one.id for one in made.contract.operations}
    assert (len(operations), len(unsupported) < 200, unsupported < operations) == (242, True, True)
    async with running(made, databases, issuer, keys) as service:
        assert (await service.get("/applications/@me")).json()["type"] == "/problems/not-built"
