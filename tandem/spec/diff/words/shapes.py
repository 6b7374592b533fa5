"""Words for changes of what contains something: objects, lists, unions, conditions."""

from __future__ import annotations

from tandem.spec.diff.words.words import KEEP_SENDING, KEEP_TAKING, OPTIONAL, RETIRE, Words

_OUTSIDE = "Apps that send what the contract allowed before may be refused."
_UNTOLD = "Apps that read {at} may receive something which they were told would never come."
_WITHOUT = "Apps that do not send {name} are refused."
_MISSING = "Apps that read {at} were told that {name} is always there, and may not find it."

SHAPES: dict[str, Words] = {
    "property-added": Words("{it} is new and optional", plain="A new optional field {it}"),
    "required-property-added": Words(
        "{it} is new and must be sent", _WITHOUT, _UNTOLD, OPTIONAL, "A new field {it} that must be there"
    ),
    "property-let-in": Words(
        "{it} is new, in an object that allowed no other members",
        _OUTSIDE,
        "Apps that read {at} may receive {name}, which they were told would never come.",
        "Let the object take other members first (`additionalProperties`), so that apps learn to pass over what they "
        "do not know.",
        "A new field {it}",
    ),
    "property-removed": Words(
        "{it} is gone",
        _OUTSIDE,
        "Apps that read {at} may not find {name}, or find something else under its name.",
        "Keep sending it, mark it with `deprecated: true` and an `x-sunset` date, and remove it in a major version.",
        "The field {it} is gone",
    ),
    "required-property-removed": Words(
        "{it}, which was always there, is gone",
        _OUTSIDE,
        _MISSING,
        "Keep sending it, mark it with `deprecated: true` and an `x-sunset` date, and remove it in a major version.",
        "The field {it}, which was always there, is gone",
    ),
    "property-unknown": Words(
        "{it} is no longer part of what is sent",
        "What apps send as {name} is passed over in silence.",
        _UNTOLD,
        "Keep accepting it, mark it with `deprecated: true` and an `x-sunset` date, and remove it in a major version.",
        "The field {it} is no longer looked at",
    ),
    "property-refused": Words(
        "{it} is no longer accepted", "Apps that send {name} are refused.", _UNTOLD, KEEP_TAKING,
        "The field {it} is no longer accepted",
    ),
    "property-undeclared": Words("{it} is no longer named, and counts among any other members"),
    "property-became-required": Words("{it} must now be there", _WITHOUT, _UNTOLD, OPTIONAL),
    "property-became-optional": Words(
        "{it} may now be missing", _OUTSIDE, _MISSING, "Keep sending it, with a value that says that there is nothing."
    ),
    "object-closed": Words(
        "{at} no longer takes members that it does not name",
        "Apps that send anything beside the named members are refused.",
        _UNTOLD,
        "Leave `additionalProperties` as it was: what is not known is passed over.",
    ),
    "object-opened": Words(
        "{at} may now have members that it does not name",
        _OUTSIDE,
        "Apps that read {at} may receive members which they were told would never come.",
        "Name the members that are sent, each as an optional field.",
    ),
    "other-properties-limited": Words(
        "Members that {at} does not name are now checked", _OUTSIDE, _UNTOLD, KEEP_TAKING
    ),
    "other-properties-freed": Words(
        "Members that {at} does not name are no longer checked", _OUTSIDE, _UNTOLD, KEEP_SENDING
    ),
    "names-by-pattern-added": Words(
        "Members of {at} whose name matches {name} are now checked", _OUTSIDE, _UNTOLD, KEEP_TAKING
    ),
    "names-by-pattern-removed": Words(
        "Members of {at} whose name matches {name} are no longer named", _OUTSIDE, _UNTOLD, KEEP_TAKING
    ),
    "dependent-property-required": Words(
        "{at} with {name} must now also have {after}",
        "Apps that send {name} without it are refused.", _UNTOLD, OPTIONAL,
    ),
    "dependent-property-optional": Words(
        "{at} with {name} need no longer have {before}", _OUTSIDE,
        "Apps that read {at} with {name} were told that {before} is there too, and may not find it.", KEEP_SENDING,
    ),
    "repeats-refused": Words(
        "{at} may no longer hold the same item twice", "Apps that send an item twice are refused.", _UNTOLD,
        "Keep taking repeats, and drop them in the service.",
    ),
    "repeats-accepted": Words(
        "{at} may now hold the same item twice", _OUTSIDE,
        "Apps that read {at} may receive an item twice, which they were told would never come.", KEEP_SENDING,
    ),
    "contained-count-changed": Words(
        "How many such items {at} must contain {change}", _OUTSIDE, _UNTOLD, KEEP_TAKING
    ),
    "alternative-added": Words(
        "{at} may now also be {name}",
        _OUTSIDE,
        "Apps that read {at} may receive {name}, which they were told would never come.",
        "Send the new alternative only to apps that ask for it, or in a new operation beside this one.",
    ),
    "alternative-removed": Words(
        "{at} may no longer be {name}", "Apps that send {name} are refused.",
        "Apps that wait for {name} never receive it again.", RETIRE,
    ),
    "alternatives-exclusive": Words(
        "{at} was {before} of its alternatives and is now {after}",
        "Apps that send what fits two of them are refused.",
        "Apps that read {at} may receive what fits two of them.",
        "Leave `anyOf` and `oneOf` as they were, or tell the alternatives apart with a field that each has its own "
        "value of.",
    ),
    "alternatives-overlap": Words(
        "Other values than before fit two alternatives of {at}, of which `oneOf` wants one",
        "Apps that send what now fits two of them are refused.",
        "Apps that read {at} may receive what fitted two of them before.",
        "Use `anyOf`, or tell the alternatives apart with a field that each has its own value of.",
    ),
    "part-added": Words(
        "{at} must now also obey a further part, with {name}", _OUTSIDE, _UNTOLD,
        "Put what is new into the schema itself, as optional fields.",
    ),
    "union-begun": Words(
        "{at} is now a union, of {name} alone",
        "Code that is generated from the contract gets another type; what it sends stays the same.",
        "Code that is generated from the contract gets another type; what it receives stays the same.",
        "Leave the reference by itself until there is a second alternative.",
    ),
    "limit-added": Words("{at} has a further condition ({name})", _OUTSIDE, _UNTOLD, KEEP_TAKING),
    "limit-removed": Words(
        "{at} has a condition less ({name})", _OUTSIDE,
        "Apps that read {at} may receive what that condition ruled out.", KEEP_SENDING,
    ),
    "discriminator-added": Words("{at} now says by a field which alternative it is"),
    "discriminator-removed": Words("{at} no longer says by a field which alternative it is"),
    "discriminator-renamed": Words(
        "The field by which {at} says which alternative it is {change}",
        "Apps that send the former field are refused.",
        "Apps that look at the former field cannot tell what they received.",
        "Send and take both fields for a while.",
    ),
    "discriminator-value-removed": Words(
        "{name} no longer names an alternative of {at}", "Apps that send {name} are refused.",
        "Apps that wait for {name} never receive it again.", RETIRE,
    ),
    "discriminator-value-added": Words("{name} names an alternative of {at}"),
}  # fmt: skip
