"""Examples are held against the schemas they stand beside, in both dialects."""

from pathlib import Path

import pytest

from tandem.spec.document import assemble
from tandem.spec.examples import example_complaints

HEAD = "openapi: {version}\ninfo: {{title: x, version: '1'}}\npaths:\n  /a:\n    get:\n"


def _complaints(tmp_path: Path, version: str, operation: str, components: str = "{}") -> list[tuple[str, str]]:
    path = tmp_path / "openapi.yaml"
    path.write_text(HEAD.format(version=version) + f"      {operation}\ncomponents: {components}\n")
    return list(example_complaints(assemble(path)))


def _media(media: str) -> str:
    return f"responses: {{'200': {{description: x, content: {{application/json: {media}}}}}}}"


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    ("media", "pointer"),
    [
        ("{schema: {type: object, properties: {a: {type: integer}}}, example: {a: x}}", "/example/a"),
        (
            "{schema: {$ref: '#/components/schemas/A'}, examples: {one: {value: 1}, two: {value: x}}}",
            "/examples/one/value",
        ),
        ("{schema: {type: string, example: 1}}", "/schema/example"),
        (
            "{schema: {$ref: '#/components/schemas/A'}, examples: {one: {$ref: '#/components/examples/E'}}}",
            "/components/examples/E/value",
        ),
    ],
)
def test_example_that_does_not_fit_is_named(tmp_path: Path, version: str, media: str, pointer: str) -> None:
    components = "{schemas: {A: {type: string}}, examples: {E: {value: 7}}}"
    ((found, said),) = _complaints(tmp_path, version, _media(media), components)
    assert found.endswith(pointer)
    assert said.startswith("the example does not fit its schema: ")


def test_examples_of_parameters_and_lists_of_examples_are_checked(tmp_path: Path) -> None:
    operation = "parameters: [{name: a, in: query, schema: {type: integer}, example: x}], responses: {}"
    text = "{schemas: {A: {type: string, examples: [good, 5]}}}"
    path = tmp_path / "openapi.yaml"
    path.write_text(
        "openapi: 3.1.0\ninfo: {title: x, version: '1'}\n"
        f"paths: {{/a: {{get: {{{operation}}}}}}}\ncomponents: {text}\n"
    )
    assert [pointer for pointer, _ in example_complaints(assemble(path))] == [
        "/paths/~1a/get/parameters/0/example",
        "/components/schemas/A/examples/1",
    ]


def test_null_is_what_the_dialect_says_it_is(tmp_path: Path) -> None:
    part = "{nullable: true, allOf: [{type: object, properties: {b: {type: string, example: 1}}}]}"
    media = f"{{schema: {{type: object, properties: {{a: {part}}}}}, example: {{a: null}}}}"
    found = [pointer for pointer, _ in _complaints(tmp_path, "3.0.3", _media(media))]
    assert [pointer.rpartition("/schema")[2] for pointer in found] == ["/properties/a/allOf/0/properties/b/example"]


def test_schema_that_cannot_be_used_is_said_once_an_example(tmp_path: Path) -> None:
    ((_, said),) = _complaints(tmp_path, "3.1.0", _media("{schema: {pattern: '('}, example: x}"))
    assert said.startswith("the example cannot be checked, because its schema cannot be used: ")


def test_data_that_looks_like_schemas_is_left_alone(tmp_path: Path) -> None:
    media = "{schema: {type: object}, example: {schema: {type: integer}, example: x}}"
    assert _complaints(tmp_path, "3.1.0", _media(media)) == []
