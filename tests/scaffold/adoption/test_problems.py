"""What any service here may answer stands in an adopted contract, beside what its author says of errors."""

from __future__ import annotations

from pathlib import Path

import yaml

from tandem.kit.contract import load_contract
from tandem.scaffold.adoption import say_not_built
from tandem.spec.bundle import to_yaml
from tests.architecture.project import ROOT
from tests.scaffold.adoption.document import ANSWER, adopt, contract, operation

_JSON = {"application/json": {"schema": {"type": "object"}}}


def test_each_operation_has_the_problems_that_it_can_meet(tmp_path: Path) -> None:
    match = {"name": "If-Match", "in": "header", "schema": {"type": "string"}}
    change = {"parameters": [match], "requestBody": {"content": _JSON}, "security": [{"key": []}], "responses": ANSWER}
    id_ = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {"/pets": {"get": {"responses": ANSWER}}, "/pets/{id}": {"parameters": [id_], "put": change}}
    made = adopt(tmp_path, contract(paths))
    assert list(operation(made)["responses"]) == ["200", "400", "422", "500", "503", "504"]
    assert sorted(operation(made, "/pets/{id}", "put")["responses"]) == [
        "200", "400", "401", "403", "404", "409", "412", "413", "415", "422", "428", "500", "503", "504",
    ]  # fmt: skip


def test_error_that_its_author_describes_may_be_a_problem_as_well(tmp_path: Path) -> None:
    theirs = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Oops"}}, **_JSON}
    header = {"Retry-After": {"required": True, "schema": {"type": "integer"}}}
    busy = {"description": "Busy.", "headers": header, "content": theirs}
    components = {"responses": {"Busy": busy}, "schemas": {"Oops": {"type": "object"}}}
    answers = {**ANSWER, "503": {"$ref": "#/components/responses/Busy"}, "429": {"description": "Too many."}}
    paths = {"/pets": {"get": {"responses": answers}, "post": {"responses": answers}}}
    found = adopt(tmp_path, contract(paths, components=components)).data["components"]["responses"]["Busy"]
    shapes = found["content"]["application/problem+json"]["schema"]["anyOf"]
    assert [one["$ref"].rpartition("/")[2] for one in shapes] == ["Oops", "Problem"]
    assert found["content"]["application/json"] == _JSON["application/json"]
    assert "required" not in found["headers"]["Retry-After"]


def test_component_that_is_called_as_one_of_ours_gets_another_name(tmp_path: Path) -> None:
    problem = {"type": "object", "properties": {"cause": {"$ref": "#/components/schemas/Problem"}}}
    missing = {
        "description": "None.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    components = {"schemas": {"Problem": problem}, "responses": {"NotFound": missing}}
    answers = {**ANSWER, "404": {"$ref": "#/components/responses/NotFound"}}
    made = adopt(tmp_path, contract({"/pets": {"get": {"responses": answers}}}, components=components))
    target = tmp_path / "contracts" / "pet" / "openapi.yaml"
    target.parent.mkdir(parents=True)
    (tmp_path / "contracts" / "common").symlink_to(ROOT / "contracts" / "common")
    target.write_text(to_yaml(made.data), "utf-8")
    read = load_contract(target)
    assert read.document["components"]["schemas"].keys() == {"PetProblem", "Problem", "ProblemError"}
    answer = read.operations[0].responses[404]
    assert answer.content["application/json"] == {"$ref": "#/components/schemas/PetProblem"}


def test_what_is_not_built_is_said_until_it_is(tmp_path: Path) -> None:
    found = operation(adopt(tmp_path, contract({"/pets": {"get": {"responses": dict(ANSWER)}}})))
    say_not_built(found, "nobody knows how")
    assert yaml.safe_dump(found["responses"]["501"]).startswith("content:\n  application/problem+json:")
    assert found["responses"]["501"]["description"] == "Not built yet: nobody knows how."
    say_not_built(found)
    assert "501" not in found["responses"]
