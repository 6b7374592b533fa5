import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tandem.kit.contract import load_contract
from tandem.spec.manifest import load_manifest
from tests.contracts import rules, schemas
from tests.contracts.rules import RULES, Rule, Subject

CONTRACTS = Path(__file__).parents[2] / "contracts"
MANIFEST = load_manifest(CONTRACTS)
SERVICES = list(MANIFEST.services)
Document = dict[str, Any]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_keeps_the_rule(service: str, rule: Rule) -> None:
    contract = MANIFEST.services[service].contract
    broken = [f"{one.id}: {said}" for one in contract.operations for said in rule(Subject(contract, one))]
    assert not broken, f"contracts/{service}/openapi.yaml:\n" + "\n".join(broken)


@pytest.mark.parametrize("service", SERVICES)
def test_every_schema_keeps_the_rules(service: str) -> None:
    broken = list(schemas.complaints(MANIFEST.services[service].contract.document))
    assert not broken, f"contracts/{service}/openapi.yaml:\n" + "\n".join(broken)


def test_every_scope_guards_an_operation_and_is_given_to_somebody() -> None:
    token = yaml.safe_load((CONTRACTS / "common" / "security.yaml").read_text())["components"]["securitySchemes"][
        "token"
    ]
    known = set(token["flows"]["clientCredentials"]["scopes"])
    used = {scope for one in MANIFEST.services.values() for o in one.contract.operations for scope in o.scopes or ()}
    given = {scope for scopes in token["x-callers"].values() for scope in scopes}
    assert used == known == given


def test_every_service_may_call_what_it_consumes() -> None:
    token = yaml.safe_load((CONTRACTS / "common" / "security.yaml").read_text())["components"]["securitySchemes"][
        "token"
    ]
    needed = {scope for service in SERVICES for scope in MANIFEST.scopes_of(service)}
    assert needed <= set(token["x-callers"]["service"])


def _planted(tmp_path: Path, plant: Callable[[Document], Any]) -> list[tuple[str, str]]:
    """What the rules say about the account contract after `plant` has changed it."""
    document: Document = copy.deepcopy(MANIFEST.services["account"].contract.document)
    plant(document)
    path = tmp_path / "openapi.yaml"
    path.write_text(yaml.safe_dump(document))
    contract = load_contract(path)
    return [
        (rule.__name__, said) for rule in RULES for one in contract.operations for said in rule(Subject(contract, one))
    ]


OPEN, LIST, LIMIT = ("/v1/accounts", "post"), ("/v1/accounts", "get"), ("/v1/accounts/{account_id}/credit-limit", "put")
PLANTED: list[tuple[str, tuple[str, str], Callable[[Document], Any], str]] = [
    ("it_reads_like_a_sentence", OPEN, lambda o: o.update(summary="opens."), "one sentence"),
    (
        "it_reads_like_a_sentence",
        OPEN,
        lambda o: o.update(summary="Open an account and " + "so on " * 20),
        "characters",
    ),
    (
        "it_reads_like_a_sentence",
        OPEN,
        lambda o: o.update(summary="Post the payload of an account"),
        "'payload' is jargon",
    ),
    ("it_reads_like_a_sentence", OPEN, lambda o: o.update(description="Returns null."), "'null' is jargon"),
    ("it_is_named_and_tagged", OPEN, lambda o: o.update(operationId="open_account"), "camelCase"),
    ("it_is_named_and_tagged", OPEN, lambda o: o.update(tags=["other"]), "use one or more"),
    ("it_says_who_may_call_and_how_fast_it_is", OPEN, lambda o: o.update(security=[]), "needs a scope"),
    (
        "it_says_who_may_call_and_how_fast_it_is",
        OPEN,
        lambda o: o.update(security=[{"token": ["a:b"]}]),
        "a:b is not in",
    ),
    ("it_says_who_may_call_and_how_fast_it_is", OPEN, lambda o: o.pop("x-slo"), "x-slo"),
    ("it_lists_what_it_can_answer", OPEN, lambda o: o["responses"].pop("503"), "can also answer 503"),
    ("it_lists_what_it_can_answer", LIMIT, lambda o: o["responses"].pop("428"), "can also answer 428"),
    (
        "it_lists_what_it_can_answer",
        OPEN,
        lambda o: o["responses"].update({"409": {"description": "No."}}),
        "problem+json",
    ),
    (
        "a_read_shows_two_stories",
        LIST,
        lambda o: o["responses"]["200"]["content"]["application/json"].update(examples={}),
        "at least two",
    ),
    ("a_list_comes_in_pages", LIST, lambda o: o["parameters"].pop(), "takes Limit and Cursor"),
    (
        "a_list_comes_in_pages",
        LIST,
        lambda o: o["responses"]["200"]["content"]["application/json"].update(schema={"type": "object"}),
        "answers items",
    ),
    ("a_creation_can_be_repeated_and_found", OPEN, lambda o: o["parameters"].pop(), "takes IdempotencyKey"),
    (
        "a_creation_can_be_repeated_and_found",
        OPEN,
        lambda o: o["responses"]["201"]["links"].pop("self"),
        "needs a link",
    ),
    (
        "a_creation_can_be_repeated_and_found",
        OPEN,
        lambda o: o["responses"]["201"]["links"]["self"].update(operationId="listAccounts"),
        "names a GET",
    ),
    ("a_change_names_the_version_it_saw", LIMIT, lambda o: o["parameters"].pop(), "takes IfMatch"),
    ("a_change_names_the_version_it_saw", LIMIT, lambda o: o["responses"]["200"].pop("headers"), "ETag"),
    (
        "links_lead_somewhere",
        OPEN,
        lambda o: o["responses"]["201"]["links"]["close"].update(operationId="shutAccount"),
        "leads to shutAccount",
    ),
    (
        "links_lead_somewhere",
        OPEN,
        lambda o: o["responses"]["201"]["links"]["close"].update(parameters={"id": "x"}),
        "gives id",
    ),
    ("paths_and_parameters_look_alike", LIST, lambda o: o["parameters"][0].update(name="customerId"), "snake_case"),
    ("paths_and_parameters_look_alike", LIST, lambda o: o["parameters"][0].pop("description"), "needs a description"),
    (
        "a_body_is_closed",
        OPEN,
        lambda o: o["requestBody"]["content"]["application/json"].update(schema={"type": "object"}),
        "additionalProperties",
    ),
]


@pytest.mark.parametrize(("rule", "where", "plant", "said"), PLANTED)
def test_a_planted_breach_is_found(
    tmp_path: Path, rule: str, where: tuple[str, str], plant: Callable[[Document], Any], said: str
) -> None:
    path, method = where
    found = _planted(tmp_path, lambda document: plant(document["paths"][path][method]))
    assert [name for name, what in found if said in what] == [rule]


def test_a_path_of_another_look_is_found(tmp_path: Path) -> None:
    found = _planted(
        tmp_path, lambda document: document["paths"].update({"/v1/Old": document["paths"].pop("/v1/accounts")})
    )
    assert {name for name, _ in found} == {"paths_and_parameters_look_alike"}


def test_every_rule_has_a_breach_that_it_finds() -> None:
    assert {rule for rule, *_ in PLANTED} == {rule.__name__ for rule in rules.RULES}


@pytest.mark.parametrize(
    ("name", "definition", "said"),
    [
        ("creditLimit", {"type": "string", "description": "x"}, "snake_case"),
        ("status", {"type": "string"}, "needs a description"),
        ("total", {"type": "string", "description": "x"}, "money is Money"),
        ("rate", {"type": "number", "description": "x"}, "loses money"),
        ("paid_at", {"type": "string", "format": "date-time", "description": "x"}, "a moment is Instant"),
        ("due_on", {"type": "string", "description": "x"}, "format: date"),
        ("card_id", {"type": "string", "description": "x"}, "an id is a component"),
        ("kind", {"$ref": "#/components/schemas/Kind"}, "Kind: needs a description"),
    ],
)
def test_a_planted_property_is_found(name: str, definition: Document, said: str) -> None:
    kind = {"type": "string"}
    document = {"components": {"schemas": {"Thing": {"properties": {name: definition}}, "Kind": kind}}}
    assert [said in one for one in schemas.complaints(document)] == [True]
