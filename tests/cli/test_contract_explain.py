import json
import shutil
from pathlib import Path

import pytest

from tandem.cli.console import out as terminal
from tests.architecture.project import ROOT
from tests.command_line import CommandLine, command_line
from tests.spec.garbage import sound


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "pets.json").write_text(json.dumps(sound()))
    return tmp_path


@pytest.fixture
def tandem(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    monkeypatch.chdir(project)

    return command_line(capsys, "contract")


def test_explanation_is_markdown_in_a_pipe(tandem: CommandLine) -> None:
    code, out, err = tandem("explain", "card")
    assert (code, err) == (0, "")
    assert out.startswith("# Cards\n\nThe cards of an account,")
    assert "- **Card frozen**: An electrician could not find her card" in out


def test_explanation_is_laid_out_on_a_terminal(tandem: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_force_terminal", True)
    code, out, _ = tandem("explain", "card")
    assert (code, "# Cards" in out, "**" in out, "Cards" in out) == (0, False, False, True)


def test_explanation_is_plain_text_when_asked(tandem: CommandLine) -> None:
    assert tandem("explain", "card", "--format", "text")[1].startswith("Cards\n=====\n")


def test_explanation_is_one_file_of_html_that_asks_for_nothing_else(tandem: CommandLine, project: Path) -> None:
    contract = project / "contracts/card/openapi.yaml"
    contract.write_text(contract.read_text().replace("summary: List cards", "summary: List <script> cards & more"))
    assert tandem("explain", "card", "--format", "html", "--output", "card.html") == (0, "Wrote card.html.\n", "")
    page = (project / "card.html").read_text()
    assert page.startswith("<!doctype html>")
    assert '<li><a href="#part-2">What can be done</a></li>' in page
    assert '<h2 id="part-2">What can be done</h2>' in page
    assert "<strong>Card frozen:</strong>" in page
    assert "src=" not in page
    assert "<script" not in page
    assert "List cards &amp; more" in page


def test_explanation_is_data_for_machines(tandem: CommandLine) -> None:
    told = json.loads(tandem("explain", "card", "--json")[1])
    assert told["title"] == "Cards"
    assert told["groups"][0]["actions"][0]["title"] == "Issue a card for an account"


def test_foreign_file_is_explained_without_our_stories(tandem: CommandLine) -> None:
    code, out, _ = tandem("explain", "pets.json")
    assert (code, "# Pets" in out, "stories" in out) == (0, True, False)


def test_only_one_area_is_told_and_one_that_is_not_there_is_said(tandem: CommandLine) -> None:
    assert "Add a person" not in tandem("explain", "customer", "--about", "customers")[1]
    code, _, err = tandem("explain", "customer", "--about", "loans")
    assert (code, err) == (
        1,
        "Nothing in openapi.yaml is about 'loans'. There are: Customers, Contact persons, Contact.\n",
    )


def test_what_cannot_be_read_is_trouble(tandem: CommandLine, project: Path) -> None:
    (project / "list.json").write_text("[1]")
    for command in ("explain", "bundle"):
        code, out, err = tandem(command, "list.json")
        assert (code, out) == (2, "")
        assert err.endswith("list.json:1: is not an OpenAPI document: its top level must be an object\n")


def test_foreign_file_is_bundled_from_its_parts(tandem: CommandLine, project: Path) -> None:
    document = sound(components={"schemas": {"Pet": {"$ref": "pet.yaml"}}})
    (project / "pets.json").write_text(json.dumps(document))
    (project / "pet.yaml").write_text("type: string")
    code, out, _ = tandem("bundle", "pets.json", "--json")
    assert (code, json.loads(out)["components"]) == (0, {"schemas": {"Pet": {"type": "string"}}})


def test_reference_that_leads_nowhere_keeps_it_from_being_bundled(tandem: CommandLine, project: Path) -> None:
    (project / "pets.json").write_text(json.dumps(sound(components={"schemas": {}})))
    code, out, err = tandem("bundle", "pets.json")
    assert (code, out) == (1, "")
    assert err == "pets.json:1: $ref '#/components/schemas/Pet' leads nowhere: check the spelling.\n"
