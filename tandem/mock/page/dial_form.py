"""Dials as people set and read them: a few fields of a form, and a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tandem.kit.problems import MalformedRequest
from tandem.mock.faults import Dial, read_dial

FAULTS = {
    "": "None",
    "status": "Answers with a status",
    "drop": "Cuts the connection",
    "slow": "Body trickles",
    "timeout": "Never answers",
}
_PERCENTILES = ("p50", "p95", "p99")


def read_form(said: Mapping[str, str]) -> Dial:
    """Raises a Problem that says which field cannot be."""
    document: dict[str, Any] = {
        "delay_ms": _number(said, "delay_ms", 0),
        "percentiles": {name: _number(said, name, 0) for name in _PERCENTILES if said.get(name, "").strip()},
    }
    fault, share = said.get("fault", ""), _number(said, "share", 100) / 100
    if fault not in FAULTS:
        raise MalformedRequest(f"There is no fault {fault[:40]!r}.")
    if fault == "status":
        document["errors"] = {said.get("status", "").strip() or "503": share}
    elif fault:
        document[fault] = share
    return read_dial(document)


def sentence(dial: Dial) -> str:
    """`300 ms later; 10 % answer 503`."""
    return "; ".join(_parts(dial)) or "off"


def _parts(dial: Dial) -> Iterator[str]:
    if dial.delay_ms:
        yield f"{dial.delay_ms:g} ms later"
    if dial.percentiles:
        yield ", ".join(f"{name} {ms:g} ms" for name, ms in dial.percentiles.items())
    for status, share in dial.errors.items():
        yield f"{_share(share)} answer {status}"
    for share, what in ((dial.drop, "are cut off"), (dial.slow, "trickle"), (dial.timeout, "never get an answer")):
        if share:
            yield f"{_share(share)} {what}"


def _share(share: float) -> str:
    return "all" if share == 1 else f"{share * 100:g} %"


def _number(said: Mapping[str, str], name: str, otherwise: float) -> float:
    text = said.get(name, "").strip().replace(",", ".")
    if not text:
        return otherwise
    try:
        return float(text)
    except ValueError:
        raise MalformedRequest(f"{name} takes a number, not {text[:40]!r}.") from None
