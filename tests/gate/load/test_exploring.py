"""What exists is found by asking: with ids of the contract's examples, and with those that lists show."""

from __future__ import annotations

from typing import Any

import pytest

from tandem.gate.load.exploring import explore, grouped, rows
from tandem.gate.service.serving import served
from tandem.kit.contract import Contract, load_contract
from tandem.local.postgres import free_port
from tandem.local.trouble import Trouble
from tests.gate.load.notice_service import LISTING, Notices
from tests.gate.world import Project

EXPORT = """\
  /v1/exports:
    get:
      operationId: exportNotices
      summary: Export notices
      tags: [notices]
      security: [{token: ['contact:read']}]
      parameters:
        - {name: notice_id, in: query, required: true, schema: {type: string}}
        - {name: words, in: query, schema: {type: string}}
      responses: {'200': {description: A file., content: {text/csv: {schema: {type: string}}}}}
  /v1/readers/{reader_id}:
    get:
      operationId: getReader
      summary: Read a reader
      tags: [notices]
      security: [{token: ['contact:read']}]
      parameters: [{name: reader_id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: A reader.}}
components:
"""


def contract(project: Project, text: str) -> Contract:
    project.contract.write_text(text, "utf-8")
    return load_contract(project.contract)


def test_ids_of_the_examples_are_tried_where_there_is_no_list(notices: Project) -> None:
    with served(Notices().app()) as url:
        found = explore(load_contract(notices.contract), url, "t")
    assert [one.path for one in found.answered["getNotice"]] == ["/v1/notices/not_1", "/v1/notices/not_2"]


def test_ids_that_a_list_shows_come_first_and_eight_of_each_are_enough(notices: Project) -> None:
    service = Notices()
    with served(service.app()) as url:
        found = explore(contract(notices, LISTING), url, "secret")
    assert [one.path for one in found.answered["getNotice"]] == [f"/v1/notices/not_{nth}" for nth in range(1, 9)]
    assert found.answered["listNotices"][0].rows == 2
    assert {"notice_id": "not_8", "customer_id": "cus_0"} in found.records
    assert {headers["authorization"] for _, _, headers, _ in service.asked} == {"Bearer secret"}


def test_query_that_must_be_given_is_given_and_a_file_has_no_rows(notices: Project) -> None:
    async def answer(path: str, query: dict[str, str]) -> tuple[int, Any]:
        if path == "/v1/exports":
            return (200, [{"a": 1}]) if query == {"notice_id": "not_2"} else (404, {})
        return 404, {}

    with served(Notices(answer).app()) as url:
        found = explore(contract(notices, LISTING.replace("components:\n", EXPORT, 1)), url, "t")
    assert [(one.path, one.query) for one in found.answered["exportNotices"]] == [
        ("/v1/exports", {"notice_id": "not_2"})
    ]
    assert found.refused == {
        "listNotices": "it answers 404",
        "getNotice": "it answers 404",
        "getReader": "nobody knows a value for reader_id",
    }


def test_service_that_is_gone_is_trouble(notices: Project) -> None:
    with pytest.raises(Trouble, match="is not answered"):
        explore(load_contract(notices.contract), f"http://127.0.0.1:{free_port()}", "t")


@pytest.mark.parametrize(
    ("document", "count"),
    [(None, 0), ([1, 2], 0), ({"items": [{}, {"lines": [{}, {}]}]}, 4), ({"cards": {"items": [{}]}, "n": 1}, 1)],
)
def test_rows_are_counted_however_deep(document: Any, count: int) -> None:
    assert rows(document) == count


def test_what_belongs_to_one_customer_goes_together() -> None:
    records = [
        {"customer_id": "c1", "card_id": "1"},
        {"customer_id": "c2", "card_id": "2"},
        {"customer_id": "c1", "card_id": "3", "account_id": "a1"},
        {"option_id": "o"},
    ]
    assert grouped(records) == [
        {"customer_id": "c1", "card_id": "1", "account_id": "a1"},
        {"customer_id": "c2", "card_id": "2"},
    ]
    assert grouped([{"a_id": "1"}, {"a_id": "2", "b_id": "3"}]) == [{"a_id": "1", "b_id": "3"}]
    assert grouped([]) == []
