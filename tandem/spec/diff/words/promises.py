"""Words for promises about time: deprecation, the announced end, how stable something is."""

from __future__ import annotations

from tandem.spec.diff.words.words import Words

_EARLY = "Apps that rely on what was announced lose time to move."
_ANNOUNCED = "Apps have no date to plan by."
_READABLE = "Write the date as 2027-06-30."

PROMISES: dict[str, Words] = {
    "deprecated": Words("{at} is going to be retired{when}"),
    "reactivated": Words("{at} is no longer going to be retired"),
    "sunset-earlier": Words(
        "The announced end of {at} {change}", _EARLY, _EARLY, "Keep the announced date; a later one is fine."
    ),
    "sunset-removed": Words(
        "The announced end of {at}, {before}, is gone", _ANNOUNCED, _ANNOUNCED,
        "Keep `x-sunset`, or take the deprecation back.",
    ),
    "sunset-passed": Words(
        "{at} is deprecated with an end that has passed: {after}", _EARLY, _EARLY,
        "Give a date that leaves apps time to move.",
    ),
    "sunset-unreadable": Words("The announced end of {at} is no date: {after}", _ANNOUNCED, _ANNOUNCED, _READABLE),
    "stability-lowered": Words(
        "The stability of {at} {change}", "Apps that rely on it lose the promise it was made with.",
        "Apps that rely on it lose the promise it was made with.",
        "Leave the level; mark it with `deprecated: true` when it is to go.",
    ),
    "stability-raised": Words("The stability of {at} {change}"),
    "stability-unknown": Words(
        "The stability of {at} is no known level: {after}", "Apps cannot tell what is promised.",
        "Apps cannot tell what is promised.", "Choose draft, alpha, beta or stable.",
    ),
}  # fmt: skip
