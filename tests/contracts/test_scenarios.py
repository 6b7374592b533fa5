from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tandem.kit.contract import read
from tandem.spec.manifest import load_manifest
from tests.contracts.stories import Example, departures, examples_of, strangers

CONTRACTS = Path(__file__).parents[2] / "contracts"
STORIES: dict[str, dict[str, Any]] = read(CONTRACTS / "scenarios.yaml").data["scenarios"]
SERVICES = load_manifest(CONTRACTS).services
EXAMPLES = [(service.name, example) for service in SERVICES.values() for example in examples_of(service.contract)]
TURNS = set(read(CONTRACTS / "scenarios.yaml").data["turns"])


def _told(name: str) -> list[tuple[str, Example]]:
    return [(service, example) for service, example in EXAMPLES if example.name == name]


def test_the_scenarios_are_those_that_were_agreed() -> None:
    assert set(STORIES) == {"healthy", "new_customer", "overdue", "card_frozen", "limit_reached", "empty"}


@pytest.mark.parametrize("story", STORIES)
def test_the_figures_of_a_story_add_up(story: str) -> None:
    account, told = STORIES[story]["account"], STORIES[story]["transactions"]
    assert Decimal(account["used"]) + Decimal(account["remaining"]) == Decimal(account["limit"])
    sequences = [one["sequence"] for one in told["latest"]]
    assert sequences == list(range(told["total"], told["total"] - len(sequences), -1))
    assert [one["booked_at"] for one in told["latest"]] == sorted(
        (one["booked_at"] for one in told["latest"]), reverse=True
    )


@pytest.mark.parametrize("story", STORIES)
def test_an_example_speaks_of_the_company_of_its_scenario_alone(story: str) -> None:
    astray = {
        f"{service} {example}": ids for service, example in _told(story) if (ids := strangers(example, STORIES[story]))
    }
    assert not astray


@pytest.mark.parametrize("story", STORIES)
def test_what_is_read_is_what_the_story_says(story: str) -> None:
    wrong = [
        f"{service} {example}: {said}"
        for service, example in _told(story)
        if example.operation.is_safe
        for said in departures(example.value, STORIES[story])
    ]
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_told_by_the_overview_the_balance_and_every_list(story: str) -> None:
    told = {example.operation.id for _, example in _told(story) if example.status == 200}
    assert told >= {"getAccountOverview", "getBalance", "listAccounts", "listCards", "listInvoices", "listTransactions"}


@pytest.mark.parametrize("story", STORIES)
def test_lists_count_what_the_story_has(story: str) -> None:
    totals = {example.operation.id: example.value["total"] for _, example in _told(story) if _is_page(example)}
    has = STORIES[story]
    assert totals["listTransactions"] == has["transactions"]["total"]
    assert totals["listAccounts"] == (0 if story == "empty" else 1)
    assert totals["listCards"] == (0 if has["card"] is None else 1)
    assert (totals["listInvoices"] > 0) == (has["invoice"] is not None)
    overview = next(example.value for _, example in _told(story) if example.operation.id == "getAccountOverview")
    shown = overview["transactions"]
    assert len(shown["latest"]) + shown["more"] == has["transactions"]["total"]


@pytest.mark.parametrize("story", [name for name, story in STORIES.items() if story["invoice"]])
def test_the_lines_of_an_invoice_add_up_to_its_total(story: str) -> None:
    pages = [example.value for _, example in _told(story) if example.operation.id == "listInvoiceLines"]
    assert pages
    for page in pages:
        if page["next_cursor"] is None:
            total = sum(Decimal(line["amount"]["amount"]) for line in page["items"])
            assert total == Decimal(STORIES[story]["invoice"]["total"])


def test_an_invoice_has_one_number_wherever_it_is_shown() -> None:
    numbers: dict[str, set[str]] = {}
    for _, example in EXAMPLES:
        for one in _objects(example.value):
            if str(one.get("id", "")).startswith("inv_") and "number" in one:
                numbers.setdefault(one["id"], set()).add(one["number"])
    assert len(numbers) >= 4
    assert {identity: said for identity, said in numbers.items() if len(said) > 1} == {}
    assert len({number for said in numbers.values() for number in said}) == len(numbers)


def test_a_success_is_named_after_a_scenario_or_a_turn() -> None:
    names = {example.name for _, example in EXAMPLES if (example.status or 0) < 300}
    assert names - STORIES.keys() == TURNS


def test_a_planted_figure_and_a_planted_stranger_are_found() -> None:
    story = STORIES["healthy"]
    card = {"id": story["card"]["id"], "last_four": "9999", "status": "active", "holder_name": "Anna Bergström"}
    page = {"items": [card, {"id": story["account"]["id"], "credit_limit": {"amount": "1.00", "currency": "SEK"}}]}
    assert list(departures(page, story)) == [
        "/items/0/last_four is '9999' and '4821' in the story",
        "/items/1/credit_limit is '1.00' and '150000.00' in the story",
    ]
    example = Example(
        EXAMPLES[0][1].operation, 200, "healthy", {"detail": f"{STORIES['overdue']['card']['id']} is frozen"}
    )
    assert strangers(example, story) == [STORIES["overdue"]["card"]["id"]]


def _is_page(example: Example) -> bool:
    return example.status == 200 and isinstance(example.value, dict) and {"items", "total"} <= example.value.keys()


def _objects(value: Any) -> list[Mapping[str, Any]]:
    if isinstance(value, list):
        return [one for item in value for one in _objects(item)]
    if isinstance(value, dict):
        return [value, *(one for item in value.values() for one in _objects(item))]
    return []
