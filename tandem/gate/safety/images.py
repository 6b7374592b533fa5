"""What would be built and set up: Dockerfiles, and the infrastructure as it was generated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tandem.gate.safety.scanner import NothingThere, Place, Program, Sighting


def _dockerfiles(place: Place) -> list[str]:
    folders = (place.project, place.project / "services", place.project / "services" / place.service)
    found = [path for folder in folders for path in sorted(folder.glob("*Dockerfile*")) if path.is_file()]
    if not found:
        raise NothingThere("there is no Dockerfile")
    return [str(path.relative_to(place.project)) for path in found]


def _hadolint(place: Place, document: list[dict[str, Any]]) -> Iterator[Sighting]:
    for one in document:
        yield Sighting(
            one["code"],
            place.short(one["file"]),
            one["line"],
            f"{one['message'].rstrip('.')}.",
            f"See https://github.com/hadolint/hadolint/wiki/{one['code']}",
            one["message"],
        )


def _generated(place: Place) -> list[str]:
    if not place.generated.is_dir() or not any(place.generated.iterdir()):
        raise NothingThere("no infrastructure was generated yet")
    return [str(place.generated)]


def _checkov(place: Place, document: dict[str, Any] | list[dict[str, Any]]) -> Iterator[Sighting]:
    """It answers with a list when it met more than one kind of file, with one of them otherwise."""
    for kind in document if isinstance(document, list) else [document]:
        for one in kind["results"]["failed_checks"]:
            yield Sighting(
                one["check_id"],
                place.short(str(place.generated / one["file_path"].lstrip("/"))),
                one["file_line_range"][0],
                f"{one['resource']}: {one['check_name']}.",
                f"See {one['guideline']}" if one.get("guideline") else "Change the program that generates it.",
                one["resource"],
            )


HADOLINT = Program(
    "hadolint",
    "the Dockerfiles",
    lambda place: ["--no-fail", "--format", "json", *_dockerfiles(place)],
    _hadolint,
    looked=frozenset({0}),
)
CHECKOV = Program(
    "checkov",
    "the infrastructure as generated",
    lambda place: ["--skip-download", "--quiet", "--compact", "--output", "json", "--directory", *_generated(place)],
    _checkov,
)
