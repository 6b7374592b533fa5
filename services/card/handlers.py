"""What each operation of the card contract does, and what the service does when it hears of an account."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial

from pydantic import BaseModel

from services.card import rules
from services.card.errors import AccountNotFound, CardNotFound
from services.card.models import (
    AccountClosed,
    AccountOpened,
    Card,
    CardActivated,
    CardActivation,
    CardCancelled,
    CardFreeze,
    CardFrozen,
    CardIssued,
    CardPage,
    CardPicture,
    CardReplacement,
    CardUnfrozen,
    CardUpdate,
    NewCard,
)
from services.card.peers import Account, Peers
from services.card.repository import Accounts, Cards, Filter
from services.card.rules import CardIssuer, CardNumber, LocalCardIssuer, StoredCard
from tandem.kit.call import Call
from tandem.kit.peers import PeerRefused

ISSUER: CardIssuer = LocalCardIssuer()


async def issue_card(call: Call[Peers], body: NewCard) -> Card:
    account = await _open_account(call, body.account_id)
    accounts, cards = Accounts(call.connection), Cards(call.connection)
    # The account may be known here only later, or have been closed since its service answered.
    await accounts.open(account.id, account.customer_id)
    rules.check_open(account.id, await accounts.lock(account.id))
    live = await cards.lock_live(account.id)
    rules.check_room(account.id, len(live))
    number = await _number(body.holder_name, live)
    card = StoredCard(
        id=call.new_id("crd"),
        account_id=account.id,
        customer_id=account.customer_id,
        holder_name=body.holder_name,
        last_four=number.last_four,
        status="inactive",
        status_reason=None,
        design=body.design or rules.DEFAULT_DESIGN,
        issued_at=call.now,
        activated_at=None,
        frozen_at=None,
        cancelled_at=None,
        replaces=None,
        version=1,
    )
    return await _issue(call, card, number.token)


async def list_cards(
    call: Call[Peers],
    *,
    account_id: str | None,
    customer_id: str | None,
    status: str | None,
    limit: int,
    cursor: str | None,
) -> CardPage:
    cards = Cards(call.connection)
    wanted = Filter(call.caller.restrict(customer_id), account_id, status)
    after = call.read_cursor(cursor, datetime, str)
    found, pictures = await asyncio.gather(cards.list(wanted, after, limit + 1), _pictures(call))
    is_all = after is None and len(found) <= limit
    total = len(found) if is_all else await cards.count(wanted)
    page = found[:limit]
    next_cursor = call.write_cursor(page[-1].issued_at, page[-1].id) if len(found) > limit else None
    items = [_public(card, pictures[card.design]) for card in page]
    return CardPage(items=items, next_cursor=next_cursor, total=total)


async def get_card(call: Call[Peers], card_id: str) -> Card:
    card, pictures = await asyncio.gather(_owned(call, card_id), _pictures(call))
    call.etag = card.version
    return _public(card, pictures[card.design])


async def update_card(call: Call[Peers], card_id: str, body: CardUpdate) -> Card:
    def update(card: StoredCard) -> StoredCard:
        call.check_match(card.version)
        return rules.update_card(card, body.holder_name, body.design)

    return await _change(call, card_id, update)


async def activate_card(call: Call[Peers], card_id: str, body: CardActivation) -> Card:
    return await _change(
        call, card_id, partial(rules.activate_card, last_four=body.last_four, now=call.now), CardActivated
    )


async def freeze_card(call: Call[Peers], card_id: str, body: CardFreeze | None) -> Card:
    reason = body.reason if body else None
    return await _change(call, card_id, partial(rules.freeze_card, reason=reason, now=call.now), CardFrozen)


async def unfreeze_card(call: Call[Peers], card_id: str) -> Card:
    return await _change(call, card_id, rules.unfreeze_card, CardUnfrozen)


async def replace_card(call: Call[Peers], card_id: str, body: CardReplacement) -> Card:
    seen = await _owned(call, card_id)
    # The account before its cards, as everywhere: two transactions never wait for each other.
    await Accounts(call.connection).lock(seen.account_id)
    cards = Cards(call.connection)
    card = await cards.lock(card_id)
    cancelled = rules.cancel_card(card, body.reason, call.now)
    number = await _number(card.holder_name, await cards.lock_live(card.account_id))
    await _cancel(call, cancelled)
    return await _issue(call, rules.replace_card(card, call.new_id("crd"), number.last_four, call.now), number.token)


async def cancel_card(call: Call[Peers], card_id: str) -> Card:
    return await _change(call, card_id, partial(rules.cancel_card, reason=None, now=call.now), CardCancelled)


async def get_card_picture(call: Call[Peers], card_id: str) -> CardPicture:
    card, pictures = await asyncio.gather(_owned(call, card_id), _pictures(call))
    return pictures[card.design]


async def on_account_opened(call: Call[Peers], event: AccountOpened) -> None:
    await Accounts(call.connection).open(event.account_id, event.customer_id)


async def on_account_closed(call: Call[Peers], event: AccountClosed) -> None:
    await Accounts(call.connection).close(event.account_id)
    for card in await Cards(call.connection).lock_live(event.account_id):
        await _cancel(call, rules.cancel_card(card, "account closed", call.now))


async def _open_account(call: Call[Peers], account_id: str) -> Account:
    try:
        account = await call.peers.account.get_account(account_id=account_id)
    except PeerRefused as refusal:
        if refusal.status == 404:
            raise AccountNotFound(account_id) from refusal
        raise
    call.caller.require_owner(account.customer_id, AccountNotFound(account_id))
    rules.check_open(account_id, account.status)
    return account


async def _number(holder_name: str, live: list[StoredCard]) -> CardNumber:
    taken = {card.last_four for card in live}
    return await ISSUER.issue(holder_name, secrets.token_bytes(rules.RANDOM_BYTES), taken)


async def _issue(call: Call[Peers], card: StoredCard, token: str) -> Card:
    await Cards(call.connection).issue(card, token)
    await call.emit(CardIssued(card_id=card.id, account_id=card.account_id))
    return await _changed(call, card)


async def _owned(call: Call[Peers], card_id: str) -> StoredCard:
    card = await Cards(call.connection).get(card_id)
    call.caller.require_owner(card.customer_id, CardNotFound(card_id))
    return card


async def _change(
    call: Call[Peers],
    card_id: str,
    change: Callable[[StoredCard], StoredCard],
    event: type[BaseModel] | None = None,
) -> Card:
    cards = Cards(call.connection)
    before = await cards.lock(card_id)
    call.caller.require_owner(before.customer_id, CardNotFound(card_id))
    after = change(before)
    if after != before:
        await cards.save(after)
        if event is not None:
            await call.emit(event(card_id=card_id))
    return await _changed(call, after)


async def _cancel(call: Call[Peers], cancelled: StoredCard) -> None:
    await Cards(call.connection).save(cancelled)
    await call.emit(CardCancelled(card_id=cancelled.id))


async def _changed(call: Call[Peers], card: StoredCard) -> Card:
    call.etag = card.version
    return _public(card, await _picture(call, card.design))


def _public(card: StoredCard, picture: CardPicture) -> Card:
    return Card.model_validate({**asdict(card), "picture": picture})


async def _pictures(call: Call[Peers]) -> Mapping[str, CardPicture]:
    """Of every design: there are few, and so signing need not wait until the database has said which are needed."""
    signed = await asyncio.gather(*(_picture(call, design) for design in rules.DESIGNS))
    return dict(zip(rules.DESIGNS, signed, strict=True))


async def _picture(call: Call[Peers], design: str) -> CardPicture:
    signed = await call.objects.presign_get(f"designs/{design}.svg")
    return CardPicture(url=signed.url, expires_at=signed.expires_at)
