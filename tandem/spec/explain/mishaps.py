"""What can go wrong, in words: once for everything, and for each operation what is particular to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tandem.spec.document import Located, Operation, as_mapping, as_text
from tandem.spec.explain.words import JARGON, clean, listed, sentence, sentences

_MEANINGS = {
    "400": "What was sent cannot be understood.",
    "401": "The caller is not signed in, or no longer.",
    "402": "It has to be paid for first.",
    "403": "The caller is signed in but not allowed to do this.",
    "404": "There is no such thing.",
    "405": "This cannot be done here.",
    "406": "The answer is not available in the form that was asked for.",
    "408": "It took too long to arrive.",
    "409": "It cannot be done in the present state.",
    "410": "It was there once and is gone.",
    "412": "Somebody else changed it in the meantime; nothing happens until the caller has seen that.",
    "413": "What was sent is too large.",
    "415": "What was sent is in a form that is not understood here.",
    "422": "Something in what was sent is wrong; each mistake is listed.",
    "424": "Something it depends on failed.",
    "428": "The caller did not say which version they have seen.",
    "429": "Too much was asked in a short time; a moment later it works again.",
    "500": "Something broke on the service's side.",
    "501": "It is not available yet.",
    "502": "A system behind it gave a bad answer.",
    "503": "It is not available just now; nothing was changed.",
    "504": "It took too long; nothing was changed.",
    "4XX": "Something is wrong with what was asked.",
    "5XX": "Something broke on the service's side.",
    "default": "Something else went wrong.",
}
# Said of so many operations, it is said once. What is wrong with the sending itself needs to be said of few.
_SHARE_OF_ALL, _LEAST = 0.6, 3
_OF_SENDING = frozenset({"400", "401", "403", "412", "413", "415", "422", "428", "429", "500", "502", "503", "504"})


class Mishaps:
    def __init__(self, operations: Sequence[Operation]) -> None:
        told = Counter(status_and_words for one in operations for status_and_words in dict.fromkeys(_of(one)))
        wanted = max(_LEAST, _SHARE_OF_ALL * len(operations))
        self._common = {
            (status, words)
            for (status, words), times in told.items()
            if times >= wanted or (status in _OF_SENDING and times > 1)
        }

    @property
    def common(self) -> list[str]:
        return list(dict.fromkeys(words for _, words in sorted(self._common)))

    def of(self, operation: Operation) -> list[str]:
        return list(dict.fromkeys(words for status, words in _of(operation) if (status, words) not in self._common))


def _of(operation: Operation) -> Iterator[tuple[str, str]]:
    for status, response in operation.responses.items():
        if status[:1] in {"4", "5"} or status == "default":
            yield status, _words(status, response)


def _words(status: str, response: Located) -> str:
    """The document's own words where they are plain and say something, and what its examples are called."""
    own = sentences(as_text(response.value.get("description")), 200)
    meaning = _MEANINGS.get(status.upper() if "X" in status.upper() else status, _MEANINGS["default"])
    said = sentence(own) if len(own.split()) > 3 and not JARGON.search(own) else meaning
    titles = _titles(response)
    if not titles or response.pointer.startswith("/components/"):
        return said
    return f"{said} For example: {listed(titles, 'or')}."


def _titles(response: Located) -> list[str]:
    """What the examples of the error are called, as `title` in the shape every error has."""
    titles = [
        as_text(as_mapping(as_mapping(example).get("value")).get("title"))
        for media in as_mapping(response.value.get("content")).values()
        for example in as_mapping(as_mapping(media).get("examples")).values()
    ]
    return list(dict.fromkeys(f"“{clean(title)}”" for title in titles if title))[:5]
