"""Words that people write as the names that programs use."""

from __future__ import annotations

import keyword
import re
import unicodedata

from pydantic import BaseModel

from tandem.draft.reserved import RESERVED_WORDS

# Letters that Unicode does not take apart into a plain one and its mark.
_PLAIN_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ß": "ss", "ł": "l", "Ł": "L", "đ": "d"})
_ARTICLES = frozenset({"a", "an", "the", "one", "all", "my", "our", "new", "their", "its", "of", "every", "own"})
_IRREGULAR = {
    "pay": "paid", "send": "sent", "withdraw": "withdrawn", "take": "taken", "give": "given", "sell": "sold",
    "hold": "held", "write": "written", "buy": "bought", "put": "put", "cut": "cut", "set": "set",
    "submit": "submitted", "begin": "begun", "make": "made", "leave": "left",
}  # fmt: skip
_DOUBLED = frozenset({"cancel", "stop", "ship", "drop", "plan", "permit", "refer", "ban"})


def plain(text: str) -> str:
    """Without marks on letters; other scripts disappear."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN_LETTERS))
    return decomposed.encode("ascii", "ignore").decode()


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", plain(text).lower().replace("'", ""))


def bare(text: str) -> list[str]:
    """The words without articles."""
    return [word for word in words(text) if word not in _ARTICLES]


def snake(text: str) -> str:
    return "_".join(words(text))


def kebab(text: str) -> str:
    return "-".join(words(text))


def pascal(text: str) -> str:
    return "".join(word.capitalize() for word in words(text))


def camel(text: str) -> str:
    name = pascal(text)
    return name[:1].lower() + name[1:]


def singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def plural(text: str) -> str:
    if text.endswith("y") and text[-2:-1] not in set("aeiou"):
        return f"{text[:-1]}ies"
    return f"{text}es" if text.endswith(("s", "x", "ch", "sh")) else f"{text}s"


def with_article(text: str) -> str:
    return f"{'an' if text[:1].lower() in set('aeiou') else 'a'} {text}"


def past(verb: str) -> str:
    """`approved` for approve: what something is once that was done to it."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2:-1] not in set("aeiou"):
        return f"{verb[:-1]}ied"
    return f"{verb}{verb[-1] if verb in _DOUBLED else ''}ed"


def is_reserved(name: str) -> bool:
    """Whether Python, SQL or the models made from a contract have a meaning for it."""
    return keyword.iskeyword(name) or name in RESERVED_WORDS or hasattr(BaseModel, name)


def id_prefix(name: str, taken: frozenset[str]) -> str:
    """Three letters of the name that no other kind of thing has."""
    letters = "".join(words(name))
    consonants = letters[:1] + "".join(letter for letter in letters[1:] if letter not in set("aeiou"))
    spread = [letters[0] + one + other for at, one in enumerate(letters[1:], 2) for other in letters[at:]]
    candidates = [
        letters[:3],
        consonants[:3],
        *spread,
        *(f"{letters[0]}{one}{two}" for one in "qxz" for two in "abcdefghij"),
    ]
    return next(one for one in candidates if len(one) == 3 and one not in taken)
