"""The page as a whole: what it shows, to whom it belongs, and what hostile text can do on it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tandem.mock.documents import Files
from tests.mock.desk import HEALTHY, Desk, desk_of, files_source
from tests.mock.page.reading import PAGE, changed, page, part, plain

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def written(folder: Path, operations: int = 1, text: str = "See one") -> Path:
    """A document with this many operations and this text wherever text may stand."""
    paths: dict[str, Any] = {
        f"/v1/things{number}": {
            "get": {
                "operationId": f"getThing{number}",
                "summary": text,
                "description": text,
                "parameters": [{"name": text, "in": "query", "description": text, "schema": {"enum": [text]}}],
                "responses": {
                    "200": {
                        "description": text,
                        "content": {"application/json": {"examples": {text: {"value": {"name": text}}}}},
                    }
                },
            }
        }
        for number in range(operations)
    }
    file = folder / "things.json"
    file.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": text, "version": "1"}, "paths": paths}))
    return file


async def test_the_root_in_a_browser_leads_to_the_page(desk: Desk) -> None:
    answer = await desk.ask("GET", "/", accept="text/html,application/xhtml+xml,*/*;q=0.8")

    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert "Nothing was asked" in await page(desk)


async def test_the_root_for_a_program_is_where_nothing_is(desk: Desk) -> None:
    answer = await desk.ask("GET", "/", accept="application/json")

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_operations_stand_under_their_service(desk: Desk) -> None:
    shown = plain(await page(desk))

    services = re.search(r"customer 16 .* account 9 .* card 10 .* transaction 10 .* invoice 7", shown)
    assert services
    assert "POST / v1/ cards/ {card_id}/ freeze Freeze a card so that nobody can buy with it" in shown


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/"])
async def test_the_page_allows_nothing_inline_and_nothing_from_elsewhere(desk: Desk, path: str) -> None:
    answer = await desk.ask("GET", path)

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<[^>]+ (style|on\w+)=", answer.text)


async def test_assets_are_served_by_the_mock_and_kept_for_ever(desk: Desk) -> None:
    style = re.search(r'href="(/__tandem/page/web/tandem.css[^"]*)"', await page(desk))
    assert style
    answer = await desk.ask("GET", style[1])

    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert (await desk.ask("GET", f"{PAGE}/page/web/site.py")).status_code == 404


async def test_a_head_request_has_no_body(desk: Desk) -> None:
    answer = await desk.ask("HEAD", PAGE)
    assert (answer.status_code, answer.content) == (200, b"")


async def test_the_api_beside_the_page_answers_as_before(desk: Desk) -> None:
    assert (await desk.get(f"{PAGE}/health"))["status"] == "ok"
    assert (await desk.ask("POST", PAGE)).status_code == 404


async def test_a_broken_save_is_shown_with_file_line_and_reason(tmp_path: Path) -> None:
    file = written(tmp_path)
    async with desk_of(Files([file])) as desk:
        file.write_text('{\n  "openapi": "3.1.0",\n  "info": oops\n}')
        await desk.mock.look()
        broken = plain(await page(desk))

        assert "Last save is broken" in broken
        assert f"{file}:3 (line 3):" in broken
        assert "See one" in broken

        written(tmp_path, text="See another")
        await desk.mock.look()
        mended = plain(await page(desk))
        assert "Contracts good" in mended
        assert "See another" in mended


async def test_examples_that_break_the_contract_are_listed(tmp_path: Path) -> None:
    file = written(tmp_path, operations=30)
    document = json.loads(file.read_text())
    for item in document["paths"].values():
        item["get"]["responses"]["200"]["content"]["application/json"]["schema"] = {"type": "string"}
    file.write_text(json.dumps(document))
    async with desk_of(Files([file])) as desk:
        await desk.mock.find_wrong_examples(desk.mock.loaded)
        shown = plain(await page(desk))

    assert "30 examples break the contract" in shown
    assert "and 10 more" in shown


async def test_hostile_text_of_a_contract_stays_text(tmp_path: Path) -> None:
    async with desk_of(Files([written(tmp_path, text=HOSTILE)])) as desk:
        (operation,) = desk.mock.loaded.operations
        shown = await page(desk, f"?operation={operation.name}&q=thing")
        shown += await changed(desk, f"try/{operation.name}", {f"query.{HOSTILE}": HOSTILE})

    assert "alert(1)" in shown
    assert "<script>alert" not in shown
    assert "<img" not in shown


async def test_hostile_requests_stay_text_in_the_journal(desk: Desk) -> None:
    await desk.ask("GET", f"/v1/{HOSTILE}", accept=HOSTILE)
    await desk.ask("POST", "/v1/cards", {HOSTILE: HOSTILE}, idempotency_key="hostile-1")

    shown = await page(desk)
    for number in (1, 2):
        shown += await part(desk, f"entry/{number}")

    assert "alert(1)" in shown
    assert "<script>alert" not in shown
    assert "<img" not in shown


async def test_of_very_many_operations_some_are_shown_and_the_rest_is_found(tmp_path: Path) -> None:
    async with desk_of(Files([written(tmp_path, operations=1200)])) as desk:
        shown = await page(desk)
        assert shown.count('class="foldable operation"') == 1000
        assert "200 more: search for them." in shown

        found = await part(desk, "operations?q=getthing1199")
        assert found.count('class="foldable operation"') == 1
        assert "No operation has all of" in await part(desk, "operations?q=nosuch")


async def test_a_long_document_is_grouped_by_the_beginning_of_its_paths(tmp_path: Path) -> None:
    async with desk_of(Files([written(tmp_path, operations=61)])) as desk:
        assert "things / things60" in await page(desk)


async def test_a_document_without_named_examples_says_how_to_get_scenarios() -> None:
    async with desk_of(files_source("tictactoe.yaml")) as desk:
        assert "name no scenarios" in await page(desk)


async def test_many_scenarios_are_a_list_to_choose_from(tmp_path: Path) -> None:
    file = written(tmp_path)
    document = json.loads(file.read_text())
    answer = document["paths"]["/v1/things0"]["get"]["responses"]["200"]["content"]["application/json"]
    answer["examples"] = {f"s{number}": {"value": {}} for number in range(20)}
    document["paths"] = {"/v1/things/{id}": document["paths"]["/v1/things0"]}
    file.write_text(json.dumps(document))
    async with desk_of(Files([file])) as desk:
        assert "<option>s19</option>" in await page(desk)


async def test_a_link_with_a_scenario_opens_that_state(desk: Desk) -> None:
    shown = await page(desk, "?scenario=overdue")

    assert "Scenario: overdue" in shown
    assert "http://localhost:4010/__tandem?scenario=overdue" in shown
    assert (await desk.get("/v1/invoices"))["items"][0]["status"] == "overdue"
    assert "No scenario" in await page(desk, "?scenario=")


async def test_a_link_with_an_unknown_scenario_says_so_and_changes_nothing(desk: Desk) -> None:
    answer = await desk.ask("GET", f"{PAGE}?scenario=overdu")

    assert answer.status_code == 400
    assert "Did you mean overdue?" in plain(answer.text)
    assert desk.mock.sessions.get("default").scenario is None


async def test_a_picture_on_another_page_chooses_no_scenario(desk: Desk) -> None:
    await desk.ask("GET", f"{PAGE}?scenario=overdue", sec_fetch_dest="image", sec_fetch_site="cross-site")

    assert desk.mock.sessions.get("default").scenario is None


async def test_each_session_has_a_page_of_its_own(desk: Desk) -> None:
    await page(desk, "?scenario=overdue", cookie="tandem_session=anna")

    assert "Scenario: overdue" in await page(desk, x_tandem_session="anna")
    assert "No scenario" in await page(desk, cookie="tandem_session=omar")


async def test_guests_from_other_machines_get_a_session_each(desk: Desk) -> None:
    guest = await desk.ask("GET", f"{PAGE}?scenario=overdue", host="devbox:4010")
    here = await desk.ask("GET", PAGE)

    name = re.match(r"tandem_session=(guest-[0-9a-f]{8}); Path=/;", guest.headers["set-cookie"])
    assert name
    assert desk.mock.sessions.get(name[1]).scenario == "overdue"
    assert "set-cookie" not in here.headers
    again = await desk.ask("GET", PAGE, host="devbox:4010", cookie=f"tandem_session={name[1]}")
    assert "set-cookie" not in again.headers


async def test_the_pulse_brings_only_what_changed(desk: Desk) -> None:
    seen = ",".join(":".join(pair) for pair in re.findall(r'id="(\w+)"[^>]*data-version="(\w+)"', await page(desk)))
    assert seen.count(":") == 5

    assert (await desk.ask("GET", f"{PAGE}/page/pulse?seen={seen}")).status_code == 204
    await desk.get(f"/v1/cards/crd_{HEALTHY}")
    brought = await part(desk, f"pulse?seen={seen}")

    assert re.findall(r'^<\w+ id="(\w+)"', brought, re.MULTILINE) == ["journal"]


async def test_what_is_not_there_is_said_on_the_page(desk: Desk) -> None:
    answer = await desk.ask("GET", f"{PAGE}/page/nosuch")

    assert answer.status_code == 404
    assert "There is no /__tandem/page/nosuch." in plain(answer.text)
    assert (await desk.ask("GET", f"{PAGE}/page/operation/card.getCardd")).status_code == 404
