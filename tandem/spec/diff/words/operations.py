"""Words for changes of operations: whether they are there, what they take and give, who may call them."""

from __future__ import annotations

from tandem.spec.diff.words.words import KEEP_TAKING, OPTIONAL, RETIRE, Words

_OUTSIDE = "Apps that send what the contract allowed before may be refused."
_NO_MORE = "Apps that call it get an error."
_LEAVE = (
    "Keep it, mark it with `deprecated: true` and an `x-sunset` date, and remove it when that date has passed. What "
    "replaces it is added beside it now."
)
_KEEP_WRITING = "Leave how it is written as it was; a new way needs a new parameter."
_BOTH_WAYS = "Accept the former way beside the new one for a while."
_LET_IN = "Let callers in who have what was enough so far, until their tokens carry the new scope."

OPERATIONS: dict[str, Words] = {
    "operation-added": Words("{name} is new", plain="One can now: {name}"),
    "operation-removed": Words("{name} is gone", _NO_MORE, _NO_MORE, _LEAVE, "One can no longer: {name}"),
    "operation-id-changed": Words("The name of the operation in generated clients {change}"),
    "webhook-added": Words("{name} is new", plain="We now also call: {name}"),
    "webhook-removed": Words(
        "{name} is gone", "Apps that wait for it are never called again.",
        "Apps that wait for it are never called again.", _LEAVE, "We no longer call: {name}",
    ),
    "server-removed": Words(
        "The address {name} is gone", "Apps that call that address get no answer.",
        advice="Keep the former address, and send its calls on to the new one.",
    ),
    "body-added": Words(
        "The operation now takes a body", "Apps that send none are refused.", "Apps get a body they do not expect.",
        OPTIONAL,
    ),
    "body-removed": Words(
        "The operation no longer takes a body", "What apps send is refused or passed over.",
        "Apps that read the body find none.", RETIRE,
    ),
    "body-became-required": Words("The body must now be sent", "Apps that send none are refused.", advice=OPTIONAL),
    "body-became-optional": Words(
        "The body may now be missing", _OUTSIDE, "Apps that read the body may find none.",
        "Keep sending the body, empty where there is nothing to say.",
    ),
    "media-type-added": Words("{name} is a further format of {at}"),
    "media-type-removed": Words(
        "{name} is no longer a format of {at}", "Apps that send {name} are refused.",
        "Apps that ask for {name} get an error or a format they cannot read.", RETIRE,
    ),
    "status-added": Words("The operation may now answer {name}"),
    "status-removed": Words(
        "The operation no longer answers {name}", "Apps that answer {name} are taken to have failed.",
        "Apps that take {name} as success no longer see it.",
        "Keep the status; say what is new in the body or in a header.",
    ),
    "header-added": Words(
        "The header {name} is new in {at}", "Apps that do not send {name} are refused.", advice=OPTIONAL
    ),
    "header-removed": Words(
        "The header {name} of {at} is gone", "What apps send as {name} is refused or passed over.",
        "Apps that read {name} no longer find it.", RETIRE,
    ),
    "header-became-optional": Words(
        "The header {name} of {at} may now be missing", _OUTSIDE,
        "Apps that read {name} were told that it is always there, and may not find it.", "Keep sending it.",
    ),
    "header-became-required": Words(
        "The header {name} of {at} is now always there", "Apps that do not send {name} are refused.", advice=OPTIONAL
    ),
    "parameter-added": Words("{at} is new and optional", plain="A new optional choice: {at}"),
    "required-parameter-added": Words("{at} is new and must be sent", "Apps that do not send it are refused.",
        "Apps are sent a parameter they do not expect.", OPTIONAL),
    "parameter-removed": Words(
        "{at} is gone", "What apps send in it is refused or passed over in silence.",
        "Apps that read it no longer find it.", RETIRE,
    ),
    "parameter-became-required": Words(
        "{at} must now be sent", "Apps that do not send it are refused.", advice=OPTIONAL
    ),
    "parameter-became-optional": Words(
        "{at} need no longer be sent", _OUTSIDE, "Apps that read it may not find it.", "Keep sending it."
    ),
    "style-changed": Words(
        "The way {at} is written {change}", "What apps send is read wrongly.", "What is sent to apps is read wrongly.",
        _KEEP_WRITING,
    ),
    "explode-changed": Words(
        "How {at} is written when it has several parts (`explode`) {change}", "What apps send is read wrongly.",
        "What is sent to apps is read wrongly.", _KEEP_WRITING,
    ),
    "serialisation-changed": Words(
        "The format of {at} {change}", "What apps send is read wrongly.", "What is sent to apps is read wrongly.",
        _KEEP_WRITING,
    ),
    "empty-value-accepted": Words("{at} may now be empty", _OUTSIDE, "Apps may be sent it empty."),
    "empty-value-refused": Words("{at} may no longer be empty", "Apps that send it empty are refused.",
        advice=KEEP_TAKING),
    "reserved-characters-accepted": Words("{at} may now hold reserved characters as they are", _OUTSIDE,
        "Apps may be sent reserved characters as they are."),
    "reserved-characters-refused": Words("{at} may no longer hold reserved characters as they are",
        "Apps that send them so are refused.", advice=KEEP_TAKING),
    "security-added": Words(
        "Callers now need {after}, where they needed nothing", "Apps that call without it are refused.",
        "Apps that are called must check it.", "Let callers without it in until all of them have it.",
    ),
    "security-changed": Words(
        "What callers need {change}", "Apps that have what was enough so far are refused.",
        "Apps that check what was sent so far refuse our calls.", _BOTH_WAYS,
    ),
    "security-scheme-changed": Words(
        "What callers need is another scheme: {after}", "Apps that have what was enough so far are refused.",
        "Apps that check what was sent so far refuse our calls.", _BOTH_WAYS,
    ),
    "security-loosened": Words("Less is needed to call it: {after}, where it was {before}", _OUTSIDE,
        "Apps that are called may be called without what they check."),
    "scope-added": Words(
        "Callers need a further scope: {after}, where it was {before}", "Apps whose tokens lack it are refused.",
        "Apps that check scopes may refuse our calls.", _LET_IN,
    ),
    "token-address-changed": Words(
        "The address where tokens for {name} come from {change}", "Apps that ask the former address get no token.",
        advice="Keep the former address answering until apps have moved.",
    ),
}  # fmt: skip
