from dataclasses import replace
from pathlib import Path

import pytest

from tandem.spec.manifest import load_manifest
from tandem.spec.owners import codeowners


@pytest.mark.parametrize(
    ("organisation", "owner", "handle"),
    [("us", "team-card", "@us/team-card"), ("us", "@anna", "@anna"), ("", "team-card", "team-card")],
)
def test_owner_is_a_team_of_the_organisation_or_a_person(
    contracts: Path, organisation: str, owner: str, handle: str
) -> None:
    manifest = load_manifest(contracts)
    card = replace(manifest.services["card"], owner=owner)
    lines = codeowners(replace(manifest, services={"card": card}, organisation=organisation)).splitlines()
    assert lines[1:] == [
        f"/contracts/*.yaml {handle}",
        f"/contracts/common/ {handle}",
        f"/contracts/card/ {handle}",
        f"/services/card/ {handle}",
        f"/tests/services/card/ {handle}",
    ]
