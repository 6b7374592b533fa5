from datetime import UTC, datetime
from typing import Any

import pytest

from tests.service_under_test import customer, with_scopes
from tests.services.invoice.story import ACCOUNT, CUSTOMER, NO_INVOICE, OTHER_ACCOUNT, STRANGER, Story

PARTS = ("", "/lines", "/document", "/payments")


async def listed(story: Story, **params: Any) -> list[str]:
    answer = await story.service.get("/v1/invoices", params=params)
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["total"] == len(page["items"])
    return [f"{one['period']} {one['status']}" for one in page["items"]]


async def year_of_invoices(story: Story) -> None:
    """One invoice in each state, the oldest first."""
    await story.open_account()
    for month, paid in ((7, "100.00"), (8, None), (9, "30.00"), (10, "30.00"), (11, None)):
        story.now = datetime(2026, month, 28, 12, tzinfo=UTC)
        await story.record("100.00", booked_at=f"2026-{month:02d}-10T08:00:00Z")
        invoice = (await story.create(f"2026-{month:02d}")).json()
        if paid:
            await story.pay(invoice, paid, f"2026-{month:02d}-28")


async def test_invoices_are_listed_newest_first_with_their_states(story: Story) -> None:
    await year_of_invoices(story)
    assert await listed(story) == [
        "2026-11 open",
        "2026-10 overdue",
        "2026-09 overdue",
        "2026-08 overdue",
        "2026-07 paid",
    ]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"status": "open"}, ["2026-11 open"]),
        ({"status": "partially_paid"}, ["2026-10 partially_paid"]),
        ({"status": "overdue"}, ["2026-09 overdue", "2026-08 overdue"]),
        ({"status": "paid"}, ["2026-07 paid"]),
        ({"unpaid": "true", "period": "2026-07"}, []),
        ({"unpaid": "false"}, ["2026-07 paid"]),
        ({"unpaid": "true", "status": "overdue", "period": "2026-08"}, ["2026-08 overdue"]),
        ({"period": "2026-11"}, ["2026-11 open"]),
        ({"account_id": ACCOUNT, "customer_id": CUSTOMER, "period": "2026-07"}, ["2026-07 paid"]),
        ({"account_id": OTHER_ACCOUNT}, []),
        ({"customer_id": STRANGER}, []),
    ],
)
async def test_a_filter_and_the_state_shown_agree(story: Story, filters: dict[str, Any], found: list[str]) -> None:
    await year_of_invoices(story)
    # The October invoice, issued on the 28th, may be paid until the end of this day.
    story.now = datetime(2026, 11, 27, 23, 59, tzinfo=UTC)
    assert await listed(story, **filters) == found


async def test_pages_have_every_invoice_once_although_new_ones_come(story: Story) -> None:
    await year_of_invoices(story)
    first = (await story.service.get("/v1/invoices", params={"limit": 2})).json()
    story.now = datetime(2026, 12, 28, tzinfo=UTC)
    await story.create("2026-12")
    second = (await story.service.get("/v1/invoices", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    third = (await story.service.get("/v1/invoices", params={"limit": 2, "cursor": second["next_cursor"]})).json()

    periods = [one["period"] for page in (first, second, third) for one in page["items"]]
    assert periods == ["2026-11", "2026-10", "2026-09", "2026-08", "2026-07"]
    assert third["next_cursor"] is None
    assert (first["total"], third["total"]) == (5, 6)


async def test_a_page_past_the_end_still_counts_everything(story: Story) -> None:
    await year_of_invoices(story)
    first = (await story.service.get("/v1/invoices", params={"limit": 4})).json()
    await story.service.pool.execute("DELETE FROM payments")
    await story.service.pool.execute("UPDATE ledger_lines SET invoice_id = NULL")
    await story.service.pool.execute("DELETE FROM invoices WHERE period = '2026-07'")
    last = (await story.service.get("/v1/invoices", params={"limit": 4, "cursor": first["next_cursor"]})).json()
    assert last == {"items": [], "next_cursor": None, "total": 4}


async def test_a_cursor_of_other_filters_is_refused(story: Story) -> None:
    await year_of_invoices(story)
    cursor = (await story.service.get("/v1/invoices", params={"limit": 1})).json()["next_cursor"]
    answer = await story.service.get("/v1/invoices", params={"unpaid": "true", "cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-cursor")


@pytest.mark.parametrize(
    "filters",
    [
        {"status": "late"},
        {"unpaid": "yes"},
        {"period": "October"},
        {"account_id": "1"},
        {"limit": 0},
        {"limit": 101},
        {"cursor": "x"},
        {"sort": "total"},
    ],
)
async def test_a_filter_that_is_not_in_the_contract_is_refused(story: Story, filters: dict[str, Any]) -> None:
    answer = await story.service.get("/v1/invoices", params=filters)
    assert answer.status_code == 422


async def test_a_customer_lists_only_their_own(story: Story) -> None:
    await story.invoiced()
    assert (await story.service.get("/v1/invoices", as_=customer(CUSTOMER))).json()["total"] == 1
    assert (await story.service.get("/v1/invoices", as_=customer(STRANGER))).json()["total"] == 0
    others = {"customer_id": CUSTOMER}
    assert (await story.service.get("/v1/invoices", params=others, as_=customer(STRANGER))).status_code == 403
    account = {"account_id": ACCOUNT}
    assert (await story.service.get("/v1/invoices", params=account, as_=customer(STRANGER))).json()["total"] == 0


@pytest.mark.parametrize("part", PARTS)
async def test_a_strangers_invoice_looks_like_a_missing_one(story: Story, part: str) -> None:
    invoice = await story.invoiced()
    own = f"/v1/invoices/{invoice['id']}{part}"
    assert (await story.service.get(own, as_=customer(CUSTOMER))).status_code == 200
    strange = (await story.service.get(own, as_=customer(STRANGER))).json()
    missing = (await story.service.get(f"/v1/invoices/{NO_INVOICE}{part}", as_=customer(STRANGER))).json()
    assert (strange["status"], strange["type"], strange["title"]) == (
        missing["status"],
        missing["type"],
        missing["title"],
    )
    assert missing["status"] == 404


@pytest.mark.parametrize("part", PARTS)
async def test_without_token_or_scope_nothing_is_shown(story: Story, part: str) -> None:
    invoice = await story.invoiced()
    path = f"/v1/invoices/{invoice['id']}{part}"
    assert (await story.service.get(path, as_=None)).status_code == 401
    assert (await story.service.get(path, as_=with_scopes("support", "accounts:read"))).status_code == 403


@pytest.mark.parametrize("part", PARTS)
async def test_an_id_that_is_none_is_refused(story: Story, part: str) -> None:
    assert (await story.service.get(f"/v1/invoices/INV-1{part}")).status_code == 422


async def test_an_unchanged_invoice_is_not_sent_again(story: Story) -> None:
    invoice = await story.invoiced()
    path = f"/v1/invoices/{invoice['id']}"
    etag = (await story.service.get(path)).headers["etag"]

    again = await story.service.get(path, headers={"if-none-match": etag})
    await story.pay(invoice, "1.00")
    after = await story.service.get(path, headers={"if-none-match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert (after.status_code, after.json()["version"]) == (200, 2)


async def test_falling_overdue_is_seen_through_the_etag(story: Story) -> None:
    invoice = await story.invoiced()
    path = f"/v1/invoices/{invoice['id']}"
    etag = (await story.service.get(path)).headers["etag"]
    story.now = datetime(2026, 12, 16, tzinfo=UTC)
    answer = await story.service.get(path, headers={"if-none-match": etag})
    assert (answer.status_code, answer.json()["status"]) == (200, "overdue")


async def test_lines_are_listed_newest_first_page_by_page(story: Story) -> None:
    await story.open_account()
    for day in (3, 1, 2, 2, 5):
        await story.record(f"{day}.00", booked_at=f"2026-10-0{day}T08:00:00Z")
    invoice = (await story.create()).json()
    path = f"/v1/invoices/{invoice['id']}/lines"

    first = (await story.service.get(path, params={"limit": 3})).json()
    second = (await story.service.get(path, params={"limit": 3, "cursor": first["next_cursor"]})).json()

    amounts = [one["amount"]["amount"] for one in first["items"] + second["items"]]
    assert amounts == ["5.00", "3.00", "2.00", "2.00", "1.00"]
    assert (first["total"], second["total"], second["next_cursor"]) == (5, 5, None)
