"""Writes `errors.py` and `rules.py`: what is refused, and when."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from tandem.scaffold.storage.names import pascal, snake
from tandem.scaffold.storage.roles import Role, Verb
from tandem.scaffold.storage.steps import Rule, choices_of
from tandem.scaffold.storage.things import Thing

_LONG = 95
_CLASS = """class {name}({kind}):
    title = "{title}"

    def __init__(self, {arguments}) -> None:
        super().__init__({said})


"""


def _text(said: str) -> str:
    """As an f-string, in several where it is long."""
    lines = textwrap.wrap(said, _LONG, break_long_words=False, break_on_hyphens=False)
    return " ".join(f'f"{line} "' for line in lines)[:-2] + '"'


def errors_of(thing: Thing, roles: Sequence[Role]) -> Iterator[tuple[str, str]]:
    """Each class of a thing: what it is a kind of, and its source."""
    words = thing.words
    yield "NotFound", _CLASS.format(
        name=thing.missing, kind="NotFound", title=f"{words.capitalize()} not found", arguments=f"{thing.id}: str",
        said=_text(f"There is no {words} {{{thing.id}}}."),
    )  # fmt: skip
    if any(role.creation and role.creation.sent_key for role in roles):
        yield "Conflict", _CLASS.format(
            name=exists(thing), kind="Conflict", title=f"There is such a {words} already", arguments=f"{thing.id}: str",
            said=_text(f"There is a {words} {{{thing.id}}} already. Choose another."),
        )  # fmt: skip
    if any(role.refuses_removal for role in roles):
        yield "Conflict", _CLASS.format(
            name=in_use(thing), kind="Conflict", title=f"The {words} is in use", arguments=f"{thing.id}: str",
            said=_text(f"Something else belongs to {words} {{{thing.id}}}. Remove that first."),
        )  # fmt: skip
    for rule in rules_of(roles):
        said = ". ".join(rule.sentences).replace("{", "{{").replace("}", "}}").replace('"', "'")
        yield "Conflict", _CLASS.format(
            name=refusal_of(thing, rule), kind="Conflict", title=_title(thing, rule),
            arguments=f"{thing.id}: str, {rule.column.name}: str",
            said=_text(f"{words.capitalize()} {{{thing.id}}} is {{{rule.column.name}}}. {said}."),
        )  # fmt: skip


CUSTOMER_NOT_FOUND = _CLASS.format(
    name="CustomerNotFound", kind="NotFound", title="Customer not found", arguments="customer_id: str",
    said=_text("There is no customer {customer_id}."),
)  # fmt: skip
NOTHING_SENT = """class NothingSent(Unprocessable):
    title = "Nothing was sent"

    def __init__(self) -> None:
        super().__init__("This takes a body. Send it as JSON.")


"""


def exists(thing: Thing) -> str:
    return f"{thing.missing.removesuffix('NotFound')}Exists"


def in_use(thing: Thing) -> str:
    return f"{thing.missing.removesuffix('NotFound')}InUse"


def refusal_of(thing: Thing, rule: Rule) -> str:
    if len(rule.allowed) == 1:
        return f"{pascal(thing.noun)}Not{pascal(rule.allowed[0])}"
    refused = _others(rule)
    return f"{pascal(thing.noun)}{'Is' if len(refused) == 1 else 'Cannot'}{pascal(_named(rule))}"


def _named(rule: Rule) -> str:
    """A rule is called by the one state it asks for or refuses, or else by the step it is about."""
    refused = _others(rule)
    return (*rule.allowed[:1], "")[0] if len(rule.allowed) == 1 else refused[0] if len(refused) == 1 else rule.verb


def _title(thing: Thing, rule: Rule) -> str:
    named = _named(rule).replace("_", " ")
    if len(rule.allowed) == 1:
        return f"The {thing.words} is not {named}"
    return f"The {thing.words} is {named}" if len(_others(rule)) == 1 else f"Not possible for this {thing.words} now"


def rules_of(roles: Iterable[Role]) -> list[Rule]:
    """Several steps may keep the same rule."""
    found = (role.step.rule for role in roles if role.verb is Verb.STEP and role.step and role.step.rule)
    return list({(rule.column.name, rule.allowed): rule for rule in found}.values())


def rule_source(thing: Thing, rule: Rule) -> str:
    attribute = f"{thing.variable}.{thing.attribute(rule.column)}"
    few = rule.allowed if len(rule.allowed) * 2 <= len(choices_of(rule.column)) else _others(rule)
    negated = "not in" if few == rule.allowed else "in"
    test = f'{attribute} {"!=" if negated == "not in" else "=="} "{few[0]}"' if len(few) == 1 else (
        f"{attribute} {negated} {{{', '.join(f'{chr(34)}{one}{chr(34)}' for one in few)}}}"
    )  # fmt: skip
    key = f"{thing.variable}.{thing.attribute(thing.key)}"
    key = f"str({key})" if thing.key.kind.is_integer else key
    return (
        f"def {check_name(thing, rule)}({thing.variable}: {thing.model.name}) -> None:\n"
        f"    if {test}:\n        raise {refusal_of(thing, rule)}({key}, {attribute})\n"
    )


def _others(rule: Rule) -> tuple[str, ...]:
    return tuple(one for one in choices_of(rule.column) if one not in rule.allowed)


def check_name(thing: Thing, rule: Rule) -> str:
    refuses_one = len(rule.allowed) > 1 and len(_others(rule)) == 1
    return f"check_{thing.noun}_{'not_' if refuses_one else ''}{snake(_named(rule))}"
