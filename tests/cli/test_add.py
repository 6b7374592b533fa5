"""`tandem add operation` as people and machines see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tandem.scaffold.service import Wish, new_service
from tests.command_line import CommandLine, command_line
from tests.scaffold.checkout import checkout_in
from tests.scaffold.test_operation import HANDLERS, ONE, REPOSITORY, TESTS, add_to_contract, without


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(checkout_in(tmp_path))
    assert new_service(tmp_path, Wish("shipment", "Shipments", "team-shipments", "Everybody")) is not None
    return tmp_path


@pytest.fixture
def tandem(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return command_line(capsys, "add", "operation")


def test_what_was_written_is_said_and_a_second_time_refused(project: Path, tandem: CommandLine) -> None:
    without(project, "remove_shipment", "remove", "test_a_removed_shipment_is_gone")
    code, said, _ = tandem("removeShipment")
    assert (code, said.splitlines()) == (
        0,
        [f"Wrote {path}." for path in (HANDLERS, REPOSITORY, TESTS)],
    )
    code, _, error = tandem("removeShipment")
    assert (code, error.startswith("removeShipment has its handler already")) == (1, True)
    add_to_contract(project, f"{ONE}/score", "get", (ONE, "get"), operationId="scoreShipment")
    rule = "Only the last one can be ranked."
    add_to_contract(project, f"{ONE}/rank", "get", (ONE, "get"), operationId="rankShipment", description=rule)
    assert "\nscore_shipment answers 501 until you write it, since it does not" in tandem("scoreShipment")[1]
    document = json.loads(tandem("rankShipment", "--json")[1])
    assert (document["service"], document["handler"]) == ("shipment", "rank_shipment")
    assert document["unsupported"]
    assert document["unchecked"] == [{"operation": "rankShipment", "about": None, "rule": rule.removesuffix(".")}]
