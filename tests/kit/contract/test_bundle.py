"""Many files become one document, and a reference that leads nowhere says where it stands."""

from pathlib import Path
from typing import Any

import pytest

from tandem.kit.contract import ContractError, bundle

COMMON = """\
components:
  schemas:
    Money:
      type: object
      properties:
        amount: {type: string}
        currency: {$ref: '#/components/schemas/Currency'}
    Currency: {type: string}
    Tree:
      properties:
        child: {$ref: '#/components/schemas/Tree'}
  parameters:
    Limit: {name: limit, in: query, schema: {$ref: '#/components/schemas/Currency'}}
other: {deep: 1}
"""


def write(folder: Path, text: str, name: str = "contract.yaml", common: str = COMMON) -> Path:
    (folder / "common.yaml").write_text(common)
    path = folder / name
    path.write_text(text)
    return path


def schemas(folder: Path, text: str) -> dict[str, Any]:
    document: dict[str, Any] = bundle(write(folder, f"components:\n  schemas:\n{text}")).document
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def test_component_of_another_file_comes_along_with_all_it_needs(tmp_path: Path) -> None:
    found = schemas(tmp_path, "    Card: {$ref: 'common.yaml#/components/schemas/Money'}\n")
    assert found["Card"] == {"$ref": "#/components/schemas/Money"}
    assert found["Money"]["properties"]["currency"] == {"$ref": "#/components/schemas/Currency"}
    assert found["Currency"] == {"type": "string"}
    assert "Tree" not in found


def test_component_that_contains_itself_comes_along_once(tmp_path: Path) -> None:
    found = schemas(tmp_path, "    Oak: {$ref: 'common.yaml#/components/schemas/Tree'}\n")
    assert found["Tree"] == {"properties": {"child": {"$ref": "#/components/schemas/Tree"}}}


def test_file_of_a_file_is_found_from_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    write(tmp_path / "deep", "")
    passed_on = "components: {schemas: {Money: {$ref: 'deep/common.yaml#/components/schemas/Money'}}}"
    path = write(tmp_path, "a: {$ref: 'common.yaml#/components/schemas/Money'}", common=passed_on)
    with pytest.raises(ContractError, match="two different components are called Money"):
        bundle(path)


def test_name_that_only_passes_a_component_on_is_no_clash(tmp_path: Path) -> None:
    found = schemas(tmp_path, "    Money: {$ref: 'common.yaml#/components/schemas/Money'}\n")
    assert found["Money"]["type"] == "object"


def test_what_stands_beside_a_reference_stays(tmp_path: Path) -> None:
    found = schemas(tmp_path, "    Card: {$ref: 'common.yaml#/components/schemas/Money', x-sensitive: true}\n")
    assert found["Card"] == {"$ref": "#/components/schemas/Money", "x-sensitive": True}


def test_property_called_ref_is_a_property(tmp_path: Path) -> None:
    found = schemas(
        tmp_path, "    Card:\n      properties: {$ref: {type: string}, value: {$ref: '#/components/schemas/Card'}}\n"
    )
    assert found["Card"]["properties"] == {"$ref": {"type": "string"}, "value": {"$ref": "#/components/schemas/Card"}}


def test_data_in_examples_is_left_alone(tmp_path: Path) -> None:
    found = schemas(
        tmp_path, "    Card: {example: {$ref: nowhere}, enum: [{$ref: nowhere}], default: {$ref: nowhere}}\n"
    )
    assert found["Card"]["example"] == {"$ref": "nowhere"}


def test_reference_inside_a_list_is_followed(tmp_path: Path) -> None:
    found = schemas(
        tmp_path, "    Card: {anyOf: [{$ref: 'common.yaml#/components/schemas/Currency'}, {type: 'null'}]}\n"
    )
    assert found["Card"]["anyOf"][0] == {"$ref": "#/components/schemas/Currency"}
    assert found["Currency"] == {"type": "string"}


def test_bundle_knows_the_lines_of_its_file(tmp_path: Path) -> None:
    path = write(tmp_path, "openapi: 3.1.0\ninfo:\n  title: x\n")
    assert str(bundle(path).error("/info/title", "is too short")) == f"{path}:3: is too short"


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("#/components/schemas/Monye", "leads nowhere: check the spelling"),
        ("common.yaml#/components/schemas/Monye", "leads nowhere: check the spelling"),
        ("common.yaml#/components/schemas/Money/properties/amount/type/x", "leads nowhere: check the spelling"),
        ("comon.yaml#/components/schemas/Money", "leads nowhere: comon.yaml there is no such file"),
        ("broken.yaml#/a", "leads nowhere: broken.yaml is not valid YAML"),
        ("https://example.com/a.yaml#/b", "refers to another host; keep a copy beside the contract"),
        ("common.yaml#/other", "must name a component: file.yaml#/components/<kind>/<Name>"),
        ("common.yaml#/other/deep", "must name a component"),
        ("common.yaml", "must name a component"),
    ],
)
def test_unusable_reference_says_file_line_and_reason(tmp_path: Path, reference: str, reason: str) -> None:
    (tmp_path / "broken.yaml").write_text("a: [")
    path = write(tmp_path, f"openapi: 3.1.0\npaths:\n  /a:\n    x:\n      - $ref: '{reference}'\n")
    with pytest.raises(ContractError) as refused:
        bundle(path)
    assert str(refused.value).startswith(f"{path}:5: $ref '{reference}' {reason}")


def test_bad_reference_in_a_shared_file_names_that_file(tmp_path: Path) -> None:
    common = "components:\n  schemas:\n    Money:\n      $ref: '#/components/schemas/Gone'\n"
    path = write(tmp_path, "a: {$ref: 'common.yaml#/components/schemas/Money'}", common=common)
    with pytest.raises(ContractError, match=r"common.yaml:4: \$ref '#/components/schemas/Gone' leads nowhere"):
        bundle(path)


def test_two_components_of_one_name_are_refused_at_the_reference(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "a:\n  $ref: 'common.yaml#/components/schemas/Money'\ncomponents:\n  schemas:\n    Money: {type: string}\n",
    )
    with pytest.raises(ContractError) as refused:
        bundle(path)
    expected = "two different components are called Money: contract.yaml and common.yaml; rename one"
    assert (refused.value.path, refused.value.line, refused.value.reason) == (path, 2, expected)


@pytest.mark.parametrize("text", ["", "- a\n", "just words"])
def test_file_that_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContractError, match=r"contract.yaml:1: is not an OpenAPI document"):
        bundle(write(tmp_path, text))


def test_components_that_are_no_object_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"contract.yaml:2: components must be an object"):
        bundle(write(tmp_path, "openapi: 3.1.0\ncomponents: 5\n"))
