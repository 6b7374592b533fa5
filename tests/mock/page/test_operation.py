"""An operation on the page: a request that works as it stands, the answer, and the curl line."""

from __future__ import annotations

import html
import re
import shlex
from typing import Any

import pytest

from tandem.mock.documents import Files
from tandem.mock.engine import Engine
from tandem.mock.operations import Operation
from tests.mock.desk import HEALTHY, OVERDUE, Desk, contracts_source, desk_of, files_source
from tests.mock.page.reading import changed, page, part, plain, standing, status_of, submit

SHOP = """openapi: 3.0.0
info: {title: Shop, version: '1'}
paths:
  /v1/charges/{charge}:
    parameters: [{name: charge, in: path, required: true, schema: {type: string}}]
    post:
      operationId: updateCharge
      parameters:
        - {name: expand, in: query, schema: {type: array, items: {type: string}}}
        - {name: kind, in: query, required: true, schema: {type: string, enum: [big, small]}}
        - {name: X-Trace, in: header, examples: {one: {value: abc}}}
        - {name: a, in: query, schema: {type: string}}
        - {name: b, in: query, schema: {type: boolean}}
        - {name: c, in: query, schema: {type: string}}
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [amount, tags]
              properties: {amount: {type: integer, example: 5}, tags: {type: array}}
      responses:
        '200': {description: Done, content: {application/json: {schema: {type: object}}}}
"""


async def panel(desk: Desk, name: str, **headers: str) -> str:
    return await part(desk, f"operation/{name}", **headers)


def curl_of(shown: str) -> list[str]:
    found = re.search(r'-curl"[^>]*>(curl .*?)</pre>', shown, re.DOTALL)
    assert found
    return shlex.split(html.unescape(found[1]).replace("\\\n", " "))


async def test_every_operation_succeeds_as_it_stands(desk: Desk) -> None:
    """In an order in which nothing is gone before it is asked for."""
    refused = []
    for operation in desk.mock.loaded.operations:
        desk.mock.sessions.get("default").reset()
        form = standing(await panel(desk, operation.name))
        status = status_of(await changed(desk, f"try/{operation.name}", form))
        if status[0] != "2":
            refused.append((operation.name, status))

    assert refused == []


@pytest.mark.parametrize("scenario", ["healthy", "new_customer", "overdue", "card_frozen", "limit_reached"])
async def test_ids_are_those_of_the_scenario(desk: Desk, scenario: str) -> None:
    await submit(desk, "scenario", {"scenario": scenario})
    form = standing(await panel(desk, "card.getCard"))
    answer = await changed(desk, "try/card.getCard", form)

    primary = desk.mock.answering.stories.primary(desk.mock.loaded.resources.collections["/v1/cards"], scenario)
    assert form["path.card_id"] == primary
    assert f'"id": "{primary}"' in html.unescape(answer)
    assert scenario in plain(answer)


async def test_the_version_to_change_is_the_newest_of_this_session(desk: Desk) -> None:
    before = standing(await panel(desk, "customer.updateCustomer"))
    await changed(desk, "try/customer.updateCustomer", before)
    after = standing(await panel(desk, "customer.updateCustomer"))

    assert after["header.If-Match"] != before["header.If-Match"]
    assert status_of(await changed(desk, "try/customer.updateCustomer", before)) == "412 Precondition Failed"
    assert status_of(await changed(desk, "try/customer.updateCustomer", after)) == "200 OK"


async def test_what_was_deleted_is_not_proposed(desk: Desk) -> None:
    form = standing(await panel(desk, "customer.removeContactPerson"))
    assert status_of(await changed(desk, "try/customer.removeContactPerson", form)) == "204 No Content"

    assert standing(await panel(desk, "customer.getContactPerson"))["path.contact_person_id"] not in form.values()


async def test_each_send_makes_a_key_of_its_own(desk: Desk) -> None:
    form = standing(await panel(desk, "transaction.recordPurchase"))
    first = await changed(desk, "try/transaction.recordPurchase", form)
    second = await changed(desk, "try/transaction.recordPurchase", form)

    assert (status_of(first), status_of(second)) == ("201 Created", "201 Created")
    assert "idempotency-replayed" not in second


async def test_what_is_written_into_the_form_is_sent(desk: Desk) -> None:
    form = {"path.card_id": f"crd_{HEALTHY}", "body": '{"reason": "Gone"}', "headers": "X-Tandem-Scenario: healthy"}
    answer = await changed(desk, "try/card.freezeCard", form)

    assert '"status_reason": "Gone"' in html.unescape(answer)
    (entry,) = desk.mock.sessions.get("default").journal.entries()
    assert entry.ask.headers["x-tandem-scenario"] == "healthy"


async def test_a_refused_request_shows_the_problem(desk: Desk) -> None:
    answer = await changed(desk, "try/card.listCards", {"query.limit": "9999"})

    assert status_of(answer) == "422 Unprocessable Entity"
    assert "greater than the maximum" in plain(answer)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Fill in card_id"),
        ({"path.card_id": "x", "headers": "no header"}, "A header is of the form"),
        ({"path.card_id": "x", "headers": "X: \u00e9"}, "A header is of the form"),
        ({"path.card_id": "x", "headers": "Host: elsewhere"}, "cannot send the header Host"),
    ],
)
async def test_a_form_that_cannot_be_sent_says_why(desk: Desk, form: dict[str, str], said: str) -> None:
    answer = await submit(desk, "try/card.getCard", form, tandem_fragment="1")

    assert answer.status_code == 400
    assert said in plain(answer.text)


async def test_an_id_with_slashes_and_unicode_arrives_as_it_is(desk: Desk) -> None:
    answer = await changed(desk, "try/card.getCard", {"path.card_id": "a/b ö?#"})

    (entry,) = desk.mock.sessions.get("default").journal.entries()
    assert entry.ask.path_parameters == {"card_id": "a/b ö?#"}
    assert "v1/cards/a%2Fb%20%C3%B6%3F%23" in plain(answer)


async def test_the_curl_line_is_the_request_in_the_same_scenario_and_session(desk: Desk) -> None:
    await submit(desk, "scenario", {"scenario": "overdue"}, x_tandem_session="anna")
    words = curl_of(await panel(desk, "card.freezeCard", x_tandem_session="anna", host="localhost:4010"))

    assert words[:4] == ["curl", "-s", "-X", "POST"]
    assert words[4] == f"http://localhost:4010/v1/cards/crd_{OVERDUE}/freeze"
    assert {"X-Tandem-Session: anna", "X-Tandem-Scenario: overdue", "Content-Type: application/json"} <= set(words)
    assert words[-2] == "--data-raw"


async def test_a_curl_line_cannot_be_broken_out_of(desk: Desk) -> None:
    answer = await changed(desk, "try/card.getCard", {"path.card_id": "x", "headers": "X-A: '; rm -rf ~ #"})

    assert "X-A: '; rm -rf ~ #" in curl_of(answer)


async def test_an_answer_that_is_no_text_is_described(desk: Desk) -> None:
    form = standing(await panel(desk, "invoice.getInvoiceDocument"))
    answer = await changed(desk, "try/invoice.getInvoiceDocument", form)
    assert status_of(answer) == "200 OK"


async def test_an_operation_can_be_linked_to(desk: Desk) -> None:
    shown = await page(desk, "?operation=card.freezeCard")

    assert 'name="path.card_id"' in shown
    assert shown.count("Example answer") == 1
    assert "Example answer" not in await page(desk, "?operation=card.nosuch")


async def test_a_token_is_proposed_where_one_is_asked_for() -> None:
    async with desk_of(contracts_source(), auth=True) as desk:
        form = standing(await panel(desk, "card.listCards"))
        assert form["headers"] == "Authorization: Bearer any"
        assert status_of(await changed(desk, "try/card.listCards", form)) == "200 OK"
        assert status_of(await changed(desk, "try/card.listCards", {})) == "401 Unauthorized"


async def test_forms_and_lists_of_foreign_documents_are_sent_as_they_say(tmp_path: Any) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    async with desk_of(Files([tmp_path / "shop.yaml"])) as desk:
        shown = await panel(desk, "shop.updateCharge")
        form = standing(shown) | {"query.expand": "customer, refunds"}
        words = curl_of(await changed(desk, "try/shop.updateCharge", form))

    assert "5 more parameters" in plain(shown)
    assert 'placeholder="abc"' in shown
    assert words[4].endswith("?expand=customer&expand=refunds&kind=big")
    assert words[-1] == "amount=5"
    assert "Content-Type: application/x-www-form-urlencoded" in words


ODD = """openapi: 3.1.0
info: {title: Odd, version: '1'}
paths:
  /notes;$(id)/{what}/text:
    post:
      operationId: writeNote
      description: <p>Writes <b>a note</b> &amp; keeps it, if 1 < 2.</p>
      parameters:
        - {name: X-Name, in: header, required: true, example: Åsa}
        - {name: X-None, in: header, examples: {a: {}}}
      requestBody: {content: {text/plain: {example: Hello}}}
      responses: {'200': {description: Done, content: {text/plain: {}}}}
"""


async def test_what_a_document_leaves_open_is_filled_in_or_said(tmp_path: Any) -> None:
    (tmp_path / "odd.yaml").write_text(ODD)
    async with desk_of(Files([tmp_path / "odd.yaml"])) as desk:
        shown = await panel(desk, "odd.writeNote")
        form = standing(shown) | {"header.X-Name": "Asa", "body": "Hello"}
        answer = await changed(desk, "try/odd.writeNote", form)

    assert form["path.what"] == "what"
    assert "# A header is of the form `Name: value` in plain ASCII" in plain(shown)
    assert "The contract has no example." in plain(shown)
    assert "Writes a note & keeps it, if 1 < 2." in plain(shown)
    assert "'http://localhost:4010/notes;$(id)/what/text'" in html.unescape(answer)
    assert curl_of(answer)[-1] == "Hello"


@pytest.mark.parametrize("document", ["museum.yaml", "tictactoe.yaml", "uspto.yaml"])
async def test_operations_of_foreign_documents_can_be_tried(document: str, prism: Engine) -> None:
    async with desk_of(files_source(document), prism) as desk:
        for operation in _harmless(desk):
            form = standing(await panel(desk, operation.name))
            assert status_of(await changed(desk, f"try/{operation.name}", form))[0] == "2", operation.name


def _harmless(desk: Desk) -> list[Operation]:
    return [one for one in desk.mock.loaded.operations if one.method != "DELETE"]


async def test_the_page_of_a_large_document_is_small_and_quick() -> None:
    """Each operation opens by itself, so that the page does not grow with what they say."""
    async with desk_of(contracts_source()) as desk:
        shown = await page(desk)

    assert len(shown) / len(desk.mock.loaded.operations) < 1000
