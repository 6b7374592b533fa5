"""Each house rule finds the breach that is planted for it in a contract of ours, and nothing else does."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tandem.spec.document import assemble
from tandem.spec.lint import Finding, lint_file, lint_service, read_rules
from tandem.spec.lint.registry import CHECKS

CONTRACTS = Path(__file__).parents[3] / "contracts"
RULES = read_rules(CONTRACTS / "rules.yaml")
Document = dict[str, Any]
Plant = Callable[[Document], Any]


def _planted(tmp_path: Path, plant: Plant) -> list[Finding]:
    """What is said about the account contract after `plant` has changed it."""
    document: Document = copy.deepcopy(assemble(CONTRACTS / "account" / "openapi.yaml").data)
    plant(document)
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document, indent=1))
    return lint_file(path, RULES, house=True)


OPEN, LIST, LIMIT = ("/v1/accounts", "post"), ("/v1/accounts", "get"), ("/v1/accounts/{account_id}/credit-limit", "put")
Case = tuple[str, tuple[str, str], Plant, str]
IN_OPERATIONS: list[Case] = [
    ("summaries-are-sentences", OPEN, lambda o: o.update(summary="opens."), "“opens.” does not read"),
    ("summaries-are-sentences", OPEN, lambda o: o.update(summary="Open it" + " so on" * 20), "127 characters"),
    ("summaries-are-sentences", OPEN, lambda o: o.pop("summary"), "no summary"),
    ("words-are-plain", OPEN, lambda o: o.update(summary="Post the payload of it"), "“payload” in the summary"),
    ("words-are-plain", OPEN, lambda o: o.update(description="Returns null."), "“null” in the description"),
    ("operations-are-named", OPEN, lambda o: o.update(operationId="open_account"), "not a verb and a noun"),
    ("tags-are-described", OPEN, lambda o: o.update(tags=["other"]), "`other` is described nowhere"),
    ("tags-are-described", OPEN, lambda o: o.pop("tags"), "no tag"),
    ("scopes-are-named", OPEN, lambda o: o.update(security=[]), "No scope"),
    ("scopes-are-named", OPEN, lambda o: o.update(security=[{"token": ["a:b"]}]), "a:b is described nowhere"),
    ("speed-is-promised", OPEN, lambda o: o.pop("x-slo"), "no x-slo"),
    ("speed-is-promised", OPEN, lambda o: o["x-slo"].update(p95_ms=1001), "up to 1000"),
    ("speed-is-promised", OPEN, lambda o: o["x-slo"].update(error_rate=0.5), "up to 0.01"),
    ("statuses-are-listed", OPEN, lambda o: o["responses"].pop("503"), "also answer 503"),
    ("statuses-are-listed", LIMIT, lambda o: o["responses"].pop("428"), "also answer 428"),
    ("errors-are-problems", OPEN, lambda o: o["responses"].update({"409": {"description": "No."}}), "409 is not"),
    (
        "reads-show-two-stories",
        LIST,
        lambda o: o["responses"]["200"]["content"]["application/json"].pop("examples"),
        "application/json has fewer",
    ),
    ("lists-come-in-pages", LIST, lambda o: o["parameters"].pop(), "take cursor"),
    (
        "lists-come-in-pages",
        LIST,
        lambda o: o["responses"]["200"]["content"]["application/json"].update(
            schema={"type": "object"}, examples={"a": {"value": {}}, "b": {"value": {}}}
        ),
        "answer items",
    ),
    ("creations-can-be-repeated", OPEN, lambda o: o["parameters"].pop(), "Idempotency-Key"),
    ("creations-can-be-found", OPEN, lambda o: o["responses"]["201"]["links"].pop("self"), "no link `self`"),
    (
        "creations-can-be-found",
        OPEN,
        lambda o: o["responses"]["201"]["links"]["self"].update(operationId="listAccounts", parameters={"limit": "1"}),
        "does not lead",
    ),
    ("changes-name-their-version", LIMIT, lambda o: o["parameters"].pop(), "If-Match"),
    ("changes-name-their-version", LIMIT, lambda o: o["responses"]["200"].pop("headers"), "ETag"),
    (
        "links-lead-somewhere",
        OPEN,
        lambda o: o["responses"]["201"]["links"]["close"].update(operationId="shutAccount"),
        "leads to shutAccount",
    ),
    (
        "links-lead-somewhere",
        OPEN,
        lambda o: o["responses"]["201"]["links"]["close"].update(parameters={"id": "x"}),
        "gives id",
    ),
    ("names-are-snake-case", LIST, lambda o: o["parameters"][0].update(name="customerId"), "customerId is not"),
    ("fields-are-described", LIST, lambda o: o["parameters"][0].pop("description"), "customer_id is described nowhere"),
    (
        "bodies-are-closed",
        OPEN,
        lambda o: o["requestBody"]["content"]["application/json"].update(schema={"type": "object"}),
        "fields that nobody knows",
    ),
    ("retirement-has-a-date", OPEN, lambda o: o.update(deprecated=True), "being retired"),
]


@pytest.mark.parametrize(("rule", "where", "plant", "said"), IN_OPERATIONS)
def test_breach_in_an_operation_is_found_there(
    tmp_path: Path, rule: str, where: tuple[str, str], plant: Plant, said: str
) -> None:
    path, method = where
    found = _planted(tmp_path, lambda document: plant(document["paths"][path][method]))
    assert {one.rule for one in found} - {"components-are-used"} == {rule}
    first = next(one for one in found if one.rule == rule)
    assert said in first.message
    assert first.operation.startswith(f"{method.upper()} {path}") or rule == "links-lead-somewhere"
    assert first.place.line > 1


@pytest.mark.parametrize(
    ("rule", "name", "definition"),
    [
        ("names-are-snake-case", "creditLimit", {"type": "string", "description": "x"}),
        ("fields-are-described", "status", {"type": "string"}),
        ("fields-are-described", "kind", {"$ref": "#/components/schemas/Kind"}),
        ("money-has-one-shape", "total", {"type": "string", "description": "x"}),
        ("no-fractions", "rate", {"type": "number", "description": "x"}),
        ("no-fractions", "rate", {"type": ["number", "null"], "description": "x"}),
        ("times-have-one-shape", "paid_at", {"type": "string", "format": "date-time", "description": "x"}),
        ("times-have-one-shape", "due_on", {"type": "string", "description": "x"}),
        ("ids-are-prefixed", "card_id", {"type": "string", "description": "x"}),
        ("ids-are-prefixed", "old_id", {"type": "string", "pattern": "^[0-9]+$", "description": "x"}),
        ("personal-data-is-marked", "phone", {"type": "string", "description": "x"}),
    ],
)
def test_breach_in_a_field_is_found_there(tmp_path: Path, rule: str, name: str, definition: Document) -> None:
    def plant(document: Document) -> None:
        document["components"]["schemas"]["Kind"] = {"type": "string"}
        document["components"]["schemas"]["Account"]["properties"][name] = definition

    assert {one.rule for one in _planted(tmp_path, plant)} - {"components-are-used"} == {rule}


@pytest.mark.parametrize(
    "definition",
    [
        {"amount": {"type": "number", "description": "x"}, "currency": {"type": "string", "description": "x"}},
        {"amount": {"type": "string", "description": "x"}, "currency": {"type": "string", "description": "x"}},
    ],
)
def test_money_of_another_shape_is_found(tmp_path: Path, definition: Document) -> None:
    found = _planted(
        tmp_path, lambda document: document["components"]["schemas"]["Account"]["properties"].update(definition)
    )
    assert "Account.amount is money in a shape of its own." in [one.message for one in found]


def test_path_of_another_look_is_found(tmp_path: Path) -> None:
    found = _planted(
        tmp_path, lambda document: document["paths"].update({"/v1/Old": document["paths"].pop("/v1/accounts")})
    )
    assert {one.rule for one in found} == {"paths-are-plain"}


def test_two_paths_for_one_request_are_found(tmp_path: Path) -> None:
    def plant(document: Document) -> None:
        document["paths"]["/v1/accounts/{id}"] = {"get": document["paths"]["/v1/accounts/{account_id}"]["get"]}

    found = [one for one in _planted(tmp_path, plant) if one.rule == "paths-differ"]
    assert [one.message for one in found] == [
        "/v1/accounts/{id} and /v1/accounts/{account_id} answer the same requests."
    ]


def test_unused_component_is_found_and_a_used_one_is_not(tmp_path: Path) -> None:
    found = _planted(tmp_path, lambda document: document["components"]["schemas"].update(Idle={"description": "x"}))
    assert [one.message for one in found] == ["Nothing uses Idle of schemas."]


def test_what_no_service_can_serve_is_found(tmp_path: Path) -> None:
    def plant(document: Document) -> None:
        document["paths"]["/v1/accounts"]["get"]["x-slo"]["p95_ms"] = "soon"

    (found,) = (one for one in _planted(tmp_path, plant) if one.rule == "contract-can-be-served")
    assert "could not convert" in found.message


def _service_findings(contracts: Path, service: str) -> list[tuple[str, str]]:
    found = lint_service(service, contracts, read_rules(contracts / "rules.yaml"))
    return [(one.rule, one.message) for one in found]


def test_example_of_no_scenario_is_found(contracts: Path) -> None:
    path = contracts / "card" / "openapi.yaml"
    path.write_text(path.read_text().replace("card_frozen:", "card_frosen:", 1))
    assert ("examples-are-scenarios", "The example `card_frosen` is no scenario.") in _service_findings(
        contracts, "card"
    )


def test_path_of_another_service_is_found_in_the_later_one(contracts: Path) -> None:
    path = contracts / "card" / "openapi.yaml"
    path.write_text(path.read_text().replace("/v1/cards:", "/v1/accounts:", 1))
    assert ("path-belongs-to-one-service", "/v1/accounts already belongs to account.") in _service_findings(
        contracts, "card"
    )
    assert _service_findings(contracts, "account") == []


def test_breach_in_a_shared_file_has_the_line_of_that_file(contracts: Path) -> None:
    path = contracts / "common" / "parameters.yaml"
    path.write_text(path.read_text().replace("      description: The card.\n", "", 1))
    found = lint_service("card", contracts, read_rules(contracts / "rules.yaml"))
    line = path.read_text().split("    CardId:")[0].count("\n") + 2
    assert {(one.rule, str(one.place)) for one in found} == {("fields-are-described", f"{path}:{line}")}
    assert all("/v1/cards/{card_id}" in one.operation for one in found)


def test_every_house_rule_has_a_breach_that_it_finds() -> None:
    fields = {
        "money-has-one-shape",
        "no-fractions",
        "times-have-one-shape",
        "ids-are-prefixed",
        "personal-data-is-marked",
    }
    others = {"paths-are-plain", "contract-can-be-served", "examples-are-scenarios", "path-belongs-to-one-service"}
    house = {name for name, check in CHECKS.items() if check.is_house}
    assert house <= {rule for rule, *_ in IN_OPERATIONS} | fields | others
