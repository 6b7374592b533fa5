"""What users of Prism asked for over the years and did not get, one test a wish."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from tandem.mock.documents import ContractsFolder, Files
from tandem.mock.engine import Engine
from tests.mock.desk import CONTRACTS, FROZEN, HEALTHY, OTHER, OVERDUE, Desk, desk_of, files_source

PATTERNED = """
openapi: 3.1.0
info: {title: Parcels, version: '1'}
paths:
  /parcels/{parcel_id}:
    get:
      operationId: getParcel
      parameters: [{name: parcel_id, in: path, required: true, schema: {type: string}}]
      responses:
        '200':
          description: A parcel.
          content:
            application/json:
              schema:
                type: object
                required: [parcel_id, barcode, weight, sent_on, note]
                properties:
                  parcel_id: {type: string}
                  barcode: {type: string, pattern: '^[A-Z]{2}[0-9]{9}SE$'}
                  weight: {type: integer, minimum: 7, maximum: 9}
                  share: {type: number, exclusiveMinimum: 0, maximum: 1}
                  sent_on: {type: string, format: date}
                  owner: {type: string, format: uuid}
                  note: {type: string, minLength: 12}
"""


async def test_prism_2026_what_i_store_is_there_changed_when_i_change_it_and_gone_when_i_remove_it(
    prism: Engine,
) -> None:
    event = {"name": "Lanterns", "location": "Roof", "eventDescription": "Dark.", "dates": ["2026-12-13"], "price": 12}
    async with desk_of(files_source("museum.yaml"), prism) as desk:
        path = f"/special-events/{(await desk.post('/special-events', event))['eventId']}"
        assert (await desk.get(path))["name"] == "Lanterns"

        assert (await desk.ask("PATCH", path, {"name": "Candles"})).status_code == 200
        assert (await desk.get(path))["name"] == "Candles"
        assert (await desk.get("/special-events"))[0]["name"] == "Candles"

        assert (await desk.ask("DELETE", path)).is_success
        assert (await desk.ask("GET", path)).status_code == 404


async def test_prism_2002_several_documents_are_served_by_one_mock(prism: Engine) -> None:
    async with desk_of(files_source("museum.yaml", "tictactoe.yaml", "uspto.yaml"), prism) as desk:
        statuses = [(await desk.ask("GET", path)).status_code for path in ("/museum-hours", "/board", "/")]

    assert statuses == [200, 200, 200]


async def test_prism_2390_what_i_delete_is_gone_when_i_get_it_again(desk: Desk) -> None:
    person = f"/v1/customers/cus_{HEALTHY}/contact-persons/per_{HEALTHY}"
    if (await desk.ask("GET", person)).status_code != 200:
        people = await desk.get(f"/v1/customers/cus_{HEALTHY}/contact-persons")
        person = f"/v1/customers/cus_{HEALTHY}/contact-persons/{people['items'][0]['id']}"

    statuses = [(await desk.ask(method, person)).status_code for method in ("GET", "DELETE", "GET")]

    assert statuses == [200, 204, 404]


async def test_prism_2626_each_id_has_its_own_answer(desk: Desk) -> None:
    """A request for a thing an example is about gets that example; any other id gets one like it."""
    names = [(await desk.get(f"/v1/accounts/acc_{one}"))["name"] for one in (HEALTHY, OVERDUE, FROZEN)]

    assert names == ["Bergström Bygg AB", "Nordic Kafé HB", "Elkraft i Lund AB"]
    assert (await desk.get(f"/v1/accounts/acc_{OTHER}"))["id"] == f"acc_{OTHER}"


@pytest.mark.parametrize("path", [
    "/v1/accounts/acc_{id}",
    "/v1/accounts/acc_{id}/overview",
    "/v1/balances/acc_{id}",
    "/v1/cards?account_id=acc_{id}",
    "/v1/transactions?account_id=acc_{id}",
])  # fmt: skip
async def test_the_id_i_ask_for_is_the_id_i_get(desk: Desk, path: str) -> None:
    body = (await desk.ask("GET", path.format(id=OTHER))).text

    assert f"acc_{OTHER}" in body
    assert set(re.findall(r"acc_[0-9a-z]{26}", body)) == {f"acc_{OTHER}"}


async def test_prism_1140_answers_can_be_slow(desk: Desk) -> None:
    began = time.monotonic()
    await desk.get("/v1/accounts", x_tandem_delay="80")

    assert time.monotonic() - began >= 0.08


async def test_a_cookie_chooses_the_scenario_so_that_code_of_the_app_inherits_it(desk: Desk) -> None:
    answer = await desk.ask("GET", "/v1/accounts", cookie="tandem_scenario=overdue")

    assert answer.json()["items"][0]["name"] == "Nordic Kafé HB"
    assert answer.headers["tandem-scenario"] == "overdue"


async def test_there_is_a_health_endpoint(desk: Desk) -> None:
    health = await desk.get("/__tandem/health")

    assert (health["status"], health["operations"]) == ("ok", len(desk.mock.loaded.operations))


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTRACTS, tmp_path / "contracts"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


async def test_prism_1503_a_broken_save_leaves_the_last_good_contract_answering(contracts: Path) -> None:
    async with desk_of(ContractsFolder(contracts)) as desk:
        contract = contracts / "account" / "openapi.yaml"
        good = contract.read_text(encoding="utf-8")
        contract.write_text(good + "\n  broken: [", encoding="utf-8")
        await desk.mock.look()

        answer = await desk.ask("GET", f"/v1/accounts/acc_{HEALTHY}")
        assert answer.status_code == 200
        assert re.fullmatch(
            r'last good; file=".*account/openapi\.yaml"; line=\d+; reason=".*"', answer.headers["tandem-contract"]
        )
        health = await desk.get("/__tandem/health")
        assert (health["status"], health["contract"]["good"]) == ("last good", False)

        contract.write_text(good.replace("Bergström Bygg AB", "Berg Bygg AB"), encoding="utf-8")
        await desk.mock.look()

        answer = await desk.ask("GET", f"/v1/accounts/acc_{HEALTHY}")
        assert answer.headers["tandem-contract"] == "ok"
        assert answer.json()["name"] == "Berg Bygg AB"


async def test_prism_2009_an_edit_to_a_referenced_file_counts(contracts: Path) -> None:
    async with desk_of(ContractsFolder(contracts)) as desk:
        edit(contracts / "common" / "parameters.yaml", "maximum: 100, default: 20", "maximum: 5, default: 2")
        await desk.mock.look()

        assert (await desk.ask("GET", "/v1/accounts?limit=50")).status_code == 422


async def test_prism_2009_an_example_in_a_file_of_its_own_counts_too(tmp_path: Path) -> None:
    (tmp_path / "book.json").write_text('{"id": "42", "title": "First"}')
    (tmp_path / "api.yaml").write_text("""
openapi: 3.0.3
info: {title: Books, version: '1'}
paths:
  /books/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        200: {description: ok, content: {application/json: {example: {$ref: book.json}}}}
""")
    async with desk_of(Files([tmp_path / "api.yaml"])) as desk:
        assert (await desk.get("/books/42"))["title"] == "First"
        (tmp_path / "book.json").write_text('{"id": "42", "title": "Second edition"}')
        await desk.mock.look()

        assert (await desk.get("/books/42"))["title"] == "Second edition"


async def test_values_obey_pattern_format_and_bounds(tmp_path: Path, prism: Engine) -> None:
    (tmp_path / "parcels.yaml").write_text(PATTERNED)
    async with desk_of(Files([tmp_path / "parcels.yaml"]), prism) as desk:
        body: dict[str, Any] = await desk.get("/parcels/p-1")

    assert body["parcel_id"] == "p-1"
    assert re.fullmatch("[A-Z]{2}[0-9]{9}SE", body["barcode"])
    assert 7 <= body["weight"] <= 9
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", body["sent_on"])
    assert len(body["note"]) >= 12
    assert 0 < body["share"] <= 1


async def test_documents_that_others_wrote_are_served_with_memory(prism: Engine) -> None:
    async with desk_of(files_source("museum.yaml"), prism) as desk:
        event = {
            "name": "Night of the lanterns",
            "location": "On the roof",
            "eventDescription": "Bring a lantern.",
            "dates": ["2026-12-13"],
            "price": 12,
        }
        made = await desk.post("/special-events", event)
        listed = await desk.get("/special-events")
        found = await desk.get(f"/special-events/{made['eventId']}")

    assert found == made
    assert found["name"] == "Night of the lanterns"
    assert listed[0] == made
