"""The companies of contracts/scenarios.yaml as rows and as answers of peers, taken from the contracts' own examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from tandem.kit.contract import Contract, load_contract

Document = dict[str, Any]
_SPARE_CARDS = 20


@dataclass(frozen=True)
class Answer:
    status: int
    document: Document


@dataclass
class Stories:
    """Read from one folder of contracts, each part when it is first asked for."""

    contracts: Path
    _contracts: dict[str, Contract] = field(default_factory=dict, init=False, repr=False)

    def contract(self, service: str) -> Contract:
        if service not in self._contracts:
            self._contracts[service] = load_contract(self.contracts / service / "openapi.yaml")
        return self._contracts[service]

    def examples(self, service: str, operation_id: str) -> dict[str, Any]:
        """What the operation answers when it succeeds, by scenario."""
        document, operation = self.contract(service), self.contract(service).operation(operation_id)
        answers = document.document["paths"][operation.path][operation.method.lower()]["responses"]
        media = document.resolve(answers[str(operation.success.status)])["content"]["application/json"]
        return {name: document.resolve(example)["value"] for name, example in media["examples"].items()}

    @cached_property
    def scenarios(self) -> dict[str, Document]:
        stories: dict[str, Document] = yaml.safe_load((self.contracts / "scenarios.yaml").read_text("utf-8"))[
            "scenarios"
        ]
        return stories

    @cached_property
    def rows(self) -> Document:
        """What `migrations/seed.sql` of every service takes as `$1`."""
        return {
            "customers": [
                {**customer, "contact_persons": self._items("customer", "listContactPersons", scenario)}
                for scenario, customer in self._listed("customer", "listCustomers")
            ],
            "contact_requests": [request for _, request in self._listed("customer", "listContactRequests")],
            "accounts": [account for _, account in self._listed("account", "listAccounts")],
            "credit_limit_changes": [
                {**change, "account_id": self.scenarios[scenario]["account"]["id"]}
                for scenario, change in self._listed("account", "listCreditLimitChanges")
            ],
            "cards": [{**card, "token": f"tok_{card['id']}"} for card in self._cards()],
            "transactions": list(_numbered(list(self._transactions()))),
            "invoices": [
                {**invoice, "lines": self._items("invoice", "listInvoiceLines", scenario), "payments": []}
                for scenario, invoice in self._listed("invoice", "listInvoices")
            ],
        }

    def answer(self, service: str, operation_id: str, url: str) -> Answer:
        """As a peer would: the scenario is told by the ids in the address."""
        scenario = self._scenario_of(url)
        told = self.examples(service, operation_id)
        # Nothing was bought, issued or invoiced on an account that is not in a story: its lists are there and empty.
        empty = told["empty"] if "items" in told.get("empty", {}) else None
        answer = told.get(scenario, empty) if scenario else empty
        if answer is None and operation_id == "closeLedger":
            return self._closed(url) if scenario is None else _refusal(409, "/problems/balance-not-zero")
        if answer is None:
            return _refusal(404, "/problems/not-found")
        if operation_id == "getBalance":
            answer = {**answer, "transactions": self._booked[answer["account_id"]]}
        return Answer(self.contract(service).operation(operation_id).success.status, answer)

    @cached_property
    def _booked(self) -> Counter[str]:
        """How many transactions of each account the rows hold: the stories tell only the last of them."""
        return Counter(transaction["account_id"] for transaction in self.rows["transactions"])

    def _closed(self, url: str) -> Answer:
        """An account that is not in a story: nothing was bought on it."""
        account_id = urlsplit(url).path.split("/")[-2]
        return Answer(200, {**self.examples("transaction", "closeLedger")["empty"], "account_id": account_id})

    def _scenario_of(self, url: str) -> str | None:
        parts = urlsplit(url)
        named = {*parts.path.split("/"), *(value for values in parse_qs(parts.query).values() for value in values)}
        for scenario, story in self.scenarios.items():
            if named & {story[what]["id"] for what in ("company", "account", "card", "invoice") if story[what]}:
                return scenario
        return None

    def _listed(self, service: str, operation_id: str) -> Iterator[tuple[str, Document]]:
        for scenario in self.examples(service, operation_id):
            for item in self._items(service, operation_id, scenario):
                yield scenario, item

    def _items(self, service: str, operation_id: str, scenario: str) -> list[Document]:
        page = self.examples(service, operation_id).get(scenario, {"items": []})
        items: list[Document] = page["items"]
        return items

    def _cards(self) -> Iterator[Document]:
        """With spare frozen ones: whatever can be cancelled or replaced is, before anything is unfrozen."""
        for scenario, card in self._listed("card", "listCards"):
            yield card
            if scenario == "card_frozen":
                yield from ({**card, "id": f"{card['id'][:-4]}s{number:03}"} for number in range(_SPARE_CARDS))

    def _transactions(self) -> Iterator[Document]:
        """Those of the lists, and those that only appear as a line of an invoice."""
        told = set()
        for _, transaction in self._listed("transaction", "listTransactions"):
            told.add(transaction["id"])
            yield transaction
        for scenario, line in self._listed("invoice", "listInvoiceLines"):
            if line["transaction_id"] not in told:
                yield _transaction_of(line, self.scenarios[scenario])


def _refusal(status: int, type_: str) -> Answer:
    document = {"type": type_, "title": "Refused", "status": status, "detail": "Not now.", "request_id": "of-a-peer"}
    return Answer(status, document)


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
