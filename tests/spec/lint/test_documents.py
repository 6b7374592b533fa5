"""Any OpenAPI document is linted, however broken; whoever wrote it reads where and why."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from tandem.spec.lint import Finding, lint_file, read_rules
from tests.spec.garbage import PLACES, sound, spoiled

RULES = read_rules(Path(__file__).parents[3] / "contracts" / "rules.yaml")


@pytest.fixture
def lint(tmp_path: Path) -> Callable[..., list[Finding]]:
    def lint(document: Any, *, house: bool = False) -> list[Finding]:
        path = tmp_path / "pets.json"
        path.write_bytes(orjson.dumps(document))
        return lint_file(path, RULES, house=house)

    return lint


Lint = Callable[..., list[Finding]]


def test_sound_document_of_somebody_else_is_clean_and_breaks_our_house_rules(lint: Lint) -> None:
    assert lint(sound()) == []
    assert {one.rule for one in lint(sound(), house=True)} >= {"scopes-are-named", "summaries-are-sentences"}


def test_children_of_a_discriminator_count_as_used(lint: Lint) -> None:
    pet = {"type": "object", "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}}
    dog = {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"$ref": "#/components/schemas/Bone"}]}
    schemas = {
        "Pet": pet,
        "Cat": {"type": "object"},
        "Dog": dog,
        "Bone": {"type": "object"},
        "Idle": {"type": "object"},
    }
    found = lint(sound(components={"schemas": schemas}))
    assert [(one.rule, one.message) for one in found] == [("components-are-used", "Nothing uses Idle of schemas.")]


def test_security_scheme_is_used_by_its_name(lint: Lint) -> None:
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "X"}, "idle": {"type": "http", "scheme": "basic"}}
    pet = {"schemas": {"Pet": {"type": "object"}}}
    found = lint(sound(components={**pet, "securitySchemes": schemes}, security=[{"key": []}]))
    assert [one.message for one in found] == ["Nothing uses idle of securitySchemes."]


def test_link_may_name_the_part_of_the_request(lint: Lint) -> None:
    document = sound()
    get = document["paths"]["/pets"]["get"]
    get["parameters"] = [{"name": "id", "in": "query", "schema": {}}]
    links = {
        "again": {"operationId": "listPets", "parameters": {"query.id": "$response.body#/id"}},
        "odd": {"operationRef": "x"},
    }
    get["responses"]["200"]["links"] = links
    assert lint(document) == []


def test_words_are_left_alone_when_there_is_no_list(tmp_path: Path) -> None:
    rules = Path(__file__).parents[3] / "contracts" / "rules.yaml"
    text = rules.read_text()
    start = text.index("      words: [API")
    path = tmp_path / "rules.yaml"
    path.write_text(text[:start] + "      words: []\n" + text[text.index("  operations-are-named:") :])
    (tmp_path / "a.json").write_bytes(orjson.dumps(sound(info={"title": "API", "version": "1"})))
    found = lint_file(tmp_path / "a.json", read_rules(path), house=True)
    assert "words-are-plain" not in {one.rule for one in found}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("place", PLACES)
def test_wrong_kind_of_value_in_any_place_is_no_traceback(lint: Lint, place: str, version: str) -> None:
    for document in spoiled(place, version):
        for finding in lint(document, house=True):
            assert finding.message
            assert finding.place.line >= 1
