"""What a stranger could make the pipeline do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tandem.gate.safety.scanner import NothingThere, Place, Program, Sighting

_WORKFLOWS = ".github/workflows"


def _options(place: Place) -> list[str]:
    if not any((place.project / _WORKFLOWS).glob("*.y*ml")):
        raise NothingThere(f"there is no workflow in {_WORKFLOWS}")
    return ["--offline", "--no-exit-codes", "--quiet", "--format", "json", _WORKFLOWS]


def _findings(place: Place, document: list[dict[str, Any]]) -> Iterator[Sighting]:
    for one in document:
        place_of = next(at for at in one["locations"] if at["symbolic"]["kind"] == "Primary")
        path = next(iter(place_of["symbolic"]["key"].values()))
        yield Sighting(
            one["ident"],
            place.short(path.get("verbatim_path") or path["given_path"]),
            # It counts from nought.
            place_of["concrete"]["location"]["start_point"]["row"] + 1,
            f"{one['desc']}: {place_of['symbolic']['annotation']}.",
            f"See {one['url']}",
            place_of["concrete"]["feature"],
        )


ZIZMOR = Program("zizmor", "the workflows", _options, _findings, looked=frozenset({0}))
