"""How a schema is put together, where the values it accepts stay what they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tandem.spec.diff.changes import Spot
from tandem.spec.diff.normal import Normaliser, named
from tandem.spec.diff.sameness import Sameness
from tandem.spec.diff.shape import IDLE, OBJECT, Position, Raw


def further_part(spot: Spot, base: Normaliser, revision: Normaliser, sameness: Sameness) -> list[str]:
    """The members that a further part of an `allOf` names, where all else of the schema is as it was."""
    old, new = _holder(spot.base, "allOf"), _holder(spot.revision, "allOf")
    if old is None or new is None or _without(old, "allOf") != _without(new, "allOf"):
        return []
    if not all(_is_kept(part, new["allOf"], base, revision, sameness) for part in old["allOf"]):
        return []
    shapes = [revision.shape(revision.position(one)).of(OBJECT) for one in new["allOf"] if one not in old["allOf"]]
    return sorted({name for found in shapes for one in found if one.members for name in one.members.named})


def _is_kept(part: Raw, parts: list[Raw], base: Normaliser, revision: Normaliser, sameness: Sameness) -> bool:
    return any(one == part and sameness.of(base.position(part), revision.position(one)) for one in parts)


def union_of_one(spot: Spot, base: Normaliser) -> str:
    """The component that stood here by itself and is now the only alternative of a `oneOf`."""
    union = _holder(spot.revision, "oneOf")
    branches = union["oneOf"] if union is not None and union.keys() <= IDLE | {"oneOf"} else []
    if len(branches) != 1 or not isinstance(branches[0], dict) or spot.base.has("oneOf"):
        return ""
    name = named(branches[0])
    return name if name and name == base.component(spot.base) else ""


def _holder(position: Position, keyword: str) -> dict[str, Any] | None:
    """The piece with this list, when there is just one."""
    found = [one for one in position.pieces if isinstance(one, dict) and isinstance(one.get(keyword), list)]
    return found[0] if len(found) == 1 else None


def _without(schema: Mapping[str, Any], keyword: str) -> dict[str, Any]:
    return {word: value for word, value in schema.items() if word != keyword}
