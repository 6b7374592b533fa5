"""The comment on a pull request: who breaks first, bounded, and nothing of a contract can mark it."""

from __future__ import annotations

from dataclasses import replace

from tandem.spec.diff.markdown import LONGEST, MARKER, markdown
from tests.spec.diff.asking import Ask, Json, document, one_operation, with_answer, with_body
from tests.spec.diff.telling import both, reported

CARD: Json = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}


def _doing(schema: Json) -> Json:
    body = {"content": {"application/json": {"schema": schema}}}
    return one_operation({"summary": "Do a thing", "requestBody": body})


def _headings(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(("#", "<summary"))]


def test_nothing_new_is_a_line(ask: Ask) -> None:
    text = markdown(reported(ask, document(), document()))
    assert text == f"{MARKER}\n## Contracts: Compatible: nothing changed for those who use the API.\n"


def test_what_breaks_comes_first_then_what_may_then_what_is_new_then_the_places(ask: Ask) -> None:
    revision = {**CARD, "properties": {"a": {"type": "string"}, "c": {}}, "required": ["a", "d"]}
    text = markdown(reported(ask, _doing(CARD), _doing(revision)))
    assert _headings(text) == [
        "## Contracts: Breaking: 1 change breaks apps, 1 warning, 1 change that breaks nobody.",
        "### What breaks, and for whom",
        "### What may break",
        "### What else is new",
        "<summary>Exact places, for developers (3)</summary>",
    ]
    assert "**Things**: Do a thing: a new field *d* that must be there | Apps that do not send *d* are refused." in text
    assert "| breaking | `d` of the request body is new and must be sent | `POST /things` | `revision.json:1` |" in text
    assert "tandem contract waive FINGERPRINT" in text


def test_a_waived_change_is_told_apart_with_who_waived_it(ask: Ask) -> None:
    base, revision = with_answer(CARD), with_answer({**CARD, "required": []})
    text = markdown(reported(ask, base, revision, waived="property-became-optional"))
    assert "## Contracts: Compatible: 1 waived." in text
    assert "<summary>Waived (1)</summary>" in text
    assert "(cards-team, until 2027-06-30: All apps moved \\| &lt;b>)" in text
    assert "| waived |" in text
    assert "### What breaks" not in text


def test_complaints_and_defects_are_told(ask: Ask) -> None:
    broken = with_answer({"$ref": "#/components/schemas/No`body"})
    made = replace(reported(ask, broken, broken), complaints=("waivers.yaml: the waiver a1 ended",))
    text = markdown(made)
    assert "### Waivers that do not hold\n\n- waivers.yaml: the waiver a1 ended\n" in text
    assert "Parts that could not be followed (1)" in text
    assert "- `revision.json:1: $ref '#/components/schemas/No'body' names nothing`" in text


def test_several_contracts_are_told_each_under_its_name(ask: Ask) -> None:
    more = {**CARD, "properties": {**CARD["properties"], "c": {}}}
    made = both(
        reported(ask, with_answer(CARD), with_answer(more), title="Cards"),
        reported(ask, with_body(CARD), with_body(more), title="Accounts"),
    )
    text = markdown(made)
    assert text.index("**Accounts**\n\n- ") < text.index("**Cards**\n\n- ")


def test_more_than_five_operations_are_counted(ask: Ask) -> None:
    def using(values: list[str]) -> Json:
        answer = {
            "200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/K"}}}}
        }
        paths = {f"/{name}": {"get": {"responses": answer}} for name in "abcdefg"}
        return document(paths, components={"schemas": {"K": {"enum": values}}})

    text = markdown(reported(ask, using(["x"]), using(["x", "y"])))
    assert "`GET /a`, `GET /b`, `GET /c`, `GET /d`, `GET /e` and 2 more" in text


def test_hostile_names_end_no_cell_and_begin_no_tag(ask: Ask) -> None:
    hostile = "a|b` <img src=x onerror=y>\n| c"
    more = {**CARD, "properties": {**CARD["properties"], hostile: {}}}
    text = markdown(reported(ask, with_answer(CARD), with_answer(more)))
    (row,) = [line for line in text.splitlines() if line.startswith("| note")]
    assert row.replace("\\|", "").count("|") == 6
    assert "<img" not in text.replace("`200`", "").split("<details>")[0]


def test_the_comment_stays_within_what_github_takes_and_counts_the_rest(ask: Ask) -> None:
    def operations(count: int) -> Json:
        return document({f"/{'x' * 90}{index}": one_operation({})["paths"]["/things"] for index in range(count)})

    text = markdown(reported(ask, operations(600), operations(1)))
    assert len(text) <= LONGEST
    assert "more, which this comment has no room for." in text
    assert text.count("<details>") == text.count("</details>") == 1
