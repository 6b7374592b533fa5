"""A service from nothing or from somebody's contract: what is written, what is refused, and what stays as it was."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tandem.draft import Interview, draft
from tandem.kit.contract import Contract
from tandem.local.trouble import Refused, Trouble
from tandem.scaffold.placing import Files
from tandem.scaffold.service import Plan, Wish, new_service
from tandem.scaffold.storage.written import Unsupported, Written, write_service
from tandem.spec.lint import lint_service, read_rules
from tandem.spec.manifest import load_manifest
from tests.architecture.project import ROOT
from tests.draft.desk import LOAN
from tests.scaffold.checkout import UNTESTED, checkout_in, contents

WISH = Wish("shipment", "Shipments", "team-shipments", "The mobile app")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Plan]:
    project = checkout_in(tmp_path_factory.mktemp("made"))
    before = contents(project)
    plan = new_service(project, WISH)
    assert plan is not None
    assert {path for path in contents(project).keys() - before.keys() if (project / path).is_file()} == set(plan.new)
    return project, plan


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return checkout_in(tmp_path)


def nothing(name: str, contract: Contract) -> Written:
    """Somebody who can write no operation, and takes no time for it."""
    reason = "It's not derivable:\nnobody knows how."
    unsupported = tuple(Unsupported(one.id, reason) for one in contract.operations)
    return Written({f"services/{name}/handlers.py": '"""Nothing."""\n'}, unsupported)


def test_a_service_from_nothing_has_all_that_the_five_have(made: tuple[Path, Plan]) -> None:
    project, plan = made
    theirs = {path.relative_to(ROOT / "services/card") for path in (ROOT / "services/card").glob("*.*")}
    own = {path.relative_to(project / "services/shipment") for path in (project / "services/shipment").glob("*.*")}
    assert theirs - own <= {Path("rules.py")}
    assert (project / "services/shipment/migrations/seed.sql").exists()
    assert (project / "tests/services/shipment/test_schemathesis.py").exists()
    assert plan.unsupported == ()
    assert plan.operations == ("registerShipment", "listShipments", "getShipment", "updateShipment", "removeShipment")


def test_it_is_in_the_manifest_and_has_owners(made: tuple[Path, Plan]) -> None:
    project, plan = made
    service = load_manifest(project / "contracts").services["shipment"]
    assert (service.owner, service.audience, service.contract.title) == (
        "team-shipments",
        "The mobile app",
        "Shipments",
    )
    assert "/services/shipment/ @tandem/team-shipments\n" in (project / ".github/CODEOWNERS").read_text()
    assert plan.changed == (Path("contracts/manifest.yaml"),)


def test_its_contract_keeps_every_rule(made: tuple[Path, Plan]) -> None:
    contracts = made[0] / "contracts"
    assert lint_service("shipment", contracts, read_rules(contracts / "rules.yaml")) == []


def test_the_plan_counts_the_lines_of_each_file(made: tuple[Path, Plan]) -> None:
    project, plan = made
    assert plan.lines == {path: (project / path).read_text().count("\n") for path in (*plan.new, *plan.changed)}


def test_nothing_is_left_of_the_making(made: tuple[Path, Plan]) -> None:
    assert not (made[0] / ".tandem").exists()


def test_state_that_was_there_stays(project: Path) -> None:
    (project / ".tandem").mkdir()
    assert new_service(project, WISH, lambda _: False, nothing) is None
    assert list((project / ".tandem").iterdir()) == []


def test_drafted_contract_is_taken_with_its_references(project: Path) -> None:
    (project / "idea.md").write_text(LOAN)
    everything = Interview({}, lambda question: question.proposal)
    drafted = draft(project / "idea.md", project / "contracts", None, everything).path
    plan = new_service(project, Wish("loan", "", "team-loans", "Everybody", drafted))
    assert plan is not None
    assert plan.unsupported == ()
    text = (project / "contracts/loan/openapi.yaml").read_text()
    assert "'../common/schemas.yaml#/components/schemas/Money'" in text
    assert text.replace("../common", "../../contracts/common") == drafted.read_text()


def test_operations_that_nobody_can_derive_are_written_down(project: Path) -> None:
    plan = new_service(project, WISH, writer=nothing)
    assert plan is not None
    listed = (project / "tests/architecture/untested-operations.yaml").read_text()
    assert listed.startswith(UNTESTED)
    assert yaml.safe_load(listed) == {
        f"shipment.{one}": "It's not derivable: nobody knows how." for one in plan.operations
    }


def test_plan_that_is_not_agreed_to_changes_nothing(project: Path) -> None:
    before = contents(project)
    assert new_service(project, WISH, lambda plan: Path("services/shipment/app.py") not in plan.new, nothing) is None
    assert contents(project) == before


class _FullDisk(Files):
    def move(self, file: Path, target: Path) -> None:
        if target.name == "test_schemathesis.py":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        super().move(file, target)


def test_disk_that_is_full_at_the_last_file_leaves_everything_as_it_was(project: Path) -> None:
    before = contents(project)
    with pytest.raises(OSError, match="No space left on device"):
        new_service(project, WISH, writer=nothing, files=_FullDisk())
    assert contents(project) == before


def _broken(text: str) -> Mapping[str, str]:
    return {"services/shipment/handlers.py": text}


@pytest.mark.parametrize(
    ("writer", "said"),
    [
        (lambda *_: (_ for _ in ()).throw(KeyboardInterrupt), None),
        (lambda *_: Written(dict(_broken("import os\n")), ()), "not in the style of the house:\n(.|\n)*handlers.py"),
    ],
)
def test_whatever_goes_wrong_while_it_is_made_leaves_everything_as_it_was(
    writer: object, said: str | None, project: Path
) -> None:
    before = contents(project)
    with pytest.raises((KeyboardInterrupt, Trouble), match=said):
        new_service(project, WISH, writer=writer)  # type: ignore[arg-type]
    assert contents(project) == before


OPERATION = {"operationId": "getLoan", "responses": {"200": {"description": "One."}}}


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ({}, r"^loan\.yaml:3: has no operations \(`paths`\), so there is nothing that a service could do$"),
        (
            {"/v1/cards": {"get": OPERATION}},
            r"loan\.yaml:\d+: /v1/cards already belongs to card \(contracts/card/openapi\.yaml\); choose another path$",
        ),
        (
            {"/v1/cards/loans": {"get": OPERATION}},
            r"loan\.yaml:\d+: /v1/cards/loans and /v1/cards\S* of card begin alike, and one service",
        ),
        ({"/v1/loans": {"get": {"operationId": "x"}}}, r"loan\.yaml:\d+: GET /v1/loans.*"),
    ],
)
def test_contract_that_cannot_be_served_is_refused_with_its_place(
    paths: dict[str, object], said: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    document = {"openapi": "3.1.0", "info": {"title": "Loans", "version": "0.1.0"}, "paths": paths}
    Path("loan.yaml").write_text(yaml.safe_dump(document, sort_keys=False, default_flow_style=None))
    before = contents(project)
    with pytest.raises(Refused, match=said):
        new_service(project, Wish("loan", "", "team-loans", "Everybody", Path("loan.yaml")))
    assert contents(project) == before


@pytest.fixture
def loans(project: Path) -> Path:
    """A drafted contract, in the style of the house."""
    (project / "idea.md").write_text(LOAN)
    everything = Interview({}, lambda question: question.proposal)
    return draft(project / "idea.md", project / "contracts", project, everything).path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "operationId: getLoan\n",
            "operationId: getCard\n",
            r"openapi\.yaml:\d+: getCard is an operation of loan and of",
        ),
        ("      summary: See a loan\n", "", "^The contract cannot be taken as it is:\n.*There is no summary"),
    ],
)
def test_contract_in_the_style_of_the_house_has_to_keep_it(
    old: str, new: str, said: str, loans: Path, project: Path
) -> None:
    text = loans.read_text()
    assert old in text
    linked = new.strip() or "operationId: getLoan"
    loans.write_text(text.replace(old, new).replace("operationId: getLoan,", f"{linked},"))
    before = contents(project)
    with pytest.raises(Refused, match=said):
        new_service(project, Wish("loan", "", "team-loans", "Everybody", loans))
    assert contents(project) == before


def test_contract_of_somebody_else_is_taken_as_it_is(project: Path) -> None:
    answer = {"description": "All.", "content": {"application/json": {"schema": {"type": "string", "nullable": True}}}}
    operation = {"operationId": "list-pets", "responses": {"200": answer, "default": answer}}
    link = {"links": {"one": {"operationId": "list-pets"}}}
    theirs = {"description": "Made.", **link}
    paths = {"/pets": {"get": operation, "post": {"operationId": "getCard", "responses": {"2XX": theirs}}}}
    document = {"openapi": "3.0.3", "info": {"title": "Pets", "version": "1.0"}, "paths": paths}
    (project / "pets.yaml").write_text(yaml.safe_dump(document))
    plan = new_service(project, Wish("pet", "", "team-pets", "Everybody", project / "pets.yaml"), writer=nothing)
    assert plan is not None
    assert plan.operations == ("listPets", "petGetCard")
    written = yaml.safe_load((project / "contracts/pet/openapi.yaml").read_text())
    get, post = written["paths"]["/pets"]["get"], written["paths"]["/pets"]["post"]
    assert written["openapi"] == "3.1.0"
    assert get["responses"]["200"]["content"]["application/json"]["schema"] == {"type": ["string", "null"]}
    assert [status for status in get["responses"] if status < "400"] == ["200"]
    assert get["responses"]["501"]["description"] == "Not built yet: It's not derivable: nobody knows how."
    assert post["responses"]["200"]["links"]["one"]["operationId"] == "listPets"
    assert get["x-slo"]
    contracts = project / "contracts"
    assert lint_service("pet", contracts, read_rules(contracts / "rules.yaml")) == []
    assert "    house_rules: false\n" in (contracts / "manifest.yaml").read_text()


def test_name_that_is_taken_is_refused_before_anything_is_made(project: Path) -> None:
    with pytest.raises(Refused, match="There is a service card already"):
        new_service(project, Wish("card", "", "", ""))


def test_checkout_without_a_template_says_so(project: Path) -> None:
    (project / "tandem/scaffold/template/changes.yaml").unlink()
    with pytest.raises(Refused, match="There is no template in"):
        new_service(project, WISH, writer=write_service)
