"""Whatever somebody saves or sends: a clear sentence or correct behaviour, and the mock stays up."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from tandem.kit.contract import ContractError
from tandem.mock.documents import Files
from tandem.mock.engine import Engine
from tests.mock.desk import Desk, desk_of

HEAD = "openapi: 3.1.0\ninfo: {title: Things, version: '1'}\n"
LIST = "      responses: {'200': {description: ok}}\n"
THINGS = (
    HEAD
    + """
paths:
  /things:
    get:
      operationId: listThings
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      responses:
        '200':
          description: All of them.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Page'}
              example: {items: [{id: a, name: First}], total: 1, next_cursor: null}
    post:
      operationId: addThing
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
      responses:
        '201': {description: Made., content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
  /things/{thing_id}:
    parameters: [{name: thing_id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getThing
      responses:
        '200':
          description: One.
          content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}, example: {id: a, name: First}}}
    delete: {operationId: removeThing, responses: {'204': {description: Gone.}}}
components:
  schemas:
    Thing: {type: object, properties: {id: {type: string}, name: {type: string}}}
    Page:
      type: object
      properties:
        items: {type: array, items: {$ref: '#/components/schemas/Thing'}}
        total: {type: integer}
        next_cursor: {type: [string, 'null']}
"""
)


def write(folder: Path, text: str, name: str = "api.yaml") -> Files:
    (folder / name).write_text(text, encoding="utf-8")
    return Files([folder / name])


UNSERVABLE = [
    ("- just\n- a list\n", 1, "is not an OpenAPI document: its top level must be an object"),
    ("title: Something\n", 1, "it has no `openapi: 3.1.0` line"),
    ("swagger: '2.0'\npaths: {}\n", 1, "is Swagger 2.0; the mock reads OpenAPI 3.0 and 3.1"),
    ("info: {}\nopenapi: 4.0.0\npaths: {}\n", 2, "is OpenAPI 4.0.0; the mock reads 3.0 and 3.1"),
    (HEAD, 1, "has no paths, so there is nothing to serve"),
    (HEAD + "paths:\n\t/things: {}\n", 4, "is not valid YAML"),
    (HEAD + "paths: {things: {get: {}}}\n", 3, "`things` is not a path with operations under it"),
    (HEAD + "paths:\n  /a: {$ref: 'https://example.com/a.yaml'}\n", 4, "is on another host; keep a copy"),
    (HEAD + "paths:\n  /a: {$ref: 'gone.yaml'}\n", 4, "leads nowhere: gone.yaml there is no such file"),
    (HEAD + "paths:\n  /a: {$ref: '#/components/pathItems/A'}\n", 4, "leads nowhere: check the spelling"),
]


@pytest.mark.parametrize(("text", "line", "said"), UNSERVABLE)
def test_what_cannot_be_served_is_refused_with_file_line_and_reason(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    with pytest.raises(ContractError) as refused:
        write(tmp_path, text).load()

    assert refused.value.path == tmp_path / "api.yaml"
    assert refused.value.line == line
    assert said in refused.value.reason


@pytest.mark.parametrize(("text", "line", "said"), UNSERVABLE)
async def test_whatever_is_saved_over_a_good_document_the_good_one_answers_and_the_line_is_told(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    async with desk_of(write(tmp_path, THINGS)) as desk:
        write(tmp_path, text)
        await desk.mock.look()

        answer = await desk.ask("GET", "/things/a")
        assert answer.json() == {"id": "a", "name": "First"}
        assert f'file="{tmp_path}/api.yaml"; line={line}; reason="' in answer.headers["tandem-contract"]
        assert said in (await desk.get("/__tandem/health"))["contract"]["reason"]


def test_json_with_a_mistake_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(ContractError) as refused:
        write(tmp_path, '{\n "openapi": "3.1.0",\n "info": {\n', "api.json").load()

    assert refused.value.line == 4


def test_references_in_a_circle_are_refused(tmp_path: Path) -> None:
    text = HEAD + (
        "paths:\n  /a:\n    get:\n" + LIST + "components:\n  schemas:\n"
        "    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n"
    )
    with pytest.raises(ContractError, match="leads back to itself"):
        write(tmp_path, text).load()


async def test_a_recursive_schema_is_answered(tmp_path: Path, prism: Engine) -> None:
    text = (
        HEAD
        + """
paths:
  /tree:
    get:
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Node'}}}}
components:
  schemas:
    Node:
      type: object
      required: [name, children]
      properties:
        name: {type: string, pattern: '^n[0-9]+$'}
        parent: {$ref: '#/components/schemas/Node'}
        children: {type: array, items: {$ref: '#/components/schemas/Node'}}
"""
    )
    async with desk_of(write(tmp_path, text), prism) as desk:
        answer = await desk.ask("GET", "/tree")

    assert answer.status_code == 200, answer.text
    assert answer.json()["name"] == "n0"


async def test_references_between_files_that_lead_back_are_followed(tmp_path: Path) -> None:
    (tmp_path / "node.yaml").write_text(
        "type: object\nproperties: {next: {$ref: node.yaml}, of: {$ref: 'api.yaml#/components/schemas/Thing'}}\n"
    )
    text = THINGS.replace("    Page:", "    Node: {$ref: node.yaml}\n    Page:")
    async with desk_of(write(tmp_path, text)) as desk:
        assert (await desk.get("/things"))["total"] == 1


def test_two_documents_with_one_path_are_refused_naming_both(tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(THINGS)

    with pytest.raises(ContractError) as refused:
        Files([tmp_path / "one.yaml", tmp_path / "two.yaml"]).load()

    assert refused.value.path.name == "two.yaml"
    assert "GET /things already belongs to" in refused.value.reason
    assert "one.yaml" in refused.value.reason


async def test_an_example_that_breaks_its_schema_is_served_and_said(tmp_path: Path) -> None:
    async with desk_of(write(tmp_path, THINGS.replace("{id: a, name: First}}}", "{id: a, name: 5}}}"))) as desk:
        assert (await desk.ask("GET", "/things/b")).json() == {"id": "b", "name": 5}
        await desk.mock.find_wrong_examples(desk.mock.loaded)
        warnings = (await desk.get("/__tandem/health"))["contract"]["warnings"]

    assert len(warnings) == 1
    assert "GET /things/{thing_id}: the example of its 200 answer breaks its schema at /name" in warnings[0]


@pytest.mark.parametrize("thing_id", ["a/b", "ett två", "日本", "a%2Fb", "..", "?", "#x", "x" * 2000, "{id}"])
async def test_ids_with_slashes_and_unicode_are_ids(tmp_path: Path, thing_id: str) -> None:
    path = "/things/" + quote(thing_id, safe="").replace("..", "%2E%2E")
    async with desk_of(write(tmp_path, THINGS)) as desk:
        statuses = [(await desk.ask(method, path)).status_code for method in ("GET", "DELETE", "GET")]
        await desk.post("/__tandem/reset")

        assert statuses == [200, 204, 404]
        assert (await desk.get(path))["id"] == thing_id


async def test_ten_thousand_things_are_kept_and_listed(tmp_path: Path) -> None:
    async with desk_of(write(tmp_path, THINGS)) as desk:
        for number in range(10_000):
            await desk.post("/things", {"name": f"Thing {number}"})
        page = await desk.get("/things?limit=2")

        assert page["total"] == 10_001
        assert [one["name"] for one in page["items"]] == ["Thing 9999", "Thing 9998"]


@pytest.mark.parametrize("header", ["a b", "x" * 200, "é", "a;b"])
async def test_a_session_name_that_is_none_is_refused(desk: Desk, header: str) -> None:
    answer = await desk.client.get("/v1/accounts", headers=[(b"x-tandem-session", header.encode("latin-1"))])

    assert answer.status_code == 400


async def test_a_document_with_odd_corners_is_served(tmp_path: Path) -> None:
    """No operationId, an operation without responses, a `default` only, statuses as numbers, a path with two names."""
    text = (
        HEAD
        + """
servers: [{url: 'https://api.example.com/v2'}]
paths:
  /a: {get: {}}
  /b: {get: {responses: {default: {description: ok, content: {text/plain: {example: hello}}}}}}
  /c: {post: {responses: {202: {description: later}}}}
  /{owner}/{name}.git: {get: {responses: {'2XX': {description: ok, content: {'*/*': {schema: {type: string}}}}}}}
"""
    )
    async with desk_of(write(tmp_path, text)) as desk:
        asked = [("GET", "/a"), ("GET", "/b"), ("POST", "/c"), ("GET", "/v2/me/repo.git"), ("GET", "/me/repo")]
        answers = [await desk.ask(method, path) for method, path in asked]

    assert [one.status_code for one in answers] == [200, 200, 202, 200, 404]
    assert answers[1].text == "hello"
