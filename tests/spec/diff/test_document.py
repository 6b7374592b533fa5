"""Documents that are broken in part are compared all the same, and what is broken is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tandem.kit.contract import ContractError
from tandem.spec.diff.document import Document
from tests.spec.diff.asking import Ask, Json, document, one_operation, with_answer, with_body


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("[1, 2]", "its top level must be an object", id="a list"),
        pytest.param("swagger: '2.0'", "is Swagger 2.0; convert it to OpenAPI 3 first", id="Swagger"),
        pytest.param("info: {title: T}", "`openapi: 3.x.y` is missing at the top", id="anything else"),
        pytest.param("openapi: 4.0.0", "`openapi: 3.x.y` is missing at the top", id="another OpenAPI"),
    ],
)
def test_what_is_no_openapi_3_cannot_be_compared(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ContractError, match=re.escape(reason)):
        Document(tmp_path / "a.yaml")


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("#/components/schemas/Nobody", "names nothing"),
        ("#/paths/0", "names nothing"),
        ("nowhere.yaml#/A", "cannot be read: there is no such file"),
    ],
)
def test_reference_that_cannot_be_followed_is_named_with_its_line(ask: Ask, reference: str, reason: str) -> None:
    broken = with_body({"$ref": reference})
    found = ask.diff(broken, broken)
    assert found.findings == []
    (defect,) = found.defects
    assert str(defect).endswith(f"revision.json:1: $ref '{reference}' {reason}")


def test_defect_of_both_documents_is_told_once_and_one_of_the_base_too(ask: Ask) -> None:
    broken = with_body({"$ref": "#/components/schemas/Nobody"})
    assert len(ask.diff(broken, with_body({})).defects) == 1


def test_references_that_lead_in_a_circle_lead_nowhere(ask: Ask) -> None:
    circle: Json = {"a": {"$ref": "#/components/parameters/b"}, "b": {"$ref": "#/components/parameters/a"}}
    operation = {"parameters": [{"$ref": "#/components/parameters/a"}]}
    made = one_operation(operation, components={"parameters": circle})
    assert ask.documents(made, made) == []


def test_schema_that_contains_itself_is_compared(ask: Ask) -> None:
    def tree(**words: Json) -> Json:
        node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}, "name": words}}
        return with_body({"$ref": "#/components/schemas/Node"}, components={"schemas": {"Node": node}})

    assert ask.documents(tree(type="string"), tree(type="string")) == []
    found = ask.documents(tree(type="string"), tree(type="string", maxLength=3))
    assert found == [("maxLength-lowered", "breaking", "request")]


def test_schemas_that_contain_each_other_are_compared(ask: Ask) -> None:
    def pair(least: int) -> Json:
        first = {"type": "object", "properties": {"b": {"$ref": "#/components/schemas/B"}}}
        second = {
            "type": "object",
            "properties": {
                "a": {"$ref": "#/components/schemas/A"},
                "c": {"$ref": "#/components/schemas/C"},
                "b": {"$ref": "#/components/schemas/B"},
            },
        }
        third = {"type": "array", "minItems": least, "items": {"$ref": "#/components/schemas/A"}}
        return with_answer(
            {"$ref": "#/components/schemas/A"}, components={"schemas": {"A": first, "B": second, "C": third}}
        )

    assert ask.documents(pair(2), pair(1)) == [("minItems-lowered", "breaking", "response")]


def test_reference_to_another_file_is_relative_to_the_file_it_stands_in(ask: Ask) -> None:
    (ask.folder / "parts").mkdir()
    (ask.folder / "parts/card.yaml").write_text("Card: {$ref: './text.yaml'}\n")
    (ask.folder / "parts/text.yaml").write_text("type: string\n")
    made = with_body({"$ref": "parts/card.yaml#/Card"})
    assert ask.documents(made, with_body({"type": "string"})) == []
    assert ask.documents(made, with_body({"type": "integer"})) != []


@pytest.mark.parametrize(
    "schema", [7, "text", [], None, {"type": 7}, {"type": "strange"}, {"properties": [], "enum": 3}]
)
def test_schemas_of_another_kind_are_passed_by(ask: Ask, schema: Json) -> None:
    made = with_body(schema)
    assert ask.documents(made, made) == []
    assert [one for one in ask.documents(document(), made) if one[1] != "note"] == []


@pytest.mark.parametrize("bound", ["many", True, None, "Infinity"])
def test_bound_that_is_no_number_bounds_nothing(ask: Ask, bound: Json) -> None:
    assert ask.documents(with_body({"type": "number"}), with_body({"type": "number", "maximum": bound})) == []
