"""The documents that benchmarks make for themselves are as large as they say, and valid."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadtests.benchmarks import large_document, scaffold
from tandem.spec.document import assemble
from tandem.spec.validity import validity_complaints


def test_contract_of_a_new_service_has_about_250_operations_and_is_valid(tmp_path: Path) -> None:
    document = assemble(scaffold.synthetic(tmp_path / "large.json"))
    assert sum(len(item.keys() & {"get", "post"}) for item in document.data["paths"].values()) == 248
    assert list(validity_complaints(document)) == []
    assert document.mistakes == ()


@pytest.mark.parametrize(("together", "following"), [(4, ["1", "2", "3", "0"]), (2, ["1", "0", "3", "2"])])
def test_resources_lead_to_one_another_and_round_again(tmp_path: Path, together: int, following: list[str]) -> None:
    path = large_document.write(tmp_path / "some.json", members=1, resources=4, together=together)
    schemas = assemble(path).data["components"]["schemas"]
    last = [schemas[f"thing_{number}_9"]["properties"]["following"]["anyOf"][1]["$ref"] for number in range(4)]
    assert last == [f"#/components/schemas/thing_{number}_0" for number in following]
