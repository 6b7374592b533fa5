"""Peers that tell the stories of the contracts' examples."""

from __future__ import annotations

import httpx
import pytest

from tandem.gate.service.peers import peers
from tandem.gate.service.serving import served
from tandem.gate.service.stories import Stories
from tests.architecture.project import ROOT

STORIES = Stories(ROOT / "contracts")
HEALTHY, UNKNOWN = "acc_01k9zc6n00000000000000h001", "acc_01k9zc6n00000000000000z999"


@pytest.mark.parametrize(
    ("peer", "operation_id", "path", "status"),
    [
        ("account", "getAccount", f"/v1/accounts/{HEALTHY}", 200),
        ("account", "getAccount", f"/v1/accounts/{UNKNOWN}", 404),
        ("transaction", "getBalance", f"/v1/accounts/{HEALTHY}/balance", 200),
        ("transaction", "closeLedger", f"/v1/accounts/{HEALTHY}/ledger/close", 409),
        ("transaction", "closeLedger", f"/v1/accounts/{UNKNOWN}/close", 200),
        ("card", "listCards", f"/v1/cards?account_id={UNKNOWN}", 200),
    ],
)
def test_peer_answers_as_the_story_of_the_ids_in_the_address(
    peer: str, operation_id: str, path: str, status: int
) -> None:
    assert STORIES.answer(peer, operation_id, f"http://peer.invalid{path}").status == status


def test_balance_counts_the_transactions_that_the_rows_hold() -> None:
    balance = STORIES.answer("transaction", "getBalance", f"http://peer.invalid/v1/accounts/{HEALTHY}/balance").document
    booked = [one for one in STORIES.rows["transactions"] if one["account_id"] == HEALTHY]
    assert balance["transactions"] == len(booked)
    assert sorted(one["sequence"] for one in booked) == list(range(1, len(booked) + 1))


def test_peers_are_served_at_one_address() -> None:
    consumed = {"account": ("getAccount",), "card": ("listCards",)}
    with served(peers(STORIES, consumed)) as url:
        account = httpx.get(f"{url}/v1/accounts/{HEALTHY}")
        cards = httpx.get(f"{url}/v1/cards", params={"account_id": UNKNOWN})
        other = httpx.get(f"{url}/v1/invoices")
    assert (account.status_code, account.json()["id"]) == (200, HEALTHY)
    assert (cards.status_code, cards.json()["items"]) == (200, [])
    assert other.status_code == 404
