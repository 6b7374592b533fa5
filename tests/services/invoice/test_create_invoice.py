import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tandem.kit.peers import PeerRefused
from tests.service_under_test import ServiceUnderTest, customer
from tests.services.invoice.story import ACCOUNT, CUSTOMER, OTHER_ACCOUNT, STRANGER, Story, event


def patience(story: Story, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(story.service.app.state.runtime.settings, "ledger_patience_seconds", seconds)


def amounts(lines: list[dict[str, Any]]) -> list[str]:
    return [line["amount"]["amount"] for line in lines]


async def test_an_invoice_takes_purchases_and_fees_less_refunds(story: Story) -> None:
    await story.open_account()
    await story.record("900.00", description="Ahlsell Kista")
    await story.record("60.00", "fee", description="Reminder fee")
    await story.record("310.50", "refund")
    await story.record("500.00", "payment")

    answer = await story.create("2026-10")

    assert answer.status_code == 201
    invoice = answer.json()
    assert invoice == {
        "id": invoice["id"],
        "account_id": ACCOUNT,
        "customer_id": CUSTOMER,
        "number": "2026-000001",
        "period": "2026-10",
        "status": "open",
        "total": {"amount": "649.50", "currency": "SEK"},
        "paid": {"amount": "0.00", "currency": "SEK"},
        "remaining": {"amount": "649.50", "currency": "SEK"},
        "issued_at": "2026-11-15T12:00:00Z",
        "due_on": "2026-12-15",
        "version": 1,
    }
    assert answer.headers["location"] == f"/v1/invoices/{invoice['id']}"
    lines = await story.lines(invoice["id"])
    assert sorted(amounts(lines)) == ["-310.50", "60.00", "900.00"]
    assert {line["kind"] for line in lines} == {"purchase", "fee", "refund"}


async def test_a_new_invoice_is_announced(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    assert await story.said("invoice.created") == [
        {
            "invoice_id": invoice["id"],
            "account_id": ACCOUNT,
            "period": "2026-10",
            "total": {"amount": "1000.00", "currency": "SEK"},
            "due_on": "2026-12-15",
        }
    ]


async def test_the_etag_of_a_new_invoice_is_that_of_reading_it(story: Story) -> None:
    await story.open_account()
    created = await story.create()
    read = await story.service.get(created.headers["location"])
    assert read.headers["etag"] == created.headers["etag"]


async def test_each_line_is_invoiced_once_and_late_ones_come_next(story: Story) -> None:
    await story.open_account()
    september = await story.record("100.00", booked_at="2026-09-30T23:59:59.999999Z")
    october = await story.record("200.00", booked_at="2026-10-01T00:00:00Z")
    november = await story.record("400.00", booked_at="2026-11-01T00:00:00Z")
    first = (await story.create("2026-09")).json()
    late = await story.record("50.00", booked_at="2026-09-15T08:00:00Z")
    second = (await story.create("2026-10")).json()
    third = (await story.create("2026-11")).json()

    taken = [{line["transaction_id"] for line in await story.lines(one["id"])} for one in (first, second, third)]

    assert taken == [{september}, {october, late}, {november}]
    assert [one["total"]["amount"] for one in (first, second, third)] == ["100.00", "250.00", "400.00"]
    assert [one["number"] for one in (first, second, third)] == ["2026-000001", "2026-000002", "2026-000003"]


async def test_the_first_invoice_takes_everything_older(story: Story) -> None:
    await story.open_account()
    await story.record("100.00", booked_at="2026-05-02T08:00:00Z")
    await story.record("200.00", booked_at="2026-10-02T08:00:00Z")
    assert (await story.create("2026-10")).json()["total"]["amount"] == "300.00"


async def test_the_running_month_takes_only_what_is_booked_before_now(story: Story) -> None:
    await story.open_account()
    await story.record("100.00", booked_at="2026-11-15T11:59:59Z")
    await story.record("200.00", booked_at="2026-11-15T12:00:00Z")
    assert (await story.create("2026-11")).json()["total"]["amount"] == "100.00"


async def test_the_invoices_of_an_account_do_not_touch_another(story: Story) -> None:
    await story.open_account()
    await story.open_account(OTHER_ACCOUNT, STRANGER)
    await story.record("100.00", account_id=OTHER_ACCOUNT)
    story.ledger_has(0)
    assert (await story.create()).json()["total"]["amount"] == "0.00"
    story.ledger_has(1, OTHER_ACCOUNT)
    assert (await story.create(account=OTHER_ACCOUNT)).json()["total"]["amount"] == "100.00"


async def test_an_invoice_without_lines_is_paid_at_once(story: Story) -> None:
    await story.open_account()
    invoice = (await story.create()).json()
    assert (invoice["status"], invoice["total"]["amount"]) == ("paid", "0.00")
    assert await story.lines(invoice["id"]) == []
    assert [one["type"] for one in await story.service.outbox()] == ["invoice.created", "invoice.paid"]
    assert await story.said("invoice.paid") == [{"invoice_id": invoice["id"], "account_id": ACCOUNT}]


async def test_an_invoice_with_something_to_pay_is_not_said_to_be_paid(story: Story) -> None:
    await story.invoiced()
    assert await story.said("invoice.paid") == []


async def test_an_invoice_that_evens_out_has_its_lines_and_is_paid(story: Story) -> None:
    await story.open_account()
    await story.record("100.00")
    await story.record("100.00", "refund")
    invoice = (await story.create()).json()
    assert (invoice["status"], invoice["remaining"]["amount"]) == ("paid", "0.00")
    assert sorted(amounts(await story.lines(invoice["id"]))) == ["-100.00", "100.00"]


async def test_refunds_that_outweigh_purchases_wait_for_the_next_invoice(story: Story) -> None:
    await story.open_account()
    await story.record("100.00", booked_at="2026-09-10T08:00:00Z")
    await story.record("400.00", "refund", booked_at="2026-09-12T08:00:00Z")
    september = (await story.create("2026-09")).json()
    await story.record("1000.00", booked_at="2026-10-12T08:00:00Z")
    october = (await story.create("2026-10")).json()

    assert (september["status"], september["total"]["amount"]) == ("paid", "0.00")
    assert await story.lines(september["id"]) == []
    assert october["total"]["amount"] == "700.00"
    assert sum(Decimal(amount) for amount in amounts(await story.lines(october["id"]))) == Decimal("700.00")


async def test_a_second_invoice_for_a_period_is_refused_and_names_the_first(story: Story) -> None:
    invoice = await story.invoiced()
    answer = await story.create("2026-10")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/invoice-exists")
    assert invoice["id"] in answer.json()["detail"]


async def test_a_future_period_is_refused(story: Story) -> None:
    await story.open_account()
    answer = await story.create("2026-12")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/period-not-started")


async def test_a_period_before_the_account_was_opened_is_refused(story: Story) -> None:
    await story.open_account(opened_at="2026-10-31T23:59:59Z")
    answer = await story.create("2026-09")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/period-before-account")
    assert (await story.create("2026-10")).status_code == 201


async def test_an_unknown_account_is_not_found(story: Story) -> None:
    answer = await story.create(account=OTHER_ACCOUNT)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/account-not-found")


@pytest.mark.parametrize(
    "period", ["2026-13", "2026-00", "2026-1", "1999-12", "0000-01", "2026-10-01", "", 202610, None]
)
async def test_a_period_that_is_no_month_is_refused(story: Story, period: object) -> None:
    body = {"account_id": ACCOUNT, "period": period}
    answer = await story.service.post("/v1/invoices", body, key=story.new_key())
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")


async def test_without_a_key_it_is_refused(story: Story) -> None:
    answer = await story.service.post("/v1/invoices", {"account_id": ACCOUNT, "period": "2026-10"})
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["detail"]


async def test_a_customer_may_not_make_invoices(story: Story) -> None:
    await story.open_account()
    assert (await story.create(as_=customer(CUSTOMER))).status_code == 403


async def test_a_transaction_on_its_way_is_waited_for(story: Story) -> None:
    await story.open_account()
    story.ledger_has(1)

    async def arrives() -> None:
        while not story.service.peers.asked("getBalance"):
            await asyncio.sleep(0)
        await story.service.deliver("transaction.recorded", **event(1, "75.00"))

    answer, _ = await asyncio.gather(story.create(), arrives())

    assert (answer.status_code, answer.json()["total"]["amount"]) == (201, "75.00")


async def test_forty_invoices_that_wait_for_their_transactions_leave_connections_for_them(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience(story, monkeypatch, 5)
    accounts = [f"acc_01k9zc6n000000000000{n:06d}" for n in range(40)]
    for account in accounts:
        await story.open_account(account)
    story.ledger_has(1)

    async def arrive() -> None:
        async with asyncio.timeout(5):
            while len(story.service.peers.asked("getBalance")) < len(accounts):
                await asyncio.sleep(0)
        for n, account in enumerate(accounts):
            told = event(1, "75.00", account_id=account, transaction_id=f"txn_01k9zc6n000000000000{n:06d}")
            await story.service.deliver("transaction.recorded", **told)

    making = asyncio.gather(*(story.create(account=account) for account in accounts))
    answers, _ = await asyncio.gather(making, arrive())

    assert [answer.status_code for answer in answers] == [201] * len(accounts)
    assert {answer.json()["total"]["amount"] for answer in answers} == {"75.00"}


async def test_an_invoice_made_while_this_one_waited_is_not_made_twice(story: Story) -> None:
    await story.open_account()
    story.ledger_has(1)
    waiting = asyncio.create_task(story.create())
    while not story.service.peers.asked("getBalance"):
        await asyncio.sleep(0)
    story.ledger_has(0)
    first = (await story.create()).json()
    await story.service.deliver("transaction.recorded", **event(1, "75.00"))

    answer = await waiting

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/invoice-exists")
    assert first["id"] in answer.json()["detail"]


async def test_a_transaction_that_does_not_arrive_refuses_the_invoice(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience(story, monkeypatch, 0.1)
    await story.open_account()
    await story.record("10.00")
    story.ledger_has(2)

    answer = await story.create()

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/ledger-behind")
    assert answer.headers["retry-after"] == "1"
    assert (await story.service.get("/v1/invoices")).json()["total"] == 0
    assert await story.service.outbox() == []


async def test_a_gap_is_not_hidden_by_later_transactions(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    patience(story, monkeypatch, 0)
    await story.open_account()
    for sequence in (1, 3, 4):
        await story.service.deliver("transaction.recorded", **event(sequence, "10.00"))
    story.ledger_has(3)
    assert (await story.create()).status_code == 503
    await story.service.deliver("transaction.recorded", **event(2, "10.00"))
    assert (await story.create()).json()["total"]["amount"] == "40.00"


async def test_after_a_refusal_the_same_key_works(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    patience(story, monkeypatch, 0)
    await story.open_account()
    story.ledger_has(1)
    assert (await story.create(key="month-end-10")).status_code == 503
    await story.record("10.00")
    assert (await story.create(key="month-end-10")).status_code == 201


async def test_a_ledger_that_does_not_know_the_account_yet_refuses_the_invoice(story: Story) -> None:
    await story.open_account()
    story.service.peers.forget("getBalance")
    story.service.peers.refuses("getBalance", 404, "/problems/account-not-found")
    answer = await story.create()
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/ledger-not-open")


async def test_a_ledger_that_does_not_answer_refuses_the_invoice(story: Story) -> None:
    await story.open_account()
    story.service.peers.forget("getBalance")
    story.service.peers.answers("getBalance", {}, status=500)
    assert (await story.create()).status_code == 503


async def test_an_unforeseen_refusal_of_the_ledger_is_a_bug_of_ours(story: Story) -> None:
    await story.open_account()
    story.service.peers.forget("getBalance")
    story.service.peers.refuses("getBalance", 403, "/problems/forbidden")
    with pytest.raises(PeerRefused):
        await story.create()


async def test_the_same_key_gives_the_same_invoice(story: Story) -> None:
    await story.open_account()
    await story.record("10.00")
    first = await story.create(key="month-end-10")
    again = await story.create(key="month-end-10")
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["etag"] == first.headers["etag"]
    assert len(await story.said("invoice.created")) == 1


async def test_the_same_key_for_another_period_is_refused(story: Story) -> None:
    await story.open_account()
    await story.create("2026-09", key="month-end-10")
    answer = await story.create("2026-10", key="month-end-10")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_parallel_invoices_for_a_period_make_exactly_one(story: Story) -> None:
    await story.open_account()
    await story.record("10.00")
    answers = await asyncio.gather(*(story.create() for _ in range(20)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [409] * 19
    assert (await story.service.get("/v1/invoices")).json()["total"] == 1
    assert len(await story.said("invoice.created")) == 1


async def test_parallel_attempts_with_one_key_make_one_invoice(story: Story) -> None:
    await story.open_account()
    answers = await asyncio.gather(*(story.create(key="month-end-10") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_parallel_invoices_for_many_periods_share_out_every_line(story: Story) -> None:
    await story.open_account()
    for month in range(1, 11):
        await story.record("10.00", booked_at=f"2026-{month:02d}-10T08:00:00Z")
    answers = await asyncio.gather(*(story.create(f"2026-{month:02d}") for month in range(1, 11)))
    assert {answer.status_code for answer in answers} == {201}
    await assert_every_line_is_on_one_invoice(story.service, answers)


async def assert_every_line_is_on_one_invoice(service: ServiceUnderTest, answers: list[httpx.Response]) -> None:
    totals = sum(Decimal(answer.json()["total"]["amount"]) for answer in answers)
    assert totals == Decimal("100.00")
    assert await service.pool.fetchval("SELECT count(*) FROM ledger_lines WHERE invoice_id IS NULL") == 0
    numbers = sorted(answer.json()["number"] for answer in answers)
    assert numbers == [f"2026-{place:06d}" for place in range(1, 11)]


async def test_lines_that_arrive_while_an_invoice_is_made_are_never_half_on_it(story: Story) -> None:
    await story.open_account()

    async def arrive() -> None:
        deliver = story.service.deliver
        await asyncio.gather(*(deliver("transaction.recorded", **event(n, "10.00")) for n in range(1, 31)))

    first, _ = await asyncio.gather(story.create("2026-10"), arrive())
    second = await story.create("2026-11")
    for answer in (first, second):
        lines = await story.lines(answer.json()["id"])
        assert sum(Decimal(amount) for amount in amounts(lines)) == Decimal(answer.json()["total"]["amount"])
    assert sum(Decimal(answer.json()["total"]["amount"]) for answer in (first, second)) == Decimal("300.00")


async def test_numbers_start_again_each_year_and_have_no_gaps(story: Story) -> None:
    await story.open_account()
    await story.create("2026-09")
    assert (await story.create("2026-09")).status_code == 409
    assert (await story.create("2026-10")).json()["number"] == "2026-000002"
    story.now = datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert (await story.create("2026-12")).json()["number"] == "2027-000001"
