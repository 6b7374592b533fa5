"""Whoever may call a service that somebody else described shows a token of this platform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tandem.kit.contract import load_contract
from tandem.local.issuer import callers_of
from tandem.scaffold.adoption import may_see_all
from tests.scaffold.adoption.document import ANSWER, adopt, contract, operation

_FLOW = {"clientCredentials": {"tokenUrl": "/t", "scopes": {"pets:see": "See pets", "pets:feed": ""}}}
_SCHEMES = {
    "securitySchemes": {"key": {"type": "http", "scheme": "basic"}, "oauth": {"type": "oauth2", "flows": _FLOW}}
}


@pytest.mark.parametrize(
    ("security", "needed"),
    [
        (None, [{"token": []}]),
        ([], []),
        ([{}, {"key": []}], []),
        ([{"oauth": ["pets:see", "pets:feed"]}], [{"token": ["pets:feed", "pets:see"]}]),
        ([{"oauth": ["pets:see", "pets:feed"]}, {"oauth": ["pets:see"]}], [{"token": ["pets:see"]}]),
        ([{"oauth": ["pets:see"]}, {"key": []}], [{"token": []}]),
    ],
)
def test_alternative_that_asks_for_least_is_what_is_needed(security: Any, needed: Any, tmp_path: Path) -> None:
    get = {"responses": ANSWER} | ({} if security is None else {"security": security})
    made = adopt(tmp_path, contract({"/pets": {"get": get}}, components=_SCHEMES, security=[{"key": []}]))
    assert operation(made)["security"] == needed
    assert "security" not in made.data


def test_scopes_keep_their_names_and_everybody_is_given_them(tmp_path: Path) -> None:
    get = {"responses": ANSWER, "security": [{"oauth": ["pets:see", "pets:feed"]}]}
    made = adopt(tmp_path, contract({"/pets": {"get": get}}, components=_SCHEMES))
    both = {"pets:feed", "pets:see"}
    assert callers_of(made.data) == {"customer": both, "service": both, "support": both}
    scopes = made.data["components"]["securitySchemes"]["token"]["flows"]["clientCredentials"]["scopes"]
    assert scopes == {"pets:feed": "pets:feed", "pets:see": "See pets"}
    assert made.notes == ("Callers show a token of this platform, in place of key, oauth.",)


def test_contract_that_asks_nobody_has_no_token(tmp_path: Path) -> None:
    made = adopt(tmp_path, contract({"/pets": {"get": {"responses": ANSWER}}}))
    assert (made.notes, made.data["components"]) == ((), {})


_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


@pytest.mark.parametrize(
    ("shown", "security", "is_shared"),
    [("name", [{"token": []}], True), ("customer_id", [{"token": []}], False), ("name", [], False)],
)
def test_what_nothing_says_the_owner_of_is_for_all_who_are_known(
    shown: str, security: Any, is_shared: bool, tmp_path: Path
) -> None:
    schema = {"type": "object", "properties": {shown: {"type": "string"}}}
    answer = {"200": {"description": "It.", "content": {"application/json": {"schema": schema}}}}
    get = {"operationId": "getPet", "parameters": [_ID], "security": security, "responses": answer}
    document = contract({"/pets/{id}": {"get": get}}, components=_SCHEMES) | {"openapi": "3.1.0"}
    (tmp_path / "pets.yaml").write_text(yaml.safe_dump(document))
    read = load_contract(tmp_path / "pets.yaml")
    assert may_see_all(read, read.operation("getPet")) is is_shared
