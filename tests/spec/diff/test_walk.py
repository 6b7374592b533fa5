"""Operations, bodies, answers and headers: what leaves, what comes, and whom it breaks."""

from __future__ import annotations

import pytest

from tests.spec.diff.asking import Ask, Json, document, one_operation, with_answer, with_body, with_webhook

DONE = {"description": "Done"}
JSON_TEXT = {"application/json": {"schema": {"type": "string"}}}
GONE = ("operation-removed", "breaking", "request")


def operations(*paths: str, **said: Json) -> Json:
    return document({path: {"get": {"responses": {"200": DONE}, **said}} for path in paths})


def answering(*statuses: str, **answer: Json) -> Json:
    return {"responses": {status: {**DONE, **answer} for status in statuses}}


def test_operation_that_left_breaks_those_who_call_it(ask: Ask) -> None:
    assert ask.documents(operations("/a", "/b"), operations("/a")) == [GONE]


def test_operation_that_came_is_noted(ask: Ask) -> None:
    assert ask.documents(operations("/a"), operations("/a", "/b")) == [("operation-added", "note", "")]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        pytest.param({"deprecated": True, "x-sunset": "2026-12-31"}, "note", id="its end has come"),
        pytest.param({"deprecated": True, "x-sunset": "2027-12-31"}, "breaking", id="its end is still to come"),
        pytest.param({"deprecated": True}, "breaking", id="nobody said when"),
        pytest.param({"x-stability-level": "draft"}, "note", id="it was only a draft"),
        pytest.param({"x-stability-level": "beta"}, "breaking", id="it was a beta"),
    ],
)
def test_operation_may_leave_when_it_was_said_when(ask: Ask, said: Json, told: str) -> None:
    (found,) = ask.documents(operations("/a", "/b", **said), operations("/a", **said))
    assert found[:2] == ("operation-removed", told)


def test_renamed_path_parameter_is_the_same_path(ask: Ask) -> None:
    def of(name: str) -> Json:
        parameter = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        return one_operation({"parameters": [parameter]}, path=f"/things/{{{name}}}")

    assert ask.documents(of("id"), of("thing_id")) == []


def test_paths_that_look_alike_are_matched_by_their_text(ask: Ask) -> None:
    both = operations("/a/{x}", "/a/{y}")
    assert ask.documents(both, both) == []
    assert ask.documents(both, operations("/a/{y}")) == [GONE]


def test_changes_of_a_draft_are_only_noted(ask: Ask) -> None:
    base = one_operation({"x-stability-level": "draft", "requestBody": {"content": JSON_TEXT}})
    revision = one_operation({"x-stability-level": "draft"})
    assert ask.documents(base, revision) == []


@pytest.mark.parametrize(
    ("base", "revision", "told"),
    [
        pytest.param(
            {}, {"requestBody": {"required": True, "content": JSON_TEXT}}, "body-added breaking", id="new, must"
        ),
        pytest.param({}, {"requestBody": {"content": JSON_TEXT}}, "body-added note", id="new, may"),
        pytest.param({"requestBody": {"content": JSON_TEXT}}, {}, "body-removed breaking", id="gone"),
        pytest.param(
            {"requestBody": {"content": JSON_TEXT}},
            {"requestBody": {"required": True, "content": JSON_TEXT}},
            "body-became-required breaking",
            id="may, now must",
        ),
        pytest.param(
            {"requestBody": {"required": True, "content": JSON_TEXT}},
            {"requestBody": {"content": JSON_TEXT}},
            "body-became-optional note",
            id="must, now may",
        ),
    ],
)
def test_body_of_a_request(ask: Ask, base: Json, revision: Json, told: str) -> None:
    assert [f"{rule} {grade}" for rule, grade, _ in ask.operations(base, revision)] == [told]


@pytest.mark.parametrize(
    ("base", "revision", "told"),
    [
        pytest.param("application/json", "application/json; charset=utf-8", [], id="a charset"),
        pytest.param("application/json", "application/*", [], id="a range around it"),
        pytest.param("application/json", "*/*", [], id="any type"),
        pytest.param("application/json", "text/csv", ["media-type-removed breaking"], id="another type"),
        pytest.param("application/json", "application/x+json", ["media-type-removed breaking"], id="a cousin"),
    ],
)
def test_media_types(ask: Ask, base: str, revision: str, told: list[str]) -> None:
    def bodies(name: str) -> Json:
        return {"requestBody": {"content": {name: {}}}}

    def answers(name: str) -> Json:
        return answering("200", content={name: {}})

    for of in (bodies, answers):
        found = ask.operations(of(base), of(revision))
        assert [f"{rule} {grade}" for rule, grade, _ in found if grade == "breaking"] == told


def test_answer_may_narrow_a_range_of_types_and_a_request_may_not(ask: Ask) -> None:
    old: Json = {"image/*": {}}
    new: Json = {"image/png": {}}
    assert [one for one in ask.operations(answering("200", content=old), answering("200", content=new)) if one[2]] == []
    found = ask.operations({"requestBody": {"content": old}}, {"requestBody": {"content": new}})
    assert ("media-type-removed", "breaking", "request") in found


@pytest.mark.parametrize(
    ("base", "revision", "told"),
    [
        pytest.param(["200", "201"], ["200"], [("status-removed", "breaking", "response")], id="a success left"),
        pytest.param(["200", "404"], ["200"], [("status-removed", "note", "")], id="a failure left"),
        pytest.param(["200"], ["200", "404"], [("status-added", "note", "")], id="a failure came"),
        pytest.param(["200"], ["2XX"], [("status-added", "note", "")], id="a range now covers it"),
        pytest.param(["2XX"], ["200"], [("status-added", "note", "")], id="one of a range is left"),
        pytest.param(["200"], ["default"], [("status-added", "note", "")], id="the default now covers it"),
        pytest.param(
            ["200", "default"], ["default"], [("status-removed", "breaking", "response")], id="it had its own"
        ),
    ],
)
def test_statuses(ask: Ask, base: list[str], revision: list[str], told: Json) -> None:
    assert ask.operations(answering(*base), answering(*revision)) == told


@pytest.mark.parametrize(
    ("base", "revision", "told"),
    [
        pytest.param({"X-A": {}}, {}, [("header-removed", "breaking", "response")], id="gone"),
        pytest.param({}, {"X-A": {}}, [("header-added", "note", "")], id="new"),
        pytest.param(
            {"X-A": {"required": True}}, {"x-a": {}}, [("header-became-optional", "breaking", "response")], id="may"
        ),
        pytest.param({"X-A": {}}, {"x-a": {"required": True}}, [("header-became-required", "note", "")], id="must"),
        pytest.param({"Content-Type": {}}, {}, [], id="the media types stand for this one"),
        pytest.param(
            {"X-A": {"schema": {"type": "integer"}}},
            {"X-A": {"schema": {"type": "string"}}},
            [("type-accepted", "breaking", "response")],
            id="another type",
        ),
        pytest.param(
            {"X-A": {"schema": {"type": "string"}}},
            {"X-A": {"schema": {"type": "integer"}}},
            [("type-refused", "note", "")],
            id="only numbers from now on",
        ),
    ],
)
def test_headers_of_an_answer(ask: Ask, base: Json, revision: Json, told: Json) -> None:
    assert ask.operations(answering("200", headers=base), answering("200", headers=revision)) == told


def test_webhook_is_read_by_those_who_subscribed(ask: Ask) -> None:
    def event(schema: Json) -> Json:
        return with_webhook({"requestBody": {"content": {"application/json": {"schema": schema}}}})

    text, more = {"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["a", "b"]}
    assert ask.documents(event(text), event(more)) == [("value-added", "breaking", "response")]
    assert ask.documents(event(more), event(text)) == [("value-removed", "note", "")]


def test_webhook_that_left_breaks_those_who_subscribed(ask: Ask) -> None:
    assert ask.documents(with_webhook({}), document()) == [("webhook-removed", "breaking", "response")]


def test_status_that_a_subscriber_may_no_longer_answer_breaks_it(ask: Ask) -> None:
    found = ask.documents(with_webhook(answering("200", "410")), with_webhook(answering("200")))
    assert found == [("status-removed", "breaking", "request")]


def test_callback_is_a_webhook_of_one_operation(ask: Ask) -> None:
    def calling(*values: str) -> Json:
        body = {"content": {"application/json": {"schema": {"enum": [*values]}}}}
        hook = {"post": {"requestBody": body, "responses": {"200": DONE}}}
        return {"callbacks": {"done": {"{$request.body#/url}": hook}}}

    assert ask.operations(calling("a"), calling("a", "b")) == [("value-added", "breaking", "response")]
    assert ask.operations(calling("a"), {}) == [("webhook-removed", "breaking", "response")]


def test_server_that_left_is_warned_of(ask: Ask) -> None:
    base = document(servers=[{"url": "/v1"}, {"url": "/v2"}])
    assert ask.documents(base, document(servers=[{"url": "/v2"}])) == [("server-removed", "warning", "request")]


def test_operation_id_is_noted(ask: Ask) -> None:
    found = ask.operations({"operationId": "a"}, {"operationId": "b"})
    assert found == [("operation-id-changed", "note", "")]


def test_component_is_reported_once_with_every_operation(ask: Ask) -> None:
    def using(values: list[str]) -> Json:
        answer = {"200": {**DONE, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Kind"}}}}}
        paths = {f"/{name}": {"get": {"responses": answer}} for name in "abc"}
        return document(paths, components={"schemas": {"Kind": {"enum": values}}})

    (found,) = ask.diff(using(["x"]), using(["x", "y"])).findings
    assert found.operations == ["GET /a", "GET /b", "GET /c"]
    assert (found.component, str(found.grade)) == ("schemas/Kind", "breaking")


def test_fingerprint_stays_when_lines_move(ask: Ask) -> None:
    base, revision = with_answer({"enum": ["a"]}), with_answer({"enum": ["a", "b"]})
    (first,) = ask.diff(base, revision).findings
    moved = {"x-note": {"more": ["lines"]}, **revision}
    (second,) = ask.diff(base, moved).findings
    assert first.fingerprint == second.fingerprint


def test_reference_that_leads_nowhere_is_a_defect_and_no_finding(ask: Ask) -> None:
    broken = with_body({"$ref": "#/components/schemas/Nobody"})
    found = ask.diff(broken, broken)
    assert found.findings == []
    assert ["names nothing" in str(one) for one in found.defects] == [True]


@pytest.mark.parametrize("part", [[], "text", 7, None, {"get": 3}, {"get": {"responses": [], "parameters": 4}}])
def test_parts_of_another_kind_are_passed_by(ask: Ask, part: Json) -> None:
    assert ask.documents(document({"/a": part}), document({"/a": part})) == []
