"""What is read of the code: Bandit for what it does, detect-secrets for what it gives away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tandem.gate.safety.scanner import CouldNotLook, NothingThere, Place, Program, Sighting

_PLATFORM = "tandem/kit"


def _code(place: Place) -> list[str]:
    found = place.existing(f"services/{place.service}", _PLATFORM)
    if not found:
        raise NothingThere(f"there is neither services/{place.service} nor {_PLATFORM}")
    return found


def _bandit(place: Place, document: dict[str, Any]) -> Iterator[Sighting]:
    for one in document["results"]:
        yield Sighting(
            one["test_id"],
            place.short(one["filename"]),
            one["line_number"],
            one["issue_text"],
            f"Write it another way ({one['more_info']}), or excuse the line with `# nosec {one['test_id']} - why`.",
            _line(one["code"], one["line_number"]),
        )
    if document["errors"] and not document["results"]:
        unread = ", ".join(f"{place.short(one['filename'])} ({one['reason']})" for one in document["errors"])
        raise CouldNotLook(f"it could not read {unread}")


def _line(code: str, number: int) -> str:
    """The one that was meant, of several that are shown with their numbers."""
    numbered = (line.partition(" ") for line in code.splitlines())
    return next((text.strip() for at, _, text in numbered if at == str(number)), code)


def _secrets(place: Place, document: dict[str, Any]) -> Iterator[Sighting]:
    for path, found in document["results"].items():
        for one in found:
            yield Sighting(
                one["type"],
                place.short(path),
                one["line_number"],
                "something that looks like a secret is in a file.",
                "Take it out, make it invalid where it is known, and hand it in from outside. "
                "What is none: `# pragma: allowlist secret` on its line.",
                one["hashed_secret"],
            )


# Below medium it speaks of asserts, of processes with a fixed command line and of randomness that keeps no secret.
BANDIT = Program(
    "bandit",
    "the code of the service and of the kit",
    lambda place: ["--recursive", "--quiet", "--format", "json", "--severity-level", "medium", *_code(place)],
    _bandit,
)
SECRETS = Program(
    "detect-secrets",
    "the files of the service, its contract and the kit",
    lambda place: [
        *("scan", "--no-verify", "--all-files", "--exclude-files", r"\.pyc$"),
        *_code(place),
        *place.existing(f"contracts/{place.service}"),
    ],
    _secrets,
    looked=frozenset({0}),
)
