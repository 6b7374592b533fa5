import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tandem.kit.contract import ContractError
from tandem.kit.events.catalogue import Catalogue, InvalidEvent

CONTRACTS = Path(__file__).parents[3] / "contracts"
ACCOUNT = "acc_01k9zc6n00000000000000h001"
MANIFEST = "services:\n  card: {}\n  ledger: {}\n"
SCHEMAS = """components:
  schemas:
    CardId: {type: string, pattern: '^crd_'}
    Money: {type: object, required: [currency], properties: {currency: {$ref: '#/components/schemas/Currency'}}}
    Currency: {enum: [SEK]}
    Endless: {type: object, properties: {more: {$ref: '#/components/schemas/Endless'}}}
"""
EVENT = """events:
  card.frozen:
    summary: A card was frozen.
    entity: card_id
    subscribers: [ledger]
    data:
      type: object
      required: [card_id]
      properties:
        card_id: {$ref: 'common/schemas.yaml#/components/schemas/CardId'}
        price: {$ref: 'common/schemas.yaml#/components/schemas/Money', description: What it costs.}
        on: {type: string, format: date}
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(CONTRACTS)


Load = Callable[..., Catalogue]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(old: str = "", new: str = "", manifest: str = MANIFEST) -> Catalogue:
        assert old in EVENT
        (tmp_path / "common").mkdir()
        (tmp_path / "common" / "schemas.yaml").write_text(SCHEMAS)
        (tmp_path / "manifest.yaml").write_text(manifest)
        (tmp_path / "events.yaml").write_text(EVENT.replace(old, new, 1))
        return Catalogue.load(tmp_path)

    return load


def test_names_for_code_are_derived(catalogue: Catalogue) -> None:
    event = catalogue.events["account.limit_changed"]
    assert (event.class_name, event.handler_name) == ("AccountLimitChanged", "on_account_limit_changed")
    assert (event.publisher, event.entity, event.subscribers) == ("account", "account_id", ("transaction",))


def test_service_knows_what_it_says_and_hears(catalogue: Catalogue) -> None:
    assert [event.name for event in catalogue.said_by("transaction")] == ["transaction.recorded"]
    assert [event.name for event in catalogue.heard_by("card")] == ["account.opened", "account.closed"]
    assert catalogue.heard_by("customer") == []


def test_every_event_goes_to_the_queues_of_its_subscribers(catalogue: Catalogue) -> None:
    assert catalogue.routes()["account.opened"] == ("card", "invoice", "transaction")
    assert catalogue.routes()["invoice.paid"] == ()


def test_unknown_service_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(ContractError, match=r"manifest.yaml: there is no service nobody"):
        catalogue.heard_by("nobody")


def test_data_as_promised_is_accepted(catalogue: Catalogue) -> None:
    limit = {"amount": "1250.00", "currency": "SEK"}
    catalogue.events["account.limit_changed"].validate({"account_id": ACCOUNT, "credit_limit": limit})


@pytest.mark.parametrize(
    ("data", "at"),
    [
        ({}, "/"),
        ({"account_id": "acc_1", "credit_limit": {"amount": "1250.00", "currency": "SEK"}}, "/account_id"),
        ({"account_id": ACCOUNT, "credit_limit": {"amount": 1250, "currency": "SEK"}}, "/credit_limit/amount"),
        ({"account_id": ACCOUNT, "credit_limit": {"amount": "1.00", "currency": "XXX"}}, "/credit_limit/currency"),
    ],
)
def test_data_not_as_promised_is_refused(catalogue: Catalogue, data: dict[str, object], at: str) -> None:
    with pytest.raises(InvalidEvent, match=f"account.limit_changed: (.*; )?{re.escape(at)}: "):
        catalogue.events["account.limit_changed"].validate(data)


def test_formats_and_references_of_references_are_checked(load: Load) -> None:
    event = load().events["card.frozen"]
    event.validate({"card_id": "crd_1", "price": {"currency": "SEK"}, "on": "2026-11-15"})
    with pytest.raises(InvalidEvent, match="/on"):
        event.validate({"card_id": "crd_1", "on": "tomorrow"})
    with pytest.raises(InvalidEvent, match="/price/currency"):
        event.validate({"card_id": "crd_1", "price": {"currency": "USD"}})


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("card.frozen:", "loan.frozen:", 3, "loan.frozen must begin with a service of manifest.yaml"),
        ("card.frozen:", "card:", 3, "card must begin with a service of manifest.yaml"),
        ("[ledger]", "[ledger, loan]", 5, "card.frozen has a subscriber unknown to manifest.yaml: loan"),
        ("entity: card_id", "entity: id", 4, "card.frozen: its entity id must be a required field"),
        ("    entity: card_id\n", "", 3, "card.frozen has no `entity`"),
        ("schemas/CardId'", "schemas/CardID'", 10, "leads nowhere: check the spelling"),
        ("common/schemas", "common/shapes", 10, "leads nowhere: check the spelling"),
        ("schemas/Money'", "schemas/Endless'", None, "contains itself"),
        ("type: object", "type: objekt", 7, "card.frozen has a schema that is not valid"),
        ("events:", "happenings:", 1, "`events:` must be an object"),
        ("    summary: A card was frozen.", "    summary: [", None, "is not valid YAML"),
    ],
)
def test_mistake_is_named_with_file_and_line(load: Load, old: str, new: str, line: int | None, reason: str) -> None:
    with pytest.raises(ContractError) as refused:
        load(old, new)
    assert reason in str(refused.value)
    if line is not None:
        assert f"events.yaml:{line}: " in str(refused.value)


def test_event_that_is_no_object_is_named(load: Load) -> None:
    with pytest.raises(ContractError, match=r"events.yaml:3: card.frozen must be an object"):
        load(EVENT.partition("events:\n")[2], "  card.frozen:\n    []\n")


def test_manifest_without_services_is_refused(load: Load) -> None:
    with pytest.raises(ContractError, match=r"manifest.yaml:1: `services:` must be an object"):
        load(manifest="title: none\n")
