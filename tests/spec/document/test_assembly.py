"""A document out of many files: every part is there, references lead inside, parts know their lines."""

from pathlib import Path
from textwrap import dedent

import pytest

from tandem.kit.contract import ContractError, bundle
from tandem.spec.document import Document, assemble
from tandem.spec.manifest import load_manifest

CONTRACTS = Path(__file__).parents[3] / "contracts"


def _written(folder: Path, **files: str) -> Document:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(dedent(text))
    return assemble(folder / "openapi.yaml")


def _schemas(folder: Path, schemas: str, **files: str) -> Document:
    head = "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n"
    return _written(
        folder, openapi=head + "".join(f"    {line}\n" for line in dedent(schemas).strip().splitlines()), **files
    )


def _said(document: Document) -> list[str]:
    return [f"{one.place.path.name}:{one.place.line}: {one.reason}" for one in document.mistakes]


@pytest.mark.parametrize("service", load_manifest(CONTRACTS).services)
def test_our_contracts_are_what_the_services_read(service: str) -> None:
    path = CONTRACTS / service / "openapi.yaml"
    assert assemble(path).data == bundle(path).document


def test_parts_of_other_files_come_in_and_know_their_lines(tmp_path: Path) -> None:
    document = _written(
        tmp_path,
        openapi="""\
            openapi: 3.0.3
            info: {title: x, version: '1'}
            paths:
              /pets: {$ref: paths/pets.yaml}
            components:
              schemas:
                Own: {type: object, properties: {$ref: {type: string}, pet: {$ref: schemas/pet.yaml}}}
            """,
        paths__pets="""\
            get:
              responses:
                '200':
                  description: ok
                  content:
                    application/json:
                      schema: {$ref: ../schemas/pet.yaml}
                      example: {$ref: ../schemas/example.yaml}
            """,
        schemas__pet="""\
            type: object
            properties:
              owner: {$ref: '../openapi.yaml#/components/schemas/Own'}
              friend: {$ref: 'pet.yaml'}
              tail: {$ref: '#/definitions/Tail'}
            definitions:
              Tail: {type: integer}
            """,
        schemas__example="{owner: Anna}",
    )
    assert document.mistakes == ()
    media = document.at("/paths/~1pets/get/responses/200/content/application~1json")
    assert media == {"schema": {"$ref": "#/components/schemas/pet"}, "example": {"owner": "Anna"}}
    assert document.at("/components/schemas/pet/properties") == {
        "owner": {"$ref": "#/components/schemas/Own"},
        "friend": {"$ref": "#/components/schemas/pet"},
        "tail": {"$ref": "#/components/schemas/Tail"},
    }
    assert document.at("/components/schemas/Own/properties/$ref") == {"type": "string"}
    places = [
        document.place(at)
        for at in (
            "/paths/~1pets/get/responses/200",
            "/components/schemas/pet/properties/tail",
            "/components/schemas/Tail",
        )
    ]
    assert [(one.path.name, one.line) for one in places] == [("pets.yaml", 4), ("pet.yaml", 5), ("pet.yaml", 7)]


def test_two_components_of_one_name_get_two_names(tmp_path: Path) -> None:
    document = _schemas(
        tmp_path,
        """
        Pet: {properties: {other: {$ref: 'a.yaml#/Pet'}, third: {$ref: 'b.yaml#/Pet'}}}
        """,
        a="Pet: {type: integer}",
        b="Pet: {type: string}",
    )
    assert [one["$ref"] for one in document.at("/components/schemas/Pet/properties").values()] == [
        "#/components/schemas/Pet_2",
        "#/components/schemas/Pet_3",
    ]
    assert document.at("/components/schemas/Pet_3") == {"type": "string"}


def test_mapping_of_a_discriminator_is_followed(tmp_path: Path) -> None:
    document = _schemas(
        tmp_path,
        """
        Pet: {discriminator: {propertyName: kind, mapping: {cat: 'cat.yaml', dog: Dog, bird: 'bird.yaml'}}}
        Dog: {type: object}
        """,
        cat="{type: object}",
    )
    assert document.at("/components/schemas/Pet/discriminator/mapping") == {
        "cat": "#/components/schemas/cat",
        "dog": "Dog",
        "bird": "bird.yaml",
    }
    assert _said(document) == ["openapi.yaml:6: 'bird.yaml' leads to 'bird.yaml': there is no such file"]


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("'#/components/schemas/Nope'", "leads nowhere: check the spelling"),
        ("'gone.yaml'", "leads to 'gone.yaml': there is no such file"),
        ("'broken.yaml'", "leads to 'broken.yaml', which is not valid YAML"),
        ("'other.yaml#/Nope'", "leads nowhere: check the spelling"),
        ("'other.yaml#/Text'", "leads to something that is not a schema"),
        ("'other.yaml#/components/parameters/Id'", "leads to a parameter, and a schema belongs here"),
        ("'#/components/responses/Ok'", "leads nowhere: check the spelling"),
        ("'#/info'", "leads to something that is not a schema"),
        ("'#'", "leads to a whole document, and a schema belongs here"),
        ("'#Pet'", "must name its target by path"),
        ("'https://example.com/pet.yaml'", "is on another host"),
        ("7", "must be text"),
        ("{a: 1}", "must be text"),
        ('"a\\0b"', "is not the name of a file"),
    ],
)
def test_reference_that_cannot_be_followed_is_noted_and_the_rest_goes_on(
    tmp_path: Path, reference: str, said: str
) -> None:
    document = _schemas(
        tmp_path,
        f"""
        Pet: {{$ref: {reference}}}
        Tail: {{type: string}}
        """,
        other="{Text: some, components: {parameters: {Id: {name: id, in: query}}}}",
        broken="{",
    )
    if said == "leads to something that is not a schema" and reference == "'#/info'":
        # Anything may hold a schema where OpenAPI says nothing; `info` is an object, and so could be one.
        assert document.mistakes == ()
        return
    (noted,) = _said(document)
    assert noted.startswith("openapi.yaml:6: ")
    assert said in noted
    assert document.at("/components/schemas") == {"Pet": {}, "Tail": {"type": "string"}}


def test_references_in_a_circle_are_noted(tmp_path: Path) -> None:
    document = _schemas(
        tmp_path,
        """
        A: {$ref: '#/components/schemas/B'}
        B: {$ref: '#/components/schemas/A'}
        Tree: {properties: {children: {items: {$ref: '#/components/schemas/Tree'}}}}
        """,
    )
    assert [said.rpartition("' ")[2] for said in _said(document)] == ["leads back to itself and never to a value"] * 2
    assert document.at("/components/schemas/Tree/properties/children/items") == {"$ref": "#/components/schemas/Tree"}


def test_a_part_of_another_kind_is_left_out(tmp_path: Path) -> None:
    document = _written(
        tmp_path,
        openapi="""\
            openapi: 3.1.0
            info: {title: x, version: '1'}
            paths:
              /a:
                get:
                  parameters: [{$ref: '#/components/schemas/Pet'}, {name: b, in: query}]
                  responses: {'404': {$ref: '#/components/schemas/Pet'}, '200': {description: ok}}
            components: {schemas: {Pet: {}}}
            """,
    )
    assert document.at("/paths/~1a/get") == {
        "parameters": [{"name": "b", "in": "query"}],
        "responses": {"200": {"description": "ok"}},
    }
    assert [said.rpartition("' ")[2] for said in _said(document)] == [
        "leads to a schema, and a parameter belongs here",
        "leads to a schema, and a response belongs here",
    ]


def test_what_is_nested_too_deeply_is_cut_and_noted(tmp_path: Path) -> None:
    document = _schemas(tmp_path, "Deep: " + "{items: " * 130 + "{type: string}" + "}" * 130)
    assert ["more than 120 levels deep" in said for said in _said(document)] == [True]


def test_a_long_chain_of_files_is_followed(tmp_path: Path) -> None:
    files = {f"f{n}": f"{{items: {{$ref: f{n + 1}.yaml}}}}" for n in range(300)}
    document = _schemas(tmp_path, "First: {$ref: f0.yaml}", **files, f300="{type: string}")
    assert document.mistakes == ()
    assert document.at("/components/schemas/f300") == {"type": "string"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "its top level must be an object"),
        ("", "its top level must be an object"),
        ("{a: 1}", "it has no `openapi: 3.1.0` line"),
        ("swagger: '2.0'", "is Swagger 2.0; Tandem reads OpenAPI 3.0 and 3.1"),
        ("openapi: 4.0.0", "is OpenAPI '4.0.0'; Tandem reads 3.0 and 3.1"),
        ("openapi: {}", "is OpenAPI '{}'"),
    ],
)
def test_what_is_no_openapi_document_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ContractError) as refused:
        _written(tmp_path, openapi=text)
    assert said in refused.value.reason
    assert refused.value.line == 1
