"""The kind of a field, from its example. What could be two things is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tandem.draft.description import Sort, Value
from tandem.draft.names import plain, snake

CURRENCIES = ("SEK", "EUR", "NOK", "DKK")
MONEY_WORDS = frozenset({"amount", "price", "fee", "cost", "total", "balance", "salary", "rent", "deposit"})
_SIGNS = {"kr": "SEK", "€": "EUR", "eur": "EUR", "sek": "SEK", "nok": "NOK", "dkk": "DKK"}
_FIGURE = r"-?\d{1,3}(?:[, ]\d{3})+(?:\.\d{1,2})?|-?\d+(?:\.\d{1,2})?"
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Doubt:
    """`proposal` is written as an example would be that leaves no doubt."""

    text: str
    proposal: str


def understood(text: str, name: str, targets: Mapping[str, str]) -> Value | Doubt | str:
    """A sentence where it is neither understood nor worth a question. `targets` are things by their snake name."""
    if text.startswith("text:"):
        return Value(Sort.TEXT, text.removeprefix("text:").strip())
    if text.startswith("number:"):
        figure = text.removeprefix("number:").strip()
        return _number(figure, name, targets) or f"has “{figure}”, which is no whole number"
    for read in (_choice, _money, _time, _contact, _link, _number):
        if (found := read(text, name, targets)) is not None:
            return found
    return Value(Sort.TEXT, text)


def _choice(text: str, name: str, _: Mapping[str, str]) -> Value | Doubt | str | None:
    if text.lower() in {"yes", "no", "true", "false", "yes/no", "yes or no"}:
        return Value(Sort.YES_NO, text.lower() not in {"no", "false"})
    if text.lower().startswith("one of"):
        said = [one.strip(" `“”'\"") for one in re.split(r",|\bor\b", text[len("one of") :].strip(" :"))]
        choices = tuple(snake(one) for one in said if one)
        if len(choices) < 2 or len(set(choices)) < len(choices) or not all(choices):
            return "needs at least two different words after “one of”, for example `one of: open, closed`"
        return Value(Sort.CHOICE, choices[0], choices)
    few = [one.strip() for one in re.split(r",|/|\bor\b", text)]
    if len(few) > 1 and all(re.fullmatch(r"[^\W\d]+", one) for one in few):
        return Doubt(f"Is `{name}` always one of the words “{text}”, or any text?", f"one of: {', '.join(few)}")
    return None


def _money(text: str, name: str, _: Mapping[str, str]) -> Value | Doubt | str | None:
    found = re.fullmatch(rf"(?P<before>[^\W\d]+|€)?\s?(?P<figure>{_FIGURE})(?:\s?(?P<after>[^\W\d]+|€))?(?::-)?", text)
    unit = found and (found["after"] or found["before"])
    if not found:
        return None
    amount = f"{Decimal(re.sub('[, ]', '', found['figure'])):.2f}"
    if not unit:
        is_money = "." in found["figure"] or set(snake(name).split("_")) & MONEY_WORDS
        asked = f"Is `{name}` money, and in which currency? The example {text} does not say."
        return Doubt(asked, f"{amount} SEK") if is_money else None
    if unit in CURRENCIES:
        return Value(Sort.MONEY, {"amount": amount, "currency": unit})
    if unit.lower() in _SIGNS:
        return Doubt(f"Which currency is meant by “{text}” in `{name}`?", f"{amount} {_SIGNS[unit.lower()]}")
    if len(unit) == 3 and unit.isupper():
        return f"is in {unit}, which is not a currency here; there are: {', '.join(CURRENCIES)}"
    return None


def _time(text: str, name: str, _: Mapping[str, str]) -> Value | Doubt | str | None:
    if found := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text):
        first, second, year = map(int, found.groups())
        day, month = (first, second) if second <= 12 else (second, first)
        return Doubt(f"Which day is {text} in `{name}`?", f"{year:04}-{month:02}-{day:02}")
    if not re.match(r"\d{4}-\d{2}-\d{2}(?:$|[T ]\d)", text):
        return None
    try:
        if len(text) == 10:
            return Value(Sort.DAY, date.fromisoformat(text).isoformat())
        moment = datetime.fromisoformat(text)
    except ValueError:
        return (
            f"has the example {text}, which is no day or moment that exists; write 2026-11-20 or 2026-11-20T09:30:00Z"
        )
    written = f"{moment:%Y-%m-%dT%H:%M:%S}Z"
    if moment.tzinfo is None or moment.utcoffset():
        return Doubt(f"Moments are kept in UTC. Is {text} in `{name}` this one?", written)
    return Value(Sort.MOMENT, written)


def _contact(text: str, name: str, _: Mapping[str, str]) -> Value | Doubt | None:
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        return Value(Sort.EMAIL, text)
    if re.fullmatch(r"\+[1-9][0-9 ]{5,18}[0-9]", text):
        return Value(Sort.PHONE, text)
    if re.match(r"https?://\S+$", text):
        return Value(Sort.WEB, text)
    if re.fullmatch(r"0[0-9 -]{6,17}", text) and {"phone", "mobile", "telephone"} & set(snake(name).split("_")):
        local = re.sub(r"[ -]", "", text)[1:]
        asked = f"Phone numbers begin with their country. Which one is {text} in `{name}`?"
        return Doubt(asked, f"+46 {local[:2]} {local[2:]}")
    return None


def _link(text: str, name: str, targets: Mapping[str, str]) -> Value | Doubt | str | None:
    said = re.fullmatch(r"(?i:(?:link|reference|refers) to (?:an? |the )?)(.+)", text)
    wanted = snake(said[1] if said else text)
    if wanted in targets and not said and text[0].islower():
        return Doubt(f"Is `{name}` a link to a {targets[wanted]}, or the word “{text}”?", f"link to {targets[wanted]}")
    if wanted in targets:
        return Value(Sort.LINK, target=targets[wanted])
    if said:
        return f"is a link to “{said[1]}”, which is no thing; there are: {', '.join(sorted(targets.values()))}"
    return None


def _number(text: str, name: str, _: Mapping[str, str]) -> Value | Doubt | str | None:
    if re.fullmatch(r"-?\d{1,3}(?:[, ]\d{3})+", text):
        return Doubt(f"Is {text} in `{name}` a whole number?", re.sub("[, ]", "", text))
    if not re.fullmatch(r"-?(?:0|[1-9]\d*)", plain(text)):
        return None
    if abs(int(text)) > _LARGEST:
        return Doubt(f"{text} in `{name}` is too long to count with. Is it text made of figures?", f"text: {text}")
    return Value(Sort.NUMBER, int(text))
