"""Words for changes of single values: their kind, their range, their list, their form."""

from __future__ import annotations

from collections.abc import Iterator

from tandem.spec.diff.words.words import KEEP_SENDING, KEEP_TAKING, RETIRE, Words

_REFUSED = "Apps that send {name} there are refused."
_NEVER_TOLD = "Apps that read {at} may receive {name}, which they were told would never come."
_ANY_OTHER = "Apps that read {at} may receive values which they were told would never come."
_OUTSIDE = "Apps that send values which the contract allowed before may be refused."

_BOUNDS = {
    "minimum": ("lowest value", "Apps that send less are refused."),
    "maximum": ("highest value", "Apps that send more are refused."),
    "minLength": ("shortest length", "Apps that send a shorter text are refused."),
    "maxLength": ("greatest length", "Apps that send a longer text are refused."),
    "minItems": ("least number of items", "Apps that send fewer items are refused."),
    "maxItems": ("greatest number of items", "Apps that send more items are refused."),
    "minProperties": ("least number of members", "Apps that send fewer members are refused."),
    "maxProperties": ("greatest number of members", "Apps that send more members are refused."),
}


def _bounds() -> Iterator[tuple[str, Words]]:
    for keyword, (noun, refused) in _BOUNDS.items():
        what = f"The {noun} of {{at}} {{change}}"
        for verb in ("raised", "lowered"):
            yield (
                f"{keyword}-{verb}",
                Words(
                    what,
                    refused,
                    f"Apps that read {{at}} may receive values beyond the {noun} they were told of.",
                    KEEP_TAKING if (verb == "raised") == keyword.startswith("min") else KEEP_SENDING,
                ),
            )


VALUES: dict[str, Words] = {
    **dict(_bounds()),
    "type-accepted": Words("{at} may now also be of type {name}", _OUTSIDE, _NEVER_TOLD, RETIRE),
    "type-refused": Words("{at} may no longer be of type {name}", _REFUSED, _ANY_OTHER, KEEP_TAKING),
    "null-accepted": Words(
        "{at} may now be null",
        _OUTSIDE,
        "Apps that read {at} may receive null, where they were told there is always a value.",
        "Say that there is nothing with a value apps know, or in a new field beside it.",
        "{at} may now be empty",
    ),
    "null-refused": Words(
        "{at} may no longer be null",
        "Apps that send null there are refused.",
        _ANY_OTHER,
        "Keep taking null, as the default or as no change.",
        "{at} may no longer be empty",
    ),
    "values-limited": Words(
        "{at} must now be one of {after}", "Apps that send any other value are refused.", _ANY_OTHER, KEEP_TAKING
    ),
    "values-unlimited": Words(
        "{at} may now be any value, where it was one of {before}",
        _OUTSIDE,
        "Apps that read {at} may receive any other value, which they were told would never come.",
        "List the new values and mark the list with `x-extensible-enum` before any of them is sent.",
    ),
    "value-removed": Words(
        "{name} is no longer a value of {at}",
        "Apps that send {name} are refused.",
        "Apps that wait for {name} never receive it again.",
        "Keep accepting the value, treat it as the nearest one that stays, and announce its end.",
    ),
    "value-added": Words(
        "{name} is a new value of {at}",
        _OUTSIDE,
        _NEVER_TOLD,
        "Say first that values may be added (`x-extensible-enum`), so that apps are ready for those they do not know; "
        "or put the new value into a new field.",
    ),
    "fractions-refused": Words(
        "{at} must now be a whole number", "Apps that send a fraction are refused.", _ANY_OTHER, KEEP_TAKING
    ),
    "fractions-accepted": Words(
        "{at} may now be a fraction",
        _OUTSIDE,
        "Apps that read {at} may receive a fraction, where they were told of whole numbers only.",
        RETIRE,
    ),
    "multiple-changed": Words(
        "The step of {at} {change}",
        "Apps that send a number between the steps are refused.",
        "Apps that read {at} may receive a number between the steps they were told of.",
        KEEP_TAKING,
    ),
    "format-changed": Words(
        "The format of {at} {change}",
        "Apps that send it in the former format may be refused.",
        "Apps that read {at} may not understand the new format.",
        RETIRE,
    ),
    "pattern-added": Words(
        "{at} must now match {after}", "Apps that send anything else are refused.", _ANY_OTHER, KEEP_TAKING
    ),
    "pattern-removed": Words(
        "{at} need no longer match {before}",
        _OUTSIDE,
        "Apps that read {at} may receive texts of a form they were not told of.",
        KEEP_SENDING,
    ),
    "pattern-changed": Words(
        "The form of {at} {change}",
        "Apps that send texts of the former form may be refused.",
        "Apps that read {at} may receive texts of a form they were not told of.",
        "Nothing can say which texts both forms allow: keep the former one, or check by hand and waive this.",
    ),
    "encoding-changed": Words(
        "The encoding of {at} {change}",
        "What apps send in the former encoding is read wrongly.",
        "Apps that read {at} decode it wrongly.",
        RETIRE,
    ),
    "default-changed": Words(
        "The default of {at} {change}",
        "Apps that leave it out are treated differently without having changed anything.",
        "Apps that take it as given when it is missing are wrong from now on.",
        "Leave the default as it is, and let apps that want the new behaviour ask for it.",
    ),
}
