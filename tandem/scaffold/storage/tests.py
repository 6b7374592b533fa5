"""Writes the tests of a service: requests that are right, and what becomes of each thing."""

from __future__ import annotations

from collections.abc import Sequence

from tandem.scaffold.storage.inventory import Inventory
from tandem.scaffold.storage.roles import Role
from tandem.scaffold.storage.things import Thing


def test_files(name: str, inventory: Inventory, things: Sequence[Thing], roles: Sequence[Role]) -> dict[str, str]:
    del name, inventory, things, roles
    return {}
