from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.card import rules
from services.card.errors import (
    AccountNotOpen,
    CardIsCancelled,
    CardIsFrozen,
    CardNotActivated,
    TooManyCards,
    WrongLastFour,
)
from services.card.rules import LocalCardIssuer, StoredCard
from tandem.kit.problems import Problem

ISSUED = datetime(2026, 11, 1, tzinfo=UTC)
ACTIVATED = datetime(2026, 11, 5, tzinfo=UTC)
FROZEN = datetime(2026, 11, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 15, tzinfo=UTC)

INACTIVE = StoredCard(
    id="crd_1",
    account_id="acc_1",
    customer_id="cus_1",
    holder_name="Anna Bergström",
    last_four="4821",
    status="inactive",
    status_reason=None,
    design="midnight",
    issued_at=ISSUED,
    activated_at=None,
    frozen_at=None,
    cancelled_at=None,
    replaces=None,
    version=1,
)
ACTIVE = replace(INACTIVE, status="active", activated_at=ACTIVATED, version=2)
CARDS = {
    "inactive": INACTIVE,
    "active": ACTIVE,
    "frozen": replace(ACTIVE, status="frozen", status_reason="mislaid", frozen_at=FROZEN, version=3),
    "cancelled": replace(ACTIVE, status="cancelled", cancelled_at=FROZEN, version=3),
}
ACTIONS: dict[str, Callable[[StoredCard], StoredCard]] = {
    "activate": lambda card: rules.activate_card(card, "4821", NOW),
    "freeze": lambda card: rules.freeze_card(card, "mislaid", NOW),
    "unfreeze": rules.unfreeze_card,
    "cancel": lambda card: rules.cancel_card(card, "stolen", NOW),
    "update": lambda card: rules.update_card(card, "Anna Lindqvist", None),
}
# What becomes of a card in the state above the column; a problem is a refusal.
OUTCOMES: dict[str, dict[str, str | type[Problem]]] = {
    "activate": {"inactive": "active", "active": "active", "frozen": CardIsFrozen, "cancelled": CardIsCancelled},
    "freeze": {"inactive": CardNotActivated, "active": "frozen", "frozen": "frozen", "cancelled": CardIsCancelled},
    "unfreeze": {"inactive": CardNotActivated, "active": "active", "frozen": "active", "cancelled": CardIsCancelled},
    "cancel": {"inactive": "cancelled", "active": "cancelled", "frozen": "cancelled", "cancelled": CardIsCancelled},
    "update": {"inactive": "inactive", "active": "active", "frozen": "frozen", "cancelled": CardIsCancelled},
}
UNCHANGED = [("activate", "active"), ("freeze", "frozen"), ("unfreeze", "active")]


@pytest.mark.parametrize("status", CARDS)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_in_every_state_has_its_outcome(action: str, status: str) -> None:
    outcome = OUTCOMES[action][status]
    if isinstance(outcome, str):
        assert ACTIONS[action](CARDS[status]).status == outcome
    else:
        with pytest.raises(outcome):
            ACTIONS[action](CARDS[status])


@pytest.mark.parametrize(("action", "status"), UNCHANGED)
def test_doing_it_again_changes_nothing(action: str, status: str) -> None:
    assert ACTIONS[action](CARDS[status]) == CARDS[status]


@pytest.mark.parametrize("action", ACTIONS)
def test_every_change_raises_the_version_by_one(action: str) -> None:
    changed = [
        (card, ACTIONS[action](card))
        for status, card in CARDS.items()
        if isinstance(OUTCOMES[action][status], str) and (action, status) not in UNCHANGED
    ]
    assert changed
    assert all(after.version == before.version + 1 for before, after in changed)


@given(st.lists(st.sampled_from(sorted(ACTIONS)), max_size=12))
def test_times_always_tell_the_state(actions: list[str]) -> None:
    card = INACTIVE
    for action in actions:
        try:
            card = ACTIONS[action](card)
        except Problem:
            continue
    assert (card.frozen_at is not None) == (card.status == "frozen")
    assert (card.cancelled_at is not None) == (card.status == "cancelled")
    assert card.activated_at is not None or card.status in ("inactive", "cancelled")


@pytest.mark.parametrize("status", ["inactive", "active", "frozen"])
def test_wrong_last_four_is_refused_in_every_live_state(status: str) -> None:
    with pytest.raises(WrongLastFour):
        rules.activate_card(CARDS[status], "1284", NOW)


def test_unfreezing_forgets_why_it_was_frozen() -> None:
    card = rules.unfreeze_card(CARDS["frozen"])
    assert (card.status_reason, card.frozen_at, card.activated_at) == (None, None, ACTIVATED)


def test_updating_with_what_is_there_already_changes_nothing() -> None:
    assert rules.update_card(ACTIVE, "Anna Bergström", "midnight") == ACTIVE


def test_updating_keeps_what_is_left_out() -> None:
    card = rules.update_card(ACTIVE, None, "sand")
    assert (card.holder_name, card.design, card.version) == ("Anna Bergström", "sand", 3)


def test_replacement_is_a_new_inactive_card_of_the_same_holder() -> None:
    card = rules.replace_card(CARDS["frozen"], "crd_2", "5093", NOW)
    assert card == replace(INACTIVE, id="crd_2", last_four="5093", issued_at=NOW, replaces="crd_1")


@pytest.mark.parametrize("status", ["frozen", "closed"])
def test_account_that_is_not_open_gets_no_card(status: str) -> None:
    with pytest.raises(AccountNotOpen, match=status):
        rules.check_open("acc_1", status)


def test_fifth_card_is_possible_and_sixth_is_not() -> None:
    rules.check_room("acc_1", 4)
    with pytest.raises(TooManyCards):
        rules.check_room("acc_1", 5)


async def test_same_randomness_makes_the_same_card() -> None:
    randomness = bytes(range(rules.RANDOM_BYTES))
    numbers = [await LocalCardIssuer().issue("Anna", randomness, ()) for _ in range(2)]
    assert numbers[0] == numbers[1]
    assert numbers[0].last_four.isdecimal()
    assert len(numbers[0].last_four) == 4


async def test_last_four_that_is_taken_is_not_given_again() -> None:
    end_of_all = (9998).to_bytes(8, "big") + bytes(16)
    number = await LocalCardIssuer().issue("Anna", end_of_all, {"9998", "9999", "0000"})
    assert number.last_four == "0001"


async def test_different_randomness_makes_different_tokens() -> None:
    issuer = LocalCardIssuer()
    tokens = {(await issuer.issue("Anna", bytes(8) + bytes([n]) * 16, ())).token for n in range(20)}
    assert len(tokens) == 20


async def test_token_is_hidden_when_a_card_number_is_printed() -> None:
    number = await LocalCardIssuer().issue("Anna", bytes(rules.RANDOM_BYTES), ())
    assert number.token not in repr(number)
