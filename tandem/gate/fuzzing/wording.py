"""A failure in one sentence that names the fault, and what to do about it."""

from __future__ import annotations

import re

from tandem.gate.fuzzing.observed import Failure

_SENTENCES = {
    "ST101": "answers {status}: the server broke",
    "ST103": "answers {status}, which its contract does not list",
    "ST104": "answers without a content type",
    "ST105": "answers with a content type that its contract does not list ({received})",
    "ST106": "answers with a content type that cannot be read ({received})",
    "ST107": "leaves out a header that its contract requires ({listed})",
    "ST108": "answers with a body that its contract does not allow: {first}",
    "ST109": "answers with something that is not JSON",
    "ST201": "takes data that its contract forbids ({component})",
    "ST202": "refuses data that its contract allows, with {status}",
    "ST203": "does not miss a header that its contract requires ({quoted})",
    "ST204": "answers a method that is not in the contract",
    "ST301": "does not take effect: what was deleted is still shown",
    "ST302": "does not show what was just made",
    "ST401": "answers who is not allowed in: without a valid token it says {status}",
    "ST402": "shows one customer's object to another",
}
_FIXES = {
    "ST101": "Find the reason in the service's log; answer with a problem that the contract lists.",
    "ST103": "List it in the contract's responses, or answer with one that is listed.",
    "ST105": "Answer with a media type of the contract, or add this one to it.",
    "ST107": "Set the header where the answer is made.",
    "ST108": "Make the answer fit its schema; where the answer is right, change the contract.",
    "ST201": "The contract's own schema has to be asked of every request.",
    "ST202": "Accept it, or say in the schema what is not allowed.",
    "ST203": "Refuse the request without it, or make it optional in the contract.",
    "ST401": "Ask for a token and its scopes before anything else.",
    "ST402": "Compare the owner of the object with the caller; answer as for a missing one.",
}


def title(failure: Failure) -> str:
    if failure.code == "ST901":
        return f"{failure.operation}: {_first(failure.message)}."
    sentence = _SENTENCES.get(failure.code)
    if sentence is None:
        return f"{failure.operation}: {failure.title[:1].lower()}{failure.title[1:]}. {_first(failure.message)}".strip()
    return f"{failure.operation} {sentence.format(**_words(failure))}."


def fix(failure: Failure) -> str:
    return _FIXES.get(failure.code, "")


def _words(failure: Failure) -> dict[str, object]:
    said = failure.message
    return {
        "status": failure.status,
        "first": _first(said),
        "received": _after(said, "Received: "),
        "component": _after(said, "Invalid component: "),
        "listed": ", ".join(re.findall(r"^- `(.+)`$", said, re.MULTILINE)),
        "quoted": ", ".join(re.findall(r"'([^']+)' header", said)),
    }


def _first(text: str) -> str:
    return text.strip().partition("\n")[0].rstrip(".")


def _after(text: str, start: str) -> str:
    return next((line.removeprefix(start) for line in text.splitlines() if line.startswith(start)), _first(text))
