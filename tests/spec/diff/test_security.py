"""Who may call: a caller that had enough before must have enough still."""

from __future__ import annotations

import pytest

from tests.spec.diff.asking import Ask, Json, one_operation

SCHEMES = {
    "token": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "sign_in": {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "https://a.example", "scopes": {}}}},
}


def secured(security: Json, **schemes: Json) -> Json:
    return one_operation({"security": security}, components={"securitySchemes": {**SCHEMES, **schemes}})


@pytest.mark.parametrize(
    ("base", "revision", "rule"),
    [
        pytest.param([], [{"token": []}], "security-added", id="a token where none was"),
        pytest.param([{"token": []}], [{"token": [], "key": []}], "security-changed", id="a key beside the token"),
        pytest.param([{"token": []}, {"key": []}], [{"token": []}], "security-changed", id="one of two ways"),
        pytest.param([{"sign_in": ["read"]}], [{"sign_in": ["read", "write"]}], "scope-added", id="another scope"),
    ],
)
def test_more_than_before_breaks_those_who_call(ask: Ask, base: Json, revision: Json, rule: str) -> None:
    assert ask.documents(secured(base), secured(revision)) == [(rule, "breaking", "request")]
    assert ask.documents(secured(revision), secured(base)) == [("security-loosened", "note", "")]


def test_same_for_all_operations_or_for_one_is_the_same(ask: Ask) -> None:
    schemes = {"securitySchemes": SCHEMES}
    for_all = one_operation({}, components=schemes, security=[{"token": []}])
    assert ask.documents(for_all, one_operation({"security": [{"token": []}]}, components=schemes)) == []
    found = ask.documents(for_all, one_operation({"security": []}, components=schemes, security=[{"token": []}]))
    assert found == [("security-loosened", "note", "")]


def test_scheme_under_another_name_is_the_same_scheme(ask: Ask) -> None:
    renamed = secured([{"bearer": []}], bearer={"type": "http", "scheme": "Bearer"})
    assert ask.documents(secured([{"token": []}]), renamed) == []


def test_scheme_that_became_another_breaks_those_who_call(ask: Ask) -> None:
    other = secured([{"key": []}], key={"type": "apiKey", "in": "query", "name": "X-Key"})
    assert ask.documents(secured([{"key": []}]), other) == [("security-scheme-changed", "breaking", "request")]


def test_scheme_nobody_defined_is_itself(ask: Ask) -> None:
    assert ask.documents(secured([{"nobody": []}]), secured([{"nobody": []}])) == []


def test_address_of_the_tokens_is_warned_of(ask: Ask) -> None:
    flows = {"implicit": {"authorizationUrl": "https://b.example", "scopes": {}}}
    moved = secured([], sign_in={"type": "oauth2", "flows": flows})
    assert ask.documents(secured([]), moved) == [("token-address-changed", "warning", "request")]
