"""What is told about a contract, in words and in the order in which it is told."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Detail:
    """One field of a thing, or one thing that is given. `remarks` are short: defaults, whether it may be empty."""

    name: str
    about: str
    kind: str
    remarks: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Thing:
    """`is_answered` tells what one gets from what that is made of."""

    name: str
    about: str
    details: tuple[Detail, ...]
    is_answered: bool = True


@dataclass(frozen=True)
class Action:
    """`more` counts what may also be given and is not listed. `retiring` says until when it works."""

    title: str
    about: str
    who: str
    gives: tuple[Detail, ...]
    more: int
    gets: str
    wrong: tuple[str, ...]
    remarks: tuple[str, ...]
    retiring: str = ""


@dataclass(frozen=True)
class Group:
    name: str
    about: str
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Caller:
    name: str
    may: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    name: str
    story: str


@dataclass(frozen=True)
class Explanation:
    """`told` are the events it sends by itself; `always_wrong` is what can go wrong with nearly everything."""

    title: str
    version: str
    about: tuple[str, ...]
    things: tuple[Thing, ...]
    groups: tuple[Group, ...]
    told: tuple[Action, ...] = ()
    always_wrong: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    callers: tuple[Caller, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    remarks: tuple[str, ...] = field(default=())

    @property
    def actions(self) -> list[Action]:
        return [action for group in self.groups for action in group.actions]
