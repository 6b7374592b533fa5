"""`tandem new service` as people and machines see it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import yaml

from tandem.draft import Interview, draft
from tandem.spec.manifest import load_manifest
from tests.command_line import CommandLine, command_line
from tests.draft.desk import LOAN
from tests.scaffold.checkout import checkout_in, contents


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(checkout_in(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return tmp_path


@pytest.fixture
def tandem(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return command_line(capsys, "new", "service")


def test_person_at_a_terminal_is_asked_and_shown_what_will_be_written(
    project: Path, tandem: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("Shipments\nteam-parcels\n\ny\n"))
    code, said, _ = tandem("shipment")
    assert code == 0
    assert "Which team owns it, and reviews its changes? [team-shipment]:" in said
    assert "services/shipment/handlers.py " in said
    assert said.index("contracts/shipment/openapi.yaml ") < said.index("Write this? [Y/n]:")
    assert said.endswith("\nWrote shipment. Judge it: tandem gate shipment. Start it with the others: make up\n")
    service = load_manifest(project / "contracts").services["shipment"]
    assert (service.owner, service.audience) == ("team-parcels", "The support desk")
    assert service.contract.title == "Shipments"


def test_no_is_taken_for_no(project: Path, tandem: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("\n\n\nn\n"))
    before = contents(project)
    code, said, _ = tandem("shipment")
    assert (code, said.endswith("Nothing was written.\n")) == (0, True)
    assert contents(project) == before


def test_machines_get_the_plan_as_json(project: Path, tandem: CommandLine) -> None:
    Path("answers.yaml").write_text("owner: team-parcels\n")
    code, said, _ = tandem("shipment", "--answers", "answers.yaml", "--json")
    document = json.loads(said)
    assert (code, document["service"], document["written"]) == (0, "shipment", True)
    assert document["operations"][0] == "registerShipment"
    assert document["unsupported"] == document["unchecked"] == []
    assert document["changed"] == ["contracts/manifest.yaml"]
    assert all((project / path).exists() for path in document["new"])
    assert load_manifest(project / "contracts").services["shipment"].owner == "team-parcels"


def test_dry_run_only_shows(project: Path, tandem: CommandLine) -> None:
    before = contents(project)
    code, said, _ = tandem("shipment", "--dry-run")
    assert code == 0
    assert "contracts/manifest.yaml " in said
    assert "Wrote" not in said
    code, said, _ = tandem("shipment", "--dry-run", "--json")
    document = json.loads(said)
    assert (code, document["written"], document["changed"]) == (0, False, ["contracts/manifest.yaml"])
    assert contents(project) == before


def test_operations_that_nobody_can_derive_are_shown_with_their_reason(project: Path, tandem: CommandLine) -> None:
    (project / "idea.md").write_text(LOAN)
    path = draft(
        project / "idea.md", project / "contracts", project, Interview({}, lambda question: question.proposal)
    ).path
    document = yaml.safe_load(path.read_text())
    see = document["paths"]["/v1/loans/{loan_id}"]["get"]
    document["paths"]["/v1/loans/{loan_id}/score"] = {"get": {**see, "operationId": "scoreLoan", "summary": "Score it"}}
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    code, said, error = tandem("loan", "--contract", "openapi.yaml", "--dry-run")
    assert (code, error) == (0, "")
    assert "1 of 5 operations answer 501 until somebody writes them:" in said
    assert "  scoreLoan: " in said


def test_rules_that_nothing_checks_are_told_to_people_and_machines(project: Path, tandem: CommandLine) -> None:
    rules = (
        "### Rules\n\n- Only an applied loan can be approved\n- A customer can have at most three loans\n\n## Who may"
    )
    (project / "idea.md").write_text(LOAN.replace("## Who may", rules))
    draft(project / "idea.md", project / "contracts", project, Interview({}, lambda question: question.proposal))
    code, said, _ = tandem("loan", "--contract", "openapi.yaml", "--dry-run")
    assert code == 0
    told = "1 rule of the contract is not checked by anything until somebody writes that:\n"
    assert f"\n{told}  applyForLoan: A customer can have at most three loans\n" in said
    assert "Only an applied loan" not in said
    document = json.loads(tandem("loan", "--contract", "openapi.yaml", "--dry-run", "--json")[1])
    rule = "A customer can have at most three loans"
    assert document["unchecked"] == [{"operation": "applyForLoan", "about": None, "rule": rule}]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["card"], "There is a service card already. Choose another name, or `tandem add operation` to it."),
        (["Loan"], "'Loan' cannot be the name of a service"),
        (["loan", "--contract", "nowhere.yaml"], "nowhere.yaml: there is no such file"),
        (["loan", "--answers", "nowhere.yaml"], "nowhere.yaml: cannot be read as YAML"),
        (["loan", "--answers", "list.yaml"], "list.yaml: has no answers; write lines such as `owner: team-loans`."),
        (["loan", "--answers", "more.yaml"], "more.yaml: nobody asks for colour. There are: title, owner, audience."),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    arguments: list[str], said: str, project: Path, tandem: CommandLine
) -> None:
    Path("list.yaml").write_text("- a\n")
    Path("more.yaml").write_text("colour: red\n")
    before = contents(project)
    code, _, error = tandem(*arguments)
    assert code == 1
    assert said in error
    assert contents(project) == before
