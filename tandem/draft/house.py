"""What a draft takes from the contracts there are: jargon to avoid, things to link to, stories to tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tandem.kit.contract import read
from tandem.spec.document import as_list, as_mapping
from tandem.spec.lint import Ruleset, read_rules

_PREFIX = re.compile(r"\^([a-z]+)_")


@dataclass(frozen=True)
class Story:
    """`tail` is what the ids of one scenario have in common; `ids` are those of things of other contracts."""

    name: str
    tail: str
    ids: Mapping[str, str]


@dataclass(frozen=True)
class House:
    """`known` has the prefix of the ids of each thing of other contracts; `empty` is the scenario of empty lists."""

    known: Mapping[str, str]
    jargon: tuple[str, ...]
    personal: tuple[str, ...]
    stories: tuple[Story, Story]
    empty: str
    rules: Ruleset


def read_house(contracts: Path) -> House:
    """Raises ContractError or OSError where the shared contracts cannot be read."""
    rules = read_rules(contracts / "rules.yaml")
    schemas = as_mapping(as_mapping(read(contracts / "common" / "schemas.yaml").data.get("components")).get("schemas"))
    patterns = {name: str(as_mapping(one).get("pattern", "")) for name, one in schemas.items() if name.endswith("Id")}
    known = {name.removesuffix("Id"): found[1] for name, text in patterns.items() if (found := _PREFIX.match(text))}
    scenarios = as_mapping(read(contracts / "scenarios.yaml").data.get("scenarios"))
    first, second, *_ = (_story(name, as_mapping(one)) for name, one in scenarios.items() if name != "empty")
    return House(
        known,
        _words(rules, "words-are-plain"),
        _words(rules, "personal-data-is-marked"),
        (first, second),
        "empty",
        rules,
    )


def _words(rules: Ruleset, rule: str) -> tuple[str, ...]:
    return tuple(map(str, as_list(rules.rules[rule].options.get("words"))))


def _story(name: str, scenario: Mapping[str, Any]) -> Story:
    ids = dict(_ids(scenario))
    return Story(name, ids["Customer"].partition("_")[2], ids)


def _ids(scenario: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for part in ("company", "account", "card", "invoice"):
        if found := as_mapping(scenario.get(part)).get("id"):
            yield {"company": "Customer"}.get(part, part.capitalize()), str(found)
    for one in as_list(as_mapping(scenario.get("transactions")).get("latest"))[:1]:
        yield "Transaction", str(as_mapping(one).get("id"))
