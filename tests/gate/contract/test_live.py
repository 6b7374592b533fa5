"""The contract that a service shows, held against ours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from starlette.responses import PlainTextResponse, Response

from tandem.gate.contract.live import bound, published
from tandem.gate.service.given import Given
from tandem.gate.service.serving import served
from tandem.kit.contract import Contract, load_contract
from tandem.local.trouble import Trouble
from tests.gate.notices import door
from tests.gate.strange_servers import mortal, saying
from tests.gate.world import Project


@pytest.fixture
def ours(notices: Project) -> Contract:
    return load_contract(notices.contract)


def _changed(document: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**document, **more}


def test_same_contract_is_no_finding(ours: Contract) -> None:
    with served(door(ours.document)) as url:
        assert published(Given(url, {}), ours) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"webhooks": {}}, "/webhooks is only there"),
        ({"openapi": "3.1.1"}, "at /openapi it says '3.1.1' where ours says '3.1.0'"),
        ({"tags": []}, "at /tags it says '[]' where ours says"),
    ],
)
def test_first_difference_is_named(ours: Contract, more: dict[str, Any], said: str) -> None:
    with served(door(_changed(ours.document, **more))) as url:
        found = published(Given(url, {}), ours)
    assert len(found) == 1
    assert found[0].title.startswith("The service runs with another contract: ")
    assert said in found[0].title
    assert found[0].replay == f"curl {url}/openapi.json"


def test_part_that_is_missing_there_is_only_here(ours: Contract) -> None:
    document = {key: value for key, value in ours.document.items() if key != "tags"}
    with served(door(document)) as url:
        assert "/tags is only here" in published(Given(url, {}), ours)[0].title


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (PlainTextResponse("hello"), "answers 200 (text/plain)"),
        (Response(b"[]", media_type="application/json"), "answers 200 (application/json)"),
        (Response(b"{}", 404), "answers 404 (no content type)"),
    ],
)
def test_service_that_shows_no_contract_is_told(ours: Contract, answer: Response, said: str) -> None:
    with served(door(answer)) as url:
        found = published(Given(url, {}), ours)
    assert [one.title for one in found] == [f"The service does not show its contract: GET /openapi.json {said}."]


def test_operation_without_a_door_is_named_with_a_line_to_try(ours: Contract) -> None:
    with served(door(ours.document, "/v1/notices/1")) as url:
        found = bound(Given(url, {}), ours)
    assert [one.where for one in found] == ["GET /v1/notices/{notice_id}"]
    assert found[0].replay == f"curl -i -X GET {url}/v1/notices/1"


def test_operation_that_is_open_may_say_itself_that_there_is_no_such_thing(ours: Contract) -> None:
    open_to_all = replace(ours, operations=tuple(replace(one, scopes=None) for one in ours.operations))
    with served(door(ours.document, "/v1/notices/1", said="/problems/notice-not-found")) as url:
        assert bound(Given(url, {}), open_to_all) == []
        assert len(bound(Given(url, {}), ours)) == 1
    with served(door(ours.document, "/v1/notices/1")) as url:
        assert len(bound(Given(url, {}), open_to_all)) == 1


def test_service_that_breaks_off_is_trouble(ours: Contract) -> None:
    with mortal(ours.document, 0) as url, pytest.raises(Trouble, match="POST /v1/notices is not answered"):
        bound(Given(url, {}), ours)
    with saying(b"garbage") as url, pytest.raises(Trouble, match="is not HTTP"):
        published(Given(url, {}), ours)
