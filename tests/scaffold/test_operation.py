"""A new operation gets its handler, SQL and test, in files that somebody has gone on writing."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest
import yaml

from tandem.draft import Interview, draft
from tandem.local.trouble import Refused
from tandem.scaffold.operation import Added, add_operation
from tandem.scaffold.service import Wish, new_service
from tandem.scaffold.storage.spoken import Spoken
from tests.draft.desk import LOAN
from tests.scaffold.checkout import checkout_in, contents

HANDLERS = Path("services/shipment/handlers.py")
REPOSITORY = Path("services/shipment/repository.py")
TESTS = Path("tests/services/shipment/test_shipments.py")
UNTESTED = Path("tests/architecture/untested-operations.yaml")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = checkout_in(tmp_path_factory.mktemp("whole"))
    assert new_service(project, Wish("shipment", "Shipments", "team-shipments", "Everybody")) is not None
    return project


@pytest.fixture
def project(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "project")


def drop(file: Path, *names: str) -> None:
    """As if nobody had written these functions yet."""
    text = file.read_text()
    lines = text.splitlines(keepends=True)
    found = [one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.AsyncFunctionDef) and one.name in names]
    for node in sorted(found, key=lambda one: -one.lineno):
        before = node.lineno - 1
        while not lines[before - 1].strip():
            before -= 1
        del lines[before : node.end_lineno]
    file.write_text("".join(lines))


def without(project: Path, handler: str, method: str, test: str) -> None:
    drop(project / HANDLERS, handler)
    drop(project / REPOSITORY, method)
    drop(project / TESTS, test)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("operation", "handler", "method", "test"),
    [
        ("removeShipment", "remove_shipment", "remove", "test_a_removed_shipment_is_gone"),
        ("updateShipment", "update_shipment", "update", "test_a_change_of_a_shipment_is_kept"),
    ],
)
def test_operation_that_follows_from_the_contract_is_written_as_it_would_have_been_at_once(
    operation: str, handler: str, method: str, test: str, project: Path, whole: Path
) -> None:
    without(project, handler, method, test)
    made = add_operation(project, operation)
    assert made == Added("shipment", operation, handler, (HANDLERS, REPOSITORY, TESTS))
    assert {path for path, text in contents(project).items() if text != contents(whole)[path]} == set()


def test_what_the_developer_wrote_stays(project: Path) -> None:
    without(project, "update_shipment", "update", "test_a_change_of_a_shipment_is_kept")
    own = '\n\nasync def _warn(name: str) -> None:\n    """Mine."""\n    del name\n'
    (project / HANDLERS).write_text((project / HANDLERS).read_text() + own)
    edit(project / REPOSITORY, "ORDER BY created_at DESC, id DESC", "ORDER BY created_at DESC,  id DESC -- mine")
    add_operation(project, "updateShipment")
    text = (project / HANDLERS).read_text()
    assert text.endswith(own)
    assert text.index("def get_shipment") < text.index("def update_shipment") < text.index("def remove_shipment")
    assert "created_at DESC,  id DESC -- mine" in (project / REPOSITORY).read_text()


def test_first_operation_of_the_contract_comes_first(project: Path) -> None:
    drop(project / HANDLERS, "register_shipment")
    add_operation(project, "registerShipment")
    text = (project / HANDLERS).read_text()
    assert text.index("def register_shipment") < text.index("def list_shipments")


def add_to_contract(project: Path, path: str, method: str, like: tuple[str, str], **words: str) -> None:
    file = project / "contracts/shipment/openapi.yaml"
    document = yaml.safe_load(file.read_text())
    operation = {**document["paths"][like[0]][like[1]], **words}
    document["paths"].setdefault(path, {})[method] = operation
    file.write_text(yaml.safe_dump(document, sort_keys=False))


ONE = "/v1/shipments/{shipment_id}"


def test_operation_that_nobody_can_derive_answers_501_and_is_written_down(project: Path) -> None:
    add_to_contract(project, f"{ONE}/score", "get", (ONE, "get"), operationId="scoreShipment", summary="Score it")
    made = add_operation(project, "scoreShipment")
    assert made.reason
    assert made.changed == (HANDLERS, UNTESTED)
    text = (project / HANDLERS).read_text()
    assert text.endswith(
        "async def score_shipment(call: Call[Peers], shipment_id: str) -> None:\n"
        '    del call, shipment_id\n    raise NotBuilt("scoreShipment")\n'
    )
    assert "from tandem.kit.problems import NotBuilt\n" in text
    assert yaml.safe_load((project / UNTESTED).read_text()) == {"shipment.scoreShipment": made.reason}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("class Shipments:", "class Parcels:", "there is no class Shipments here"),
        ("async def lock(", "async def hold(", "its repository has no lock"),
        ("async def count(", "async def remove(", "there is another remove here"),
    ],
)
def test_operation_for_which_the_service_has_gone_other_ways_is_left_to_its_developer(
    old: str, new: str, reason: str, project: Path
) -> None:
    without(project, "remove_shipment", "remove", "test_a_removed_shipment_is_gone")
    edit(project / REPOSITORY, old, new)
    before = (project / REPOSITORY).read_bytes()
    assert add_operation(project, "removeShipment").reason == reason
    assert (project / REPOSITORY).read_bytes() == before
    assert 'raise NotBuilt("removeShipment")' in (project / HANDLERS).read_text()


def test_rule_that_nothing_checks_is_told_and_stands_in_the_handler(project: Path) -> None:
    without(project, "remove_shipment", "remove", "test_a_removed_shipment_is_gone")
    rule = "A sent shipment cannot be removed"
    add_to_contract(project, ONE, "delete", (ONE, "delete"), description=f"It is gone for good. {rule}.")
    made = add_operation(project, "removeShipment")
    assert (made.reason, made.unchecked) == ("", (Spoken("removeShipment", rule),))
    assert (
        '    """Yet to be checked: A sent shipment cannot be removed."""\n    shipments = '
        in (project / HANDLERS).read_text()
    )


def test_rule_of_an_operation_that_answers_501_is_kept_by_nothing(tmp_path: Path) -> None:
    project = checkout_in(tmp_path)
    rules = "### Rules\n\n- Only an applied loan can be approved\n- Only support can approve\n\n## Who may"
    (project / "idea.md").write_text(LOAN.replace("## Who may", rules))
    everything = Interview({}, lambda question: question.proposal)
    contract = draft(project / "idea.md", project / "contracts", None, everything).path
    assert new_service(project, Wish("loan", "", "team-loans", "Everybody", contract)) is not None
    drop(project / "services/loan/handlers.py", "approve_loan")
    edit(project / "services/loan/repository.py", "async def approve(", "async def accept(")
    edit(project / "services/loan/repository.py", "class Loans:", "class Credits:")
    made = add_operation(project, "approveLoan")
    assert made.reason
    assert [one.rule for one in made.unchecked] == ["Only an applied loan can be approved"]
    said = '    """Yet to be checked: Only an applied loan can be approved."""\n    del call, loan_id\n'
    assert said in (project / "services/loan/handlers.py").read_text()


def test_something_new_to_keep_needs_a_migration_first(project: Path) -> None:
    add_to_contract(project, "/v1/shipments-sent", "get", ("/v1/shipments", "get"), operationId="listSentShipments")
    add_to_contract(project, "/v1/shipments-sent/{shipment_id}", "get", (ONE, "get"), operationId="getSentShipment")
    made = add_operation(project, "getSentShipment")
    assert "migration" in made.reason


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("getShipment", "getShipment has its handler already: get_shipment in services/shipment/handlers.py"),
        ("getShipmnt", "There is no operation 'getShipmnt'. Did you mean `getShipment`?"),
        ("getCard", "card has no code yet: there is no services/card/handlers.py"),
    ],
)
def test_operation_that_exists_or_does_not_is_refused(operation: str, said: str, project: Path) -> None:
    before = contents(project)
    with pytest.raises(Refused) as refused:
        add_operation(project, operation)
    assert said in str(refused.value)
    assert contents(project) == before
