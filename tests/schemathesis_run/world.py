"""The companies of contracts/scenarios.yaml as rows and as answers of peers, taken from the contracts' own examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import yaml

from tandem.kit.contract import Contract, load_contract
from tandem.kit.peers.transport import PeerAnswer, PeerRequest

Document = dict[str, Any]
_CONTRACTS = Path(__file__).parents[2] / "contracts"
_SPARE_CARDS = 20


@cache
def contract(service: str) -> Contract:
    return load_contract(_CONTRACTS / service / "openapi.yaml")


@cache
def examples(service: str, operation_id: str) -> dict[str, Any]:
    """What the operation answers when it succeeds, by scenario."""
    document, operation = contract(service), contract(service).operation(operation_id)
    answer = document.document["paths"][operation.path][operation.method.lower()]["responses"][
        str(operation.success.status)
    ]
    media = document.resolve(answer)["content"]["application/json"]
    return {name: document.resolve(example)["value"] for name, example in media["examples"].items()}


@cache
def scenarios() -> dict[str, Document]:
    stories: dict[str, Document] = yaml.safe_load((_CONTRACTS / "scenarios.yaml").read_text("utf-8"))["scenarios"]
    return stories


def seed_world() -> Document:
    """What `migrations/seed.sql` of every service takes as `$1`."""
    return {
        "customers": [
            {**customer, "contact_persons": _items("customer", "listContactPersons", scenario)}
            for scenario, customer in _listed("customer", "listCustomers")
        ],
        "contact_requests": [request for _, request in _listed("customer", "listContactRequests")],
        "accounts": [account for _, account in _listed("account", "listAccounts")],
        "credit_limit_changes": [
            {**change, "account_id": scenarios()[scenario]["account"]["id"]}
            for scenario, change in _listed("account", "listCreditLimitChanges")
        ],
        "cards": [{**card, "token": f"tok_{card['id']}"} for card in _cards()],
        "transactions": list(_numbered(list(_transactions()))),
        "invoices": [
            {**invoice, "lines": _items("invoice", "listInvoiceLines", scenario), "payments": []}
            for scenario, invoice in _listed("invoice", "listInvoices")
        ],
    }


class ScenarioPeers:
    """Answers for every other service as its contract's examples do: the scenario is told by the ids in the address."""

    async def send(self, request: PeerRequest) -> PeerAnswer:
        operation = request.operation
        scenario = _scenario_of(request.url)
        told = examples(operation.peer, operation.id)
        # Nothing was bought, issued or invoiced on an account that Schemathesis opened: its lists are there and empty.
        empty = told["empty"] if "items" in told.get("empty", {}) else None
        answer = told.get(scenario, empty) if scenario else empty
        if answer is None and operation.id == "closeLedger":
            return _closed(request.url) if scenario is None else _refusal(409, "/problems/balance-not-zero")
        if answer is None:
            return _refusal(404, "/problems/not-found")
        if operation.id == "getBalance":
            answer = {**answer, "transactions": _booked()[answer["account_id"]]}
        return PeerAnswer(operation.success, orjson.dumps(answer))

    async def close(self) -> None:
        return


@cache
def _booked() -> Counter[str]:
    """How many transactions of each account the seed holds: the stories tell only the last of them."""
    return Counter(transaction["account_id"] for transaction in seed_world()["transactions"])


def _closed(url: str) -> PeerAnswer:
    """An account that Schemathesis opened: nothing was bought on it."""
    account_id = urlsplit(url).path.split("/")[-2]
    return PeerAnswer(200, orjson.dumps({**examples("transaction", "closeLedger")["empty"], "account_id": account_id}))


def _refusal(status: int, type_: str) -> PeerAnswer:
    document = {"type": type_, "title": "Refused", "status": status, "detail": "Not now.", "request_id": "of-a-peer"}
    return PeerAnswer(status, orjson.dumps(document))


def _scenario_of(url: str) -> str | None:
    parts = urlsplit(url)
    named = {*parts.path.split("/"), *(value for values in parse_qs(parts.query).values() for value in values)}
    for scenario, story in scenarios().items():
        if named & {story[what]["id"] for what in ("company", "account", "card", "invoice") if story[what]}:
            return scenario
    return None


def _listed(service: str, operation_id: str) -> Iterator[tuple[str, Document]]:
    for scenario in examples(service, operation_id):
        for item in _items(service, operation_id, scenario):
            yield scenario, item


def _items(service: str, operation_id: str, scenario: str) -> list[Document]:
    page = examples(service, operation_id).get(scenario, {"items": []})
    items: list[Document] = page["items"]
    return items


def _cards() -> Iterator[Document]:
    """With spare frozen ones: whatever can be cancelled or replaced is, before anything is unfrozen."""
    for scenario, card in _listed("card", "listCards"):
        yield card
        if scenario == "card_frozen":
            yield from ({**card, "id": f"{card['id'][:-4]}s{number:03}"} for number in range(_SPARE_CARDS))


def _transactions() -> Iterator[Document]:
    """Those of the lists, and those that only appear as a line of an invoice."""
    told = set()
    for _, transaction in _listed("transaction", "listTransactions"):
        told.add(transaction["id"])
        yield transaction
    for scenario, line in _listed("invoice", "listInvoiceLines"):
        if line["transaction_id"] not in told:
            yield _transaction_of(line, scenarios()[scenario])


def _transaction_of(line: Document, story: Document) -> Document:
    amount = {**line["amount"], "amount": line["amount"]["amount"].removeprefix("-")}
    card_id = story["card"]["id"] if line["kind"] == "purchase" else None
    return {
        "id": line["transaction_id"],
        "account_id": story["account"]["id"],
        "customer_id": story["company"]["id"],
        "card_id": card_id,
        "purchased_at": line["booked_at"] if card_id else None,
        **{name: line[name] for name in ("kind", "description", "booked_at")},
        "amount": amount,
    }


def _numbered(transactions: list[Document]) -> Iterator[Document]:
    """The stories number the last few of many; these are all there are, and each ledger counts from one."""
    counts: Counter[str] = Counter()
    bought = {one["account_id"]: one["id"] for one in transactions if one["kind"] == "purchase"}
    for transaction in sorted(transactions, key=lambda one: (one["booked_at"], one["id"])):
        account = transaction["account_id"]
        counts[account] += 1
        refunds = bought[account] if transaction["kind"] == "refund" else None
        yield {**transaction, "sequence": counts[account], "refunds": refunds}
