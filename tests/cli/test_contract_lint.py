import json
import shutil
from pathlib import Path

import pytest

from tandem.kit.contract import read
from tests.architecture.project import ROOT
from tests.command_line import CommandLine, command_line
from tests.product import copy_contracts

FOREIGN = """\
openapi: 3.1.0
info: {title: Pets, version: '1'}
paths:
  /pets:
    get:
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
"""
LIST_CARDS = "GET /v1/cards (listCards):"
RULE = read(ROOT / "contracts" / "rules.yaml").data["rules"]["summaries-are-sentences"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copy_contracts(tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.fixture
def tandem(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    monkeypatch.chdir(project)

    return command_line(capsys, "contract", "lint")


def _spoil(path: Path, old: str, new: str) -> int:
    """The line that was changed."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text.split(old)[0].count("\n") + 1


def test_sound_contracts_are_one_line(tandem: CommandLine) -> None:
    assert tandem() == (0, "5 contracts: nothing found.\n", "")
    assert tandem("card") == (0, "1 contract: nothing found.\n", "")


def test_finding_says_file_line_operation_reason_and_fix(tandem: CommandLine, project: Path) -> None:
    line = _spoil(project / "contracts/card/openapi.yaml", "summary: List cards", "summary: list cards")
    code, out, err = tandem("card")
    assert (code, err) == (1, "1 error to mend.\n")
    assert out.splitlines()[:4] == [
        "contracts/card/openapi.yaml",
        "  error  summaries-are-sentences",
        f"    contracts/card/openapi.yaml:{line}  {LIST_CARDS} The summary “list cards” does not read like a sentence.",
        f"    {RULE['reason']} Fix: {RULE['fix']}",
    ]
    assert out.endswith("\n1 contract: 1 error.\n")


def test_finding_in_a_shared_file_is_told_once(tandem: CommandLine, project: Path) -> None:
    _spoil(project / "contracts/common/schemas.yaml", "      description: The currency, by its ISO 4217 code.\n", "")
    code, out, _ = tandem("--json")
    findings = json.loads(out)["findings"]
    assert [(one["rule"], Path(one["file"]).name) for one in findings] == [("fields-are-described", "schemas.yaml")]
    assert findings[0].keys() == {"rule", "severity", "file", "line", "operation", "message", "reason", "fix"}
    assert (code, json.loads(out)["count"]) == (1, {"error": 1})


def test_warnings_and_notes_do_not_fail(tandem: CommandLine, project: Path) -> None:
    _spoil(
        project / "contracts/rules.yaml",
        "  summaries-are-sentences:\n    severity: error",
        "  summaries-are-sentences:\n    severity: note",
    )
    _spoil(project / "contracts/card/openapi.yaml", "summary: List cards", "summary: list cards")
    code, out, err = tandem("card")
    assert (code, err) == (0, "")
    assert "  note  summaries-are-sentences" in out
    assert out.endswith("1 contract: 1 note.\n")


def test_foreign_file_is_asked_house_rules_only_when_wished(tandem: CommandLine, project: Path) -> None:
    (project / "pets.yaml").write_text(FOREIGN)
    code, out, _ = tandem("pets.yaml")
    assert code == 1
    assert "    pets.yaml:7  GET /pets: $ref '#/components/schemas/Pet' leads nowhere: check the spelling.\n" in out
    assert out.endswith("House rules were not asked of pets.yaml; --house asks them.\n")
    _, out, _ = tandem("pets.yaml", "--house")
    assert "There is no operationId." in out
    assert "House rules" not in out


def test_file_of_a_service_is_that_service(tandem: CommandLine, project: Path) -> None:
    _spoil(project / "contracts/card/openapi.yaml", "summary: List cards", "summary: list cards")
    assert tandem("contracts/card/openapi.yaml")[1] == tandem("card")[1]


def test_many_findings_are_cut_and_counted(tandem: CommandLine, project: Path) -> None:
    paths = "".join(f"  /p{n}: {{get: {{responses: {{'200': 5}}}}}}\n" for n in range(14))
    (project / "pets.yaml").write_text(FOREIGN.partition("paths:")[0] + "paths:\n" + paths)
    _, out, _ = tandem("pets.yaml")
    assert "    and 4 more; --all shows them\n" in out
    _, out, _ = tandem("pets.yaml", "--all")
    assert "more; --all" not in out
    assert out.count("    pets.yaml:") == 14


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1, 2]", "pets.yaml:1: is not an OpenAPI document: its top level must be an object"),
        ("openapi: 3.1.0\nopenapi: 3.1.0\n", "pets.yaml:2: `openapi` stands twice in one object"),
        ("a: [", "pets.yaml:2: is not valid YAML"),
        ("swagger: '2.0'", "is Swagger 2.0"),
    ],
)
def test_what_cannot_be_read_is_trouble(tandem: CommandLine, project: Path, text: str, said: str) -> None:
    (project / "pets.yaml").write_text(text)
    code, out, err = tandem("pets.yaml")
    assert (code, out) == (2, "")
    assert said in err


def test_missing_file_broken_rules_and_broken_manifest_are_trouble(tandem: CommandLine, project: Path) -> None:
    assert tandem("nope.yaml") == (2, "", "nope.yaml: there is no such file.\n")
    _spoil(project / "contracts/rules.yaml", "severity: error", "severity: fatal")
    code, _, err = tandem("card")
    assert (code, "has the severity 'fatal'" in err) == (2, True)
    (project / "contracts/manifest.yaml").write_text("services: 5")
    code, _, err = tandem()
    assert (code, "must name the contract of each" in err) == (2, True)


def test_contract_that_breaks_the_manifest_is_still_linted(tandem: CommandLine, project: Path) -> None:
    _spoil(project / "contracts/card/openapi.yaml", "operationId: issueCard", "operationId: listCards")
    code, out, _ = tandem("card")
    assert code == 1
    assert "No service or mock can be made from this" in out
    assert "listCards" in out


def test_name_that_is_nearly_right_is_suggested(tandem: CommandLine) -> None:
    assert tandem("crad") == (1, "", "There is no service or file 'crad'. Did you mean `card`?\n")


def test_deep_nesting_is_no_traceback(tandem: CommandLine, project: Path) -> None:
    for levels, code, said in (
        (130, 1, "nested more than 120 levels deep"),
        (250, 2, "is nested too deeply to be read"),
    ):
        deep = "{items: " * levels + "{}" + "}" * levels
        (project / "pets.yaml").write_text(FOREIGN + f"components: {{schemas: {{Pet: {deep}}}}}\n")
        found, out, err = tandem("pets.yaml")
        assert (found, said in out + err) == (code, True)
