import asyncio

import pytest

from tandem.kit.ids import new_id
from tests.services.invoice.story import ACCOUNT, CUSTOMER, STRANGER, Story, event, money


async def kept(story: Story) -> list[tuple[int, str]]:
    rows = await story.service.pool.fetch("SELECT sequence, kind FROM ledger_lines ORDER BY sequence")
    return [(row["sequence"], row["kind"]) for row in rows]


async def test_an_event_that_comes_twice_is_kept_once(story: Story) -> None:
    await story.open_account()
    event_id = new_id("evt")
    for _ in range(2):
        await story.service.deliver("transaction.recorded", event_id, **event(1, "10.00"))
    assert await kept(story) == [(1, "purchase")]


async def test_a_transaction_told_again_under_another_event_is_kept_once(story: Story) -> None:
    await story.open_account()
    for _ in range(2):
        await story.service.deliver("transaction.recorded", **event(1, "10.00"))
    story.ledger_has(1)
    assert (await story.create()).json()["total"]["amount"] == "10.00"


async def test_events_out_of_order_make_the_same_invoice(story: Story) -> None:
    await story.open_account()
    for sequence in (3, 1, 2):
        await story.service.deliver("transaction.recorded", **event(sequence, f"{sequence}.00"))
    story.ledger_has(3)
    assert (await story.create()).json()["total"]["amount"] == "6.00"


async def test_a_transaction_may_come_before_its_account(story: Story) -> None:
    await story.service.deliver("transaction.recorded", **event(1, "10.00"))
    assert (await story.create()).status_code == 404
    await story.open_account()
    story.ledger_has(1)
    assert (await story.create()).json()["total"]["amount"] == "10.00"


async def test_an_account_opened_twice_stays_as_it_was(story: Story) -> None:
    await story.open_account()
    await story.open_account(ACCOUNT, STRANGER)
    assert (await story.create()).json()["customer_id"] == CUSTOMER


async def test_an_account_in_another_currency_is_invoiced_in_it(story: Story) -> None:
    await story.service.deliver(
        "account.opened",
        account_id=ACCOUNT,
        customer_id=CUSTOMER,
        credit_limit=money("900.00", "EUR"),
        opened_at="2025-01-20T09:00:00Z",
    )
    await story.service.deliver("transaction.recorded", **{**event(1, "10.00"), "amount": money("10.00", "EUR")})
    story.ledger_has(1)
    invoice = (await story.create()).json()
    assert invoice["total"] == money("10.00", "EUR")
    assert (await story.lines(invoice["id"]))[0]["amount"] == money("10.00", "EUR")


@pytest.mark.parametrize("kind", ["purchase", "refund", "payment", "fee"])
async def test_every_kind_counts_as_heard(story: Story, kind: str) -> None:
    await story.open_account()
    await story.record("10.00", kind)
    assert (await story.create()).status_code == 201
    assert await kept(story) == [(1, kind)]


async def test_events_in_parallel_are_all_kept(story: Story) -> None:
    await story.open_account()
    await asyncio.gather(
        *(story.service.deliver("transaction.recorded", **event(sequence, "1.00")) for sequence in range(1, 21))
    )
    assert [sequence for sequence, _ in await kept(story)] == list(range(1, 21))
