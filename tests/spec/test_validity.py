"""What is not OpenAPI is said in words, at the line where it stands."""

from pathlib import Path

import pytest

from tandem.spec.document import assemble
from tandem.spec.validity import validity_complaints

DOCUMENT = """\
openapi: {version}
info: {{title: x}}
paths:
  /a/{{id}}:
    get:
      operationId: x
      sumary: 1
      responses: {{'200': {{descripton: one}}}}
    post:
      operationId: x
      parameters: [{{name: a, in: query}}]
      requestBody: {body}
      responses: {{'200': {{description: one}}}}
components:
  schemas:
    A: {{type: nope}}
    B: {{allOf: [{{type: object}}], required: [zz]}}
    C: {{type: boolean, default: 'false'}}
"""


def _complaints(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    path = tmp_path / "openapi.yaml"
    path.write_text(text)
    document = assemble(path)
    return sorted((document.place(pointer).line, said) for pointer, said in validity_complaints(document))


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_each_mistake_is_said_at_its_line(tmp_path: Path, version: str) -> None:
    found = _complaints(tmp_path, DOCUMENT.format(version=version, body="{content: {}}"))
    wanted = [
        (2, "`version` is missing"),
        (6, "Path parameter 'id' for 'get' operation in '/a/{id}' was not resolved"),
        (6, "`sumary` is nothing that OpenAPI knows here: check the spelling"),
        (8, "`description` is missing"),
        (8, "`descripton` is nothing that OpenAPI knows here: check the spelling"),
        (10, "Operation ID 'x' for 'post' in '/a/{id}' is not unique"),
        (16, "'nope' is not valid under any of the given schemas"),
        (17, "Required list has not defined properties: ['zz']"),
        (18, "the default does not fit: 'false' is not of type 'boolean'"),
    ]
    lines = [said.split("(default")[0].rstrip() for said in map(str, found)]
    assert set(map(str, wanted)) <= set(lines)


def test_a_part_of_the_wrong_kind_leaves_what_can_still_be_told(tmp_path: Path) -> None:
    found = _complaints(tmp_path, DOCUMENT.format(version="3.1.0", body="5"))
    assert (12, '5 is not of type "object"') in found


def test_what_the_validator_stumbles_over_is_a_complaint(tmp_path: Path) -> None:
    text = "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths: {}\njsonSchemaDialect: 'https://example.com/x'\n"
    found = _complaints(tmp_path, text + "components: {schemas: {A: {type: object}}}\n")
    assert found == [(1, "Unknown JSON Schema dialect: 'https://example.com/x'")]


def test_a_long_value_is_cut_in_the_middle(tmp_path: Path) -> None:
    text = DOCUMENT.format(version="3.1.0", body=repr("x" * 1000))
    (said,) = [said for line, said in _complaints(tmp_path, text) if line == 12]
    assert len(said) < 260
    assert said.endswith('is not of type "object"')


def test_what_was_said_of_a_document_is_said_again_at_its_new_place_and_no_longer_once_it_is_mended(
    tmp_path: Path,
) -> None:
    mended = "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths: {}\n"
    broken = mended.replace(", version: '1'", "")
    assert _complaints(tmp_path, broken) == [(2, "`version` is missing")]
    assert _complaints(tmp_path, f"# A line more.\n{broken}") == [(3, "`version` is missing")]
    assert _complaints(tmp_path, mended) == []
