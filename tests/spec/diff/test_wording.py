"""Every kind of change has words, and the words say who breaks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tandem.spec import diff
from tandem.spec.diff.changes import Direction
from tandem.spec.diff.findings import Finding
from tandem.spec.diff.names import Plain, words
from tandem.spec.diff.wording import Said, said
from tandem.spec.diff.words import WORDS
from tests.spec.diff.asking import Ask, Json, one_operation, with_answer, with_body, with_parameter

ENGINE = [
    path
    for path in Path(str(diff.__path__[0])).glob("*.py")
    if path.stem not in ("names", "wording", "report", "waivers", "text", "markdown", "since_release")
]
KEBAB = re.compile(r"[a-z]+(-[a-z]+)+|deprecated|reactivated")
# Formats, headers and the like, which are spelled as rules are.
NOT_RULES = {"content-type", "uri-reference", "iri-reference", "idn-email", "idn-hostname", "utf-8", "x-sunset",
             "x-stability-level", "x-extensible-enum", "empty-value", "reserved-characters"}  # fmt: skip
INVOICE: Json = {
    "type": "object",
    "required": ["number"],
    "properties": {"number": {"type": "string"}, "status": {"enum": ["open", "paid"]}},
}


def _texts() -> Iterator[str | re.Pattern[str]]:
    """What the engine says that may be a rule: literals, and patterns for those it puts together."""
    for path in ENGINE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEBAB.fullmatch(node.value):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(one.value)) if isinstance(one, ast.Constant) else ".+" for one in node.values]
                if re.fullmatch(r"[\w\\.+-]*-[\w\\.+-]*", "".join(parts)):
                    yield re.compile("".join(parts))


def _said(ask: Ask, base: Json, revision: Json) -> Said:
    (finding,) = ask.diff(base, revision).findings
    return said(finding, Plain())


def test_every_rule_of_the_engine_has_words() -> None:
    assert {text for text in _texts() if isinstance(text, str)} - NOT_RULES - WORDS.keys() == set()


def test_all_words_are_of_a_rule_that_the_engine_has() -> None:
    texts = list(_texts())
    unsaid = [
        rule
        for rule in WORDS
        if not any(rule == text if isinstance(text, str) else text.fullmatch(rule) for text in texts)
    ]
    assert unsaid == []


def test_every_pattern_of_a_rule_has_words() -> None:
    patterns = [text for text in _texts() if isinstance(text, re.Pattern)]
    assert len(patterns) >= 5
    assert all(any(one.fullmatch(rule) for rule in WORDS) for one in patterns)


@pytest.mark.parametrize("rule", WORDS)
def test_words_fill_in_and_end_as_sentences_do(rule: str, ask: Ask) -> None:
    (finding,) = ask.diff(with_answer(INVOICE), with_answer({**INVOICE, "required": []})).findings
    finding.rule = rule
    finding.breaks = list(Direction)
    told = said(finding, Plain())
    assert "{" not in "".join((told.what, told.plain, *told.who, told.advice))
    assert not told.what.endswith(".")
    assert all(sentence.endswith(".") for sentence in (*told.who, told.advice) if sentence)


def test_optional_field_is_new_in_exact_and_in_plain_words(ask: Ask) -> None:
    more = {**INVOICE, "properties": {**INVOICE["properties"], "reminder_date": {"type": "string"}}}
    told = _said(ask, with_answer(INVOICE), with_answer(more))
    assert told == Said("`reminder_date` of the 200 answer is new and optional",
                        "A new optional field *reminder date*", (), (), "")  # fmt: skip


def test_new_value_in_an_answer_names_who_reads_it(ask: Ask) -> None:
    more = {**INVOICE, "properties": {**INVOICE["properties"], "status": {"enum": ["open", "paid", "overdue"]}}}
    told = _said(ask, with_answer(INVOICE), with_answer(more))
    assert told.what == '`"overdue"` is a new value of `status` of the 200 answer'
    assert told.who == (
        'Apps that read `status` of the 200 answer may receive `"overdue"`, which they were told would never come.',
    )
    assert "x-extensible-enum" in told.advice


def test_new_duty_in_a_request_names_who_sends(ask: Ask) -> None:
    told = _said(ask, with_body(INVOICE), with_body({**INVOICE, "required": ["number", "status"]}))
    assert told.what == "`status` of the request body must now be there"
    assert told.who == ("Apps that do not send `status` are refused.",)
    assert told.advice.startswith("Make it optional")


def test_both_who_send_and_who_read_are_named_for_a_shared_component(ask: Ask) -> None:
    def shared(kind: str) -> Json:
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Invoice"}}}
        operation = {"requestBody": {"content": content}, "responses": {"200": {"description": "", "content": content}}}
        return one_operation(operation, components={"schemas": {"Invoice": {"type": kind}}})

    findings = ask.diff(shared("string"), shared("boolean")).findings
    sentences = [sentence for one in findings for sentence in said(one, Plain()).who]
    assert "Apps that send `string` there are refused." in sentences
    assert any(sentence.startswith("Apps that read `Invoice` may receive `boolean`") for sentence in sentences)


@pytest.mark.parametrize(
    ("base", "revision", "what"),
    [
        ({}, {"minimum": 5}, "The lowest value of query parameter `q` is now `5`, where there was none"),
        ({"minimum": 1}, {"minimum": 5}, "The lowest value of query parameter `q` goes from `1` to `5`"),
        ({"maximum": 9}, {}, "The highest value of query parameter `q` is gone; it was `9`"),
    ],
)
def test_limits_say_from_where_to_where(ask: Ask, base: Json, revision: Json, what: str) -> None:
    schemas = ({"schema": {"type": "integer", **one}} for one in (base, revision))
    assert _said(ask, *(with_parameter(one) for one in schemas)).what == what


def test_operation_is_told_by_its_summary_to_who_does_not_read_paths(ask: Ask) -> None:
    finding = _gone(ask)
    told = said(finding, Plain({"POST /things": "Invoice an account for a month"}))
    assert (told.what, told.plain) == ("`POST /things` is gone", "One can no longer: *Invoice an account for a month*")
    assert said(finding, Plain()).plain == "One can no longer: `POST /things`"


def _gone(ask: Ask) -> Finding:
    (finding,) = ask.diff(one_operation({}), one_operation({}, path="/others")).findings[:1]
    assert finding.rule == "operation-removed"
    return finding


def test_hostile_names_mark_nothing(ask: Ask) -> None:
    hostile = "a` **b** <img src=x> | [c](d)\n# e"
    more = {**INVOICE, "properties": {**INVOICE["properties"], hostile: {"type": "string"}}}
    told = _said(ask, with_answer(INVOICE), with_answer(more))
    assert told.what.count("`") == 2
    assert "\n" not in told.what
    assert set("<>[]|`#").isdisjoint(told.plain)
    assert told.plain.count("*") == 2


def test_long_names_are_cut(ask: Ask) -> None:
    more = {**INVOICE, "properties": {**INVOICE["properties"], "x" * 5000: {"type": "string"}}}
    assert len(_said(ask, with_answer(INVOICE), with_answer(more)).what) < 200


@pytest.mark.parametrize(
    ("name", "plain"),
    [("reminder_date", "reminder date"), ("newInvoice", "new invoice"), ("PDFLink", "pdflink"), ("ETag", "etag"),
     ("SEK", "SEK"), ("***", "—")],
)  # fmt: skip
def test_names_become_words(name: str, plain: str) -> None:
    assert words(name) == plain
