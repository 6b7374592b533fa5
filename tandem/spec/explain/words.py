"""English for what contracts say in the language of programs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,500}>")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_SENTENCE = re.compile(r".+?[.!?](?=\s+[A-Z“\"(]|$)", re.DOTALL)
_MARKS = re.compile(r"(\*\*|__|^#{1,6} |^[-*] |^\s*> ?)", re.MULTILINE)
_REPLACED = {"null": "empty", "true": "yes", "false": "no"}
_IRREGULAR = {"person": "people", "people": "people", "data": "data", "information": "information", "text": "texts"}
_KEPT = {"PDF", "ID", "VAT", "IBAN", "SMS", "CSV", "EU", "US", "UK", "QR", "PIN", "PO", "BIN", "ATM"}
# The names programs give to what people call otherwise.
_NAMES = {"id": "reference", "url": "web address", "uri": "web address", "uuid": "reference", "href": "web address"}
# What a text may not say when something plainer can be said instead.
JARGON = re.compile(
    r"\b(API|JSON|HTTP\w*|URL|URI|UUID|payload|endpoint|schema|enum|boolean|integer|string|array|token|header|body|query|"
    r"parameters?|request|response|object|`[^`]+`)\b|\{|\}",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """One paragraph without the marks of HTML and Markdown."""
    plain = _LINK.sub(r"\1", html.unescape(_TAG.sub(" ", text)))
    plain = re.sub(r"`([^`\s]+)`", lambda found: f"“{_REPLACED.get(found[1], found[1])}”", plain)
    plain = _MARKS.sub("", plain.replace("`", "")).replace("*", "")
    plain = re.sub(r"\bnull\b", "empty", plain)
    return re.sub(r"\s+([.,;:])(?=\s|$)", r"\1", " ".join(plain.split()))


def sentences(text: str, most: int = 300) -> str:
    """As many whole sentences as fit, at least one; a very long one is cut."""
    kept = ""
    for found in _SENTENCE.finditer(clean(text)):
        if kept and len(kept) + len(found[0]) > most:
            break
        kept = f"{kept} {found[0].strip()}".strip()
    kept = kept or clean(text)
    return kept if len(kept) <= most + 200 else f"{kept[: most + 200].rpartition(' ')[0]} …"


def first_sentence(text: str) -> str:
    return sentences(text, 1)


def paragraphs(text: str, most: int = 6) -> list[str]:
    """The text without headings, tables and code, which explain how to program with it."""
    found = []
    for block in re.split(r"\n\s*\n", re.sub(r"```.*?(```|\Z)", "", text, flags=re.DOTALL)):
        lines = [line for line in block.strip().splitlines() if not line.lstrip().startswith(("#", "|", "<!--"))]
        # What ends in a colon led to a table or to code.
        if (told := sentences("\n".join(lines), 500)) and not told.endswith(":"):
            found.append(told)
    return found[:most]


def human(name: str) -> str:
    """`holder_name`, `holderName` and `HolderName` as a person writes it."""
    words = [word for word in re.split(r"[\s_.\-/\[\]{}()]+", _WORD_START.sub(" ", name)) if word]
    said = " ".join(word if word in _KEPT else word.lower() for word in words)
    if said in _NAMES:
        return _NAMES[said]
    for ending in (" id", " uuid"):
        if said.endswith(ending) and len(words) > 1:
            return said.removesuffix(ending)
    return re.sub(r"\b(url|uri)\b", "web address", said) or name


def plural(noun: str) -> str:
    head, space, last = noun.rpartition(" ")
    if last in _IRREGULAR:
        return f"{head}{space}{_IRREGULAR[last]}"
    if re.search(r"[^aeiou]y$", last):
        return f"{head}{space}{last[:-1]}ies"
    if last.endswith(("s", "x", "ch", "sh")):
        return noun if re.search(r"[^su]s$", last) else f"{noun}es"
    return f"{noun}s"


def singular(noun: str) -> str:
    head, space, last = noun.rpartition(" ")
    if last == "people":
        return f"{head}{space}person"
    if last.endswith("ies") and len(last) > 4:
        return f"{head}{space}{last[:-3]}y"
    if re.search(r"(ss|x|ch|sh|[^ao]us)es$", last):
        return noun[:-2]
    return noun[:-1] if re.search(r"[^su]s$", last) else noun


def article(noun: str) -> str:
    if singular(noun) != noun:
        return noun
    if re.match(r"(an?|the|one|several|either|any|some|text|yes|nothing) ", f"{noun} "):
        return noun
    return f"{'an' if re.match(r'[aeio]|u(?!ni|se|rl)', noun, re.IGNORECASE) else 'a'} {noun}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    *before, final = list(words) or [""]
    return f"{', '.join(before)} {last} {final}" if before else final


def some(words: Sequence[str], most: int, last: str = "and") -> str:
    """The same, with only the first of many."""
    left = len(words) - most
    return listed(words, last) if left < 2 else f"{', '.join(words[:most])} {last} {left} others"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    return f"{capital(text)}." if text and text[-1] not in ".!?…:" else capital(text)


def count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else plural(noun)}"
