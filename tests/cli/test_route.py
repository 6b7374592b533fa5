import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from tandem.cli.route import route
from tandem.local.gateway import Gateway, Instance, Placement, Ports
from tandem.local.trouble import Refused
from tests.architecture.project import SERVICES

PROJECT = Path(__file__).parents[2]
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("TANDEM_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(PROJECT)
    app = typer.Typer()
    app.command()(route)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_the_table_has_a_line_per_service_and_one_per_exception(run: Run) -> None:
    run("invoice", "mock")
    run("card.activateCard", "http://localhost:9000")
    lines = run().output.splitlines()
    assert [line.split()[-1] for line in lines if line.split()[0] == "invoice"] == ["mock"]
    assert [line.split() for line in lines if "activateCard" in line] == [
        ["card.activateCard", "POST", "/v1/cards/{card_id}/activate", "http://localhost:9000"]
    ]
    assert "card.getCard" not in run().output


def test_one_service_is_shown_with_all_its_operations(run: Run) -> None:
    assert "card.getCard" in run("card").output
    assert "invoice" not in run("card").output


def test_a_change_is_said_and_counts_from_the_next_start_when_nothing_runs(run: Run) -> None:
    said = run("invoice", "mock").output
    assert said.startswith("invoice (7 operations) now goes to mock.")
    assert said.endswith("The gateway is not running; it counts from the next start.\n")
    assert run("invoice.getInvoice", "live").output.startswith("invoice.getInvoice (1 operation) now goes to live.")


def test_reset_makes_everything_live_again(run: Run) -> None:
    run("invoice", "mock")
    assert run("--reset").output.startswith("Every operation goes to its service again.")
    assert {service["target"] for service in _json(run("--json"))["services"]} == {"live"}


def test_json_has_every_operation_with_its_target(run: Run) -> None:
    run("card.activateCard", "mock")
    document = _json(run("card", "--json"))
    assert (document["gateway"], document["running"]) == (None, False)
    [card] = document["services"]
    targets = {row["operation"]: row["target"] for row in card["operations"]}
    assert targets["card.activateCard"] == "mock"
    assert targets["card.getCard"] == "live"


def test_weights_share_a_service_between_running_versions(run: Run, tmp_path: Path) -> None:
    instances = (Instance("invoice", "1.0.0", 1, 2), Instance("invoice", "1.1.0", 3, 4))
    Gateway(tmp_path, []).prepare(Placement(Ports(8080, 1, 4010), instances))
    assert (
        "invoice is shared: 1.0.0=90,1.1.0=10." in run("invoice", "--weights", "1.0.0=90,1.1.0=10", "--sticky").output
    )
    [invoice] = _json(run("invoice", "--json"))["services"]
    assert invoice["versions"] == [{"version": "1.0.0", "weight": 90}, {"version": "1.1.0", "weight": 10}]
    assert "1.0.0 90 %, 1.1.0 10 %" in run().output
    assert "invoice goes to its stable version." in run("invoice", "--weights", "none").output
    [invoice] = _json(run("invoice", "--json"))["services"]
    assert [one["weight"] for one in invoice["versions"]] == [100, 0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["invoise", "mock"], "There is no service or operation 'invoise'. Did you mean `invoice`?"),
        (["card.activatecard", "mock"], "Did you mean `card.activateCard`?"),
        (["activateCard", "mock"], "Did you mean `card.activateCard`?"),
        (["payroll", "mock"], f"There are: {', '.join(SERVICES)}."),
        (["invoice", "moc"], "Did you mean `mock`?"),
        (["invoice", "ftp://x"], "neither `live`, `mock` nor an address"),
        (["invoise"], "Did you mean `invoice`?"),
        (["invoice", "--weights", "9.9.9=100"], "There is no running version of invoice '9.9.9'."),
        (["invoice", "--weights", "half"], "'half' is not of the form 1.0.0=90,1.1.0=10."),
        (["--weights", "1.0.0=1"], "Say of which service"),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest_name(run: Run, arguments: list[str], sentence: str) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, Refused)
    assert sentence in str(result.exception)


def _json(result: Result) -> Any:
    return json.loads(result.stdout)
