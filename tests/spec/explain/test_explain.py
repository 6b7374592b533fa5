"""What a product manager reads of a contract: everything that is in it, in their words."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tandem.kit.contract import read
from tandem.spec.document import assemble
from tandem.spec.explain import Explanation, Surroundings, as_markdown, as_text, explain, page
from tandem.spec.explain.model import Action
from tandem.spec.manifest import load_manifest
from tests.spec.garbage import PLACES, Document, sound, spoiled

CONTRACTS = Path(__file__).parents[3] / "contracts"
STORIES = {name: one["story"] for name, one in read(CONTRACTS / "scenarios.yaml").data["scenarios"].items()}
# What only programmers say. HTTP codes count too.
JARGON = (
    "schema", "object", "nullable", "null ", "UUID", "JSON", "HTTP", "boolean", "integer", "string", "array", "payload",
    "endpoint", "$ref", " 404", " 422", "enum", "idempotency", "x-", "_at", "/v1", "{", "`",
)  # fmt: skip


def _service(name: str) -> Explanation:
    return explain(assemble(CONTRACTS / name / "openapi.yaml"), Surroundings(STORIES))


def _told(folder: Path, document: Document, about: str = "") -> Explanation:
    path = folder / "pets.json"
    path.write_bytes(orjson.dumps(document))
    return explain(assemble(path), about=about)


def _operation(folder: Path, method: str = "get", path: str = "/pets", **more: Any) -> Action:
    document = sound(paths={path: {method: {"responses": {}, **more}}})
    return _told(folder, document).actions[0]


@pytest.mark.parametrize("service", load_manifest(CONTRACTS).services)
def test_our_contracts_are_told_whole_and_without_jargon(service: str) -> None:
    told = _service(service)
    contract = load_manifest(CONTRACTS).services[service].contract
    assert sorted(one.title for one in told.actions) == sorted(one.summary for one in contract.operations)
    assert {caller.name for caller in told.callers} == {"Customers", "The support desk", "Our own services"}
    text = as_text(page(told))
    assert [word for word in JARGON if word in text] == []


def test_action_says_who_what_is_given_and_got_and_what_can_go_wrong() -> None:
    told = _service("transaction")
    purchase = next(one for one in told.actions if one.title == "Record a purchase made with a card")
    assert purchase.who == "our own services"
    assert purchase.about.startswith("The purchase is written only if the account is open")
    given = {one.name: one for one in purchase.gives}
    assert list(given) == ["account", "card", "amount", "description", "purchased at", "merchant category"]
    assert (given["amount"].kind, given["amount"].optional, given["purchased at"].optional) == (
        "an amount of money", False, True,
    )  # fmt: skip
    assert purchase.gets == "The purchase was written to the ledger."
    assert "“Not enough credit”" in purchase.wrong[0]


def test_rules_and_limits_say_pages_money_repetition_versions_and_speed() -> None:
    rules = _service("card").rules
    assert rules[0] == "Lists come in pages of 20, or of up to 100 when asked for."
    assert any("can be sent again" in one and "“Issue a card for an account”" in one for one in rules)
    assert any("overwritten unseen" in one and "“Correct the name on a card" in one for one in rules)
    assert any("95 of 100 answers: 0.1 seconds for “List cards”." in one for one in rules)
    assert rules[-1] == "Promised reliability: at most one failure in 1,000."
    assert "Money is always an amount together with its currency: SEK, EUR, NOK or DKK." in _service("invoice").rules


def test_callers_are_told_with_what_they_may_do() -> None:
    by_name = {caller.name: caller.may for caller in _service("card").callers}
    assert "Issue a card for an account" in by_name["The support desk"]
    assert "Issue a card for an account" not in by_name["Customers"]
    assert "Freeze a card so that nobody can buy with it" in by_name["Customers"]


def test_what_goes_wrong_everywhere_is_said_once() -> None:
    told = _service("invoice")
    everywhere = set(told.always_wrong)
    assert "There is no such thing, or it belongs to somebody else." in everywhere
    assert not any(everywhere & set(one.wrong) for one in told.actions)


def test_scenarios_are_told_with_their_story() -> None:
    scenarios = {one.name: one.story for one in _service("card").scenarios}
    assert scenarios["Card frozen"] == (
        "An electrician could not find her card and froze it. Nobody can buy with it until she unfreezes it."
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, ""),
        ({"deprecated": True}, "It is being retired; no last day is named yet."),
        ({"deprecated": True, "x-sunset": "2027-06-30"}, "It is being retired. Its last day is 30 June 2027."),
        ({"deprecated": True, "x-sunset": "2027-13-45"}, "It is being retired; no last day is named yet."),
    ],
)
def test_what_is_being_retired_is_said_with_its_last_day(tmp_path: Path, more: Document, said: str) -> None:
    assert _operation(tmp_path, **more).retiring == said
    text = as_text(page(_told(tmp_path, sound(paths={"/pets": {"get": {"responses": {}, **more}}}))))
    assert said in text.partition("What is being retired")[2]


@pytest.mark.parametrize(
    ("method", "path", "title"),
    [
        ("get", "/v1/pets", "See the pets"),
        ("get", "/v1/pets/{id}", "See a pet"),
        ("post", "/pets", "Add a pet"),
        ("post", "/pets/{id}", "Change a pet"),
        ("post", "/pets/{id}/capture", "Capture a pet"),
        ("patch", "/owners/{id}/pets/{pet}", "Change a pet of an owner"),
        ("delete", "/pets/{id}", "Remove a pet"),
        ("head", "/pets/{id}", "Look for a pet"),
        ("get", "/", "GET /"),
    ],
)
def test_operation_without_a_summary_is_named_by_its_path(tmp_path: Path, method: str, path: str, title: str) -> None:
    assert _operation(tmp_path, method, path).title == title


def test_operation_with_nothing_but_a_name_is_called_by_it(tmp_path: Path) -> None:
    assert _operation(tmp_path, path="/", operationId="listPets").title == "List pets"


NAME_OR_CERTIFICATE = "whoever signs in with a name and a password or programs with a certificate of their own"
SCHEMES: Document = {
    "key": {"type": "apiKey", "in": "header", "name": "X"},
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "certificate": {"type": "mutualTLS"},
    "oauth": {"type": "oauth2", "flows": {"implicit": {"scopes": {"pets": "Change your pets."}}}},
}


@pytest.mark.parametrize(
    ("security", "who"),
    [
        ([], "anybody, without signing in"),
        ([{"key": []}, {}], "anybody, without signing in"),
        ([{"key": []}], "whoever has a key"),
        ([{"basic": []}, {"certificate": []}], NAME_OR_CERTIFICATE),
        ([{"oauth": ["pets", "odd"]}], "whoever is signed in and may “Change your pets” and “odd”"),
        ([{"oauth": ["pets"]}, {"bearer": []}], "whoever is signed in"),
        ([{"key": [], "bearer": []}], "whoever has a key and whoever is signed in"),
    ],
)  # fmt: skip
def test_who_may_is_said_for_any_way_of_signing_in(tmp_path: Path, security: Any, who: str) -> None:
    document = sound(components={"securitySchemes": SCHEMES}, security=security)
    document["paths"]["/pets"]["get"]["responses"] = {}
    assert _told(tmp_path, document).actions[0].who == who


def test_callers_of_another_name_and_operations_nobody_may_call(tmp_path: Path) -> None:
    scheme = {**SCHEMES["oauth"], "x-callers": {"fleet_manager": ["other"]}}
    document = sound(components={"securitySchemes": {"oauth": scheme}}, security=[{"oauth": ["pets"]}])
    document["paths"]["/pets"]["get"]["responses"] = {}
    told = _told(tmp_path, document)
    assert told.actions[0].who == "nobody yet"
    assert [(one.name, one.may) for one in told.callers] == [("Fleet managers", ())]
    assert "Fleet managers: Nothing." in as_text(page(told))


LIST: Document = {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}
PAGE: Document = {"properties": {"data": {"type": "array", "items": {"type": "string"}}}}


def _answer(**answer: Any) -> Document:
    return {"200": {"description": "OK", **answer}}


@pytest.mark.parametrize(
    ("responses", "gets"),
    [
        ({}, "Only the word that it was done."),
        (_answer(), "Only the word that it was done."),
        (_answer(description="The pet was fed well."), "The pet was fed well."),
        (_answer(content={"application/pdf": {}}), "A PDF document."),
        (_answer(content={"image/png": {}}), "A picture."),
        (_answer(content={"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}), "A pet."),
        (_answer(content={"application/json": {"schema": LIST}}), "A list of pets."),
        (_answer(content={"application/json": {"schema": PAGE}}), "A list."),
    ],
)  # fmt: skip
def test_what_one_gets_is_said_whatever_form_it_has(tmp_path: Path, responses: Document, gets: str) -> None:
    assert _operation(tmp_path, responses=responses).gets == gets


def test_own_words_of_an_error_are_taken_unless_they_are_a_programs(tmp_path: Path) -> None:
    responses = {
        "404": {"description": "Not found"},
        "409": {"description": "The pet is asleep just now."},
        "422": {"description": "The request body does not match the JSON schema."},
        "418": {"description": "Teapot"},
    }
    assert _operation(tmp_path, responses=responses).wrong == (
        "There is no such thing.",
        "The pet is asleep just now.",
        "Something in what was sent is wrong; each mistake is listed.",
        "Something else went wrong.",
    )


PET_ID = {"type": "string", "pattern": "^pet_[a-z]+$"}


def test_the_necessary_comes_first_and_of_much_more_only_the_count(tmp_path: Path) -> None:
    fields = {f"extra_{n}": {"type": "string"} for n in range(15)} | {"name": {"type": "string"}}
    schema = {"type": "object", "required": ["name"], "properties": fields}
    parameters = [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 5}},
        {"name": "pet_id", "in": "path", "required": True, "description": "The pet.", "schema": PET_ID},
        {"name": "sort", "in": "query", "content": {"application/json": {"schema": {"enum": ["up", "down"]}}}},
    ]  # fmt: skip
    body = {"content": {"application/json": {"schema": schema}}}
    action = _operation(tmp_path, "post", "/pets/{pet_id}", parameters=parameters, requestBody=body)
    assert [(one.name, one.kind) for one in action.gives[:3]] == [
        ("pet", "by its reference"), ("name", "text"), ("sort", "one of: up or down"),
    ]  # fmt: skip
    assert (len(action.gives), action.more) == (14, 4)


def test_remarks_on_a_field_say_what_its_kind_does_not(tmp_path: Path) -> None:
    fields = {
        "secret": {"type": "string", "writeOnly": True, "nullable": True, "description": "The secret."},
        "made": {"type": "string", "readOnly": True},
        "size": {"type": "integer", "default": 3},
        "tame": {"type": "boolean", "default": False},
        "old": {"type": "string", "deprecated": True, "example": "Rex", "x-sensitive": True},
        "id": {"type": "string"},
        "reference": {"type": "string"},
    }
    document = sound(openapi="3.0.3", components={"schemas": {"Pet": {"type": "object", "properties": fields}}})
    (thing,) = _told(tmp_path, document).things
    assert [(one.name, one.remarks) for one in thing.details] == [
        ("secret", ("may be empty", "never shown again")),
        ("made", ("set by the service itself",)),
        ("size", ("“3” when left out",)),
        ("tame", ("no when left out",)),
        ("old", ("private", "being retired", "for example “Rex”")),
        ("identifier", ()),
        ("reference", ()),
    ]


def test_body_that_is_no_thing_is_given_as_a_whole(tmp_path: Path) -> None:
    body = {"content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}
    (given,) = _operation(tmp_path, "post", requestBody=body).gives
    assert (given.name, given.kind) == ("content", "a file")
    empty = {"content": {"application/json": {"schema": {"type": "object", "properties": {}}}}}
    assert _operation(tmp_path, "post", requestBody=empty).gives == ()


def test_many_things_are_listed_first_and_told_at_the_end(tmp_path: Path) -> None:
    schemas: Document = {}
    for n in range(9):
        inside = {"next": {"$ref": f"#/components/schemas/Pet{n + 1}"}}
        schemas[f"Pet{n}"] = {"type": "object", "description": f"Number {n}. More.", "properties": inside}
    schemas["Pet9"] = {"type": "object", "properties": {"name": {"type": "string"}}}
    document = sound(components={"schemas": schemas})
    answer = document["paths"]["/pets"]["get"]["responses"]["200"]["content"]["application/json"]
    answer["schema"] = {"$ref": "#/components/schemas/Pet0"}
    text = as_text(page(_told(tmp_path, document)))
    before, _, after = text.partition("What each thing holds")
    assert "  - Pet0: Number 0." in before
    assert "Pet1" not in before
    assert "PET9" in after


def test_events_and_calls_back_are_told(tmp_path: Path) -> None:
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
    hook = {"post": {"requestBody": body, "responses": {}}}
    document = sound(webhooks={"newPet": hook})
    document["components"]["schemas"]["Pet"] = {"properties": {"name": {"type": "string"}}}
    document["paths"]["/pets"]["get"]["callbacks"] = {"done": {"{$request.body#/url}": hook}}
    text = as_text(page(_told(tmp_path, document)))
    assert "It tells others of 1 event by itself." in text
    assert "What it tells others by itself" in text
    assert "New pet\n.......\n\nWhat comes with it:\n\n  - Name (if you like): Text.\n" in text
    assert "Whoever asks for it is told later, at an address of theirs, how it went." in text


def test_flag_and_one_speed_for_everything_are_rules(tmp_path: Path) -> None:
    document = sound()
    slo = {"p95_ms": 50, "error_rate": 0.01}
    document["paths"]["/pets"]["get"] |= {"x-flag": "pets", "x-slo": slo, "summary": "List pets"}
    assert _told(tmp_path, document).rules == (
        "Promised speed, kept by 95 of 100 answers: 0.05 seconds for everything.",
        "Promised reliability: at most one failure in 100.",
        "“List pets” works only where the feature “pets” is switched on.",
    )


def test_lists_of_different_sizes_are_told_apart(tmp_path: Path) -> None:
    document = sound()
    for path, schema in (("/a", {"maximum": 10}), ("/b", {"maximum": 10}), ("/c", {"default": 7}), ("/d", {})):
        parameters = [{"name": "page_size", "in": "query", "schema": schema}]
        document["paths"][path] = {"get": {"parameters": parameters, "responses": {}}}
    assert _told(tmp_path, document).rules == ("2 lists come in pages of up to 10.", "1 list comes in pages of 7.")


def test_only_what_was_asked_about_is_told(tmp_path: Path) -> None:
    document = sound()
    document["paths"]["/owners"] = {"get": {"responses": {}, "tags": ["Owners"]}}
    assert [group.name for group in _told(tmp_path, document, "OWNER").groups] == ["Owners"]
    assert [group.name for group in _told(tmp_path, document).groups] == ["Pets", "Owners"]


def test_markdown_is_escaped_and_marked(tmp_path: Path) -> None:
    document = sound(info={"title": "Pets *and* [more]", "version": "1"})
    text = as_markdown(page(_told(tmp_path, document)))
    assert text.startswith("# Pets and \\[more\\]\n")
    assert "**In short**: 1 thing can be done here. This is version 1.\n" in text
    assert "\n## What can be done\n\n#### See the pets\n" in text


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("place", PLACES)
def test_wrong_kind_of_value_in_any_place_is_no_traceback(tmp_path: Path, place: str, version: str) -> None:
    for document in spoiled(place, version):
        assert as_markdown(page(_told(tmp_path, document)))
