"""Whether contracts are what they claim: valid OpenAPI 3.1 whose every example fits its own schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs

from tandem.kit.contract import Contract, SourceFile, read
from tandem.kit.contract.source import escape
from tandem.spec.bundle import bundle_all
from tandem.spec.manifest import Manifest, Service
from tandem.spec.releases import release_complaints


def service_complaints(service: Service) -> list[str]:
    """A sentence with file and line for everything that is wrong with one contract."""
    contract = service.contract
    source = read(contract.path)
    found = [_placed(source, pointer, said) for pointer, said in openapi_complaints(contract.document)]
    found += [_placed(source, pointer, said) for pointer, said in example_complaints(contract)]
    return [*found, *release_complaints(service)]


def bundle_complaints(manifest: Manifest) -> list[str]:
    """The same for all contracts as one document: what only goes wrong between them."""
    contracts = manifest.path.parent
    return [
        f"all contracts together, at {pointer}: {said}" for pointer, said in openapi_complaints(bundle_all(contracts))
    ]


def stale_files(wanted: Mapping[Path, str]) -> list[Path]:
    """Those of the generated files that are not, or no longer, what the contract gives."""
    return [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]


def openapi_complaints(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    for error in OpenAPIV31SpecValidator(document).iter_errors():
        # What follows the first line is the whole part of the document, on one line.
        yield "".join(f"/{escape(str(part))}" for part in error.absolute_path), error.message.partition("\n")[0]


def example_complaints(contract: Contract) -> Iterator[tuple[str, str]]:
    for pointer, schema, value in examples(contract.document):
        validator = jsonschema_rs.Draft202012Validator(contract.schema(schema), validate_formats=True)
        for error in validator.iter_errors(value):
            at = "".join(f"/{escape(str(part))}" for part in error.instance_path)
            yield f"{pointer}{at}", f"the example does not fit its schema: {error.message}"


def examples(node: Any, pointer: str = "") -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    """Every example beside a `schema` (bodies, parameters, headers) and inside one, with where it stands."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from examples(item, f"{pointer}/{index}")
    if not isinstance(node, dict):
        return
    if isinstance(node.get("schema"), dict):
        yield from _beside(node, pointer)
    elif isinstance(node.get("examples"), list):
        schema = {key: value for key, value in node.items() if key != "examples"}
        yield from ((f"{pointer}/examples/{index}", schema, value) for index, value in enumerate(node["examples"]))
    for key, value in node.items():
        if key not in {"example", "examples", "value"}:
            yield from examples(value, f"{pointer}/{escape(key)}")


def _beside(node: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    if "example" in node:
        yield f"{pointer}/example", node["schema"], node["example"]
    for name, example in node.get("examples", {}).items():
        yield f"{pointer}/examples/{escape(name)}/value", node["schema"], example["value"]


def _placed(source: SourceFile, pointer: str, said: str) -> str:
    """What stands in a file of its own (`common/…`) has no line here; the pointer says where it is used."""
    line = source.line_of(pointer)
    return f"{source.path}:{line}: {said} (at {pointer})"
