"""What may happen to a card, and what a new one is made of."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, get_args

from services.card.errors import (
    AccountNotOpen,
    CardIsCancelled,
    CardIsFrozen,
    CardNotActivated,
    TooManyCards,
    WrongLastFour,
)
from services.card.models import Card

DESIGNS: tuple[str, ...] = get_args(Card.model_fields["design"].annotation)
DEFAULT_DESIGN = "midnight"
MOST_LIVE_CARDS = 5
RANDOM_BYTES = 24
_LAST_FOURS = 10_000


@dataclass(frozen=True, slots=True)
class StoredCard:
    """A card as the database has it. The token is not part of it, so that no answer or log can show it."""

    id: str
    account_id: str
    customer_id: str
    holder_name: str
    last_four: str
    status: str
    status_reason: str | None
    design: str
    issued_at: datetime
    activated_at: datetime | None
    frozen_at: datetime | None
    cancelled_at: datetime | None
    replaces: str | None
    version: int


@dataclass(frozen=True, slots=True)
class CardNumber:
    """All that is ever known of a card's number: what the issuer calls it, and how it ends."""

    token: str = field(repr=False)
    last_four: str


class CardIssuer(Protocol):
    """Makes cards, keeps their numbers, and hands out tokens for them."""

    async def issue(self, holder_name: str, randomness: bytes, taken: Collection[str]) -> CardNumber:
        """A card whose last four digits are none of `taken`, so that a holder can tell their cards apart."""
        ...


class LocalCardIssuer:
    """Makes no card and knows no number: the token stands for nothing."""

    async def issue(self, holder_name: str, randomness: bytes, taken: Collection[str]) -> CardNumber:
        del holder_name
        first = int.from_bytes(randomness[:8], "big")
        candidates = (f"{(first + step) % _LAST_FOURS:04d}" for step in range(_LAST_FOURS))
        last_four = next(candidate for candidate in candidates if candidate not in taken)
        return CardNumber(f"tok_{randomness[8:].hex()}", last_four)


def check_open(account_id: str, status: str) -> None:
    if status != "open":
        raise AccountNotOpen(account_id, status)


def check_room(account_id: str, live_cards: int) -> None:
    if live_cards >= MOST_LIVE_CARDS:
        raise TooManyCards(account_id, MOST_LIVE_CARDS)


def activate_card(card: StoredCard, last_four: str, now: datetime) -> StoredCard:
    _check_not_cancelled(card)
    if last_four != card.last_four:
        raise WrongLastFour(card.id)
    if card.status == "frozen":
        raise CardIsFrozen(card.id)
    if card.status == "active":
        return card
    return replace(card, status="active", activated_at=now, version=card.version + 1)


def freeze_card(card: StoredCard, reason: str | None, now: datetime) -> StoredCard:
    _check_activated(card)
    if card.status == "frozen":
        return card
    return replace(card, status="frozen", status_reason=reason, frozen_at=now, version=card.version + 1)


def unfreeze_card(card: StoredCard) -> StoredCard:
    _check_activated(card)
    if card.status == "active":
        return card
    return replace(card, status="active", status_reason=None, frozen_at=None, version=card.version + 1)


def cancel_card(card: StoredCard, reason: str | None, now: datetime) -> StoredCard:
    _check_not_cancelled(card)
    return replace(
        card, status="cancelled", status_reason=reason, frozen_at=None, cancelled_at=now, version=card.version + 1
    )


def update_card(card: StoredCard, holder_name: str | None, design: str | None) -> StoredCard:
    _check_not_cancelled(card)
    changed = replace(card, holder_name=holder_name or card.holder_name, design=design or card.design)
    return card if changed == card else replace(changed, version=card.version + 1)


def replace_card(card: StoredCard, card_id: str, last_four: str, now: datetime) -> StoredCard:
    """The card that is sent to the holder in place of `card`."""
    return replace(
        card,
        id=card_id,
        last_four=last_four,
        status="inactive",
        status_reason=None,
        issued_at=now,
        activated_at=None,
        frozen_at=None,
        cancelled_at=None,
        replaces=card.id,
        version=1,
    )


def _check_not_cancelled(card: StoredCard) -> None:
    if card.status == "cancelled":
        raise CardIsCancelled(card.id)


def _check_activated(card: StoredCard) -> None:
    _check_not_cancelled(card)
    if card.status == "inactive":
        raise CardNotActivated(card.id)
