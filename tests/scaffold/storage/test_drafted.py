"""A description becomes a contract, the contract a service, and the service keeps what it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tandem.kit.auth.jwks import StaticKeys
from tandem.local.issuer import LocalIssuer
from tests.scaffold.storage.desk import project_of, running
from tests.service_under_test import SUPPORT, Databases, ServiceUnderTest, customer, with_scopes

DESCRIPTION = """\
# Loans

A company borrows money for something it needs, and pays it back month by month. Whoever works at the
support desk decides about each loan.

## Loan

Money that a company has borrowed or asked to borrow.

- customer: Customer — the company that borrows
- purpose: New ovens for the bakery; A second van — what the money is for
- amount: 120,000.00 SEK; 45,000.00 SEK — how much is borrowed
- months: 24 — how long it takes to pay it back
- contact email: linda@bakery.example — where we write to about it
- status: one of: applied, approved, declined, repaid
- first payment on: 2026-12-31 — optional, the day of the first payment

### Actions

- Apply for a loan with customer, purpose, amount, months and contact email
- List loans
- See a loan
- Change a loan with purpose, contact email
- Approve a loan with first payment on — the money is paid out the same day
- Decline a loan
- Mark a loan as repaid: status becomes repaid

### Rules

- amount is above 0
- months is between 3 and 60
- Only an applied loan can be approved or declined

## Payment

What was paid back on a loan.

| field   | example              | meaning                   |
|---------|----------------------|---------------------------|
| loan    | Loan                 | the loan that is paid     |
| amount  | 5,000.00 SEK         | how much was paid         |
| paid at | 2026-11-30T08:00:00Z | when the money arrived    |

### Actions

- Record a payment
- List payments
- See one payment

## Who may

- Customers: apply for a loan, see and list loans, change a loan, see payments
- Support: see and list loans, approve, decline and mark a loan as repaid, see payments
- Services: record payments
"""
OWN, OTHER = "cus_01k9zc6n00000000000000h001", "cus_01k9zc6n00000000000000n001"
NEW = {
    "customer_id": OWN,
    "purpose": "New ovens",
    "amount": {"amount": "120000.00", "currency": "SEK"},
    "months": 24,
    "contact_email": "linda@bakery.example",
}
LINDA, STRANGER = customer(OWN), customer(OTHER)
NOTHING = "loa_01k9zc6n0000000000000000zz"


@pytest.fixture(scope="module")
async def loans(
    tmp_path_factory: pytest.TempPathFactory, databases: Databases, issuer: LocalIssuer, keys: StaticKeys
) -> AsyncIterator[ServiceUnderTest]:
    project = project_of(tmp_path_factory.mktemp("project"), "loan", DESCRIPTION)
    assert project.write().unsupported == ()
    async with running(project, databases, issuer, keys) as service:
        yield service


@pytest.fixture
async def loan(loans: ServiceUnderTest) -> dict[str, Any]:
    await loans.clear()
    answer = await loans.post("/v1/loans", NEW, key="apply-loan-1", as_=LINDA)
    assert answer.status_code == 201, answer.text
    applied: dict[str, Any] = answer.json()
    return applied


async def test_a_made_thing_can_be_fetched(loans: ServiceUnderTest, loan: dict[str, Any]) -> None:
    made = {"id": loan["id"], "created_at": loan["created_at"]}
    assert loan == {**NEW, **made, "status": "applied", "first_payment_on": None, "version": 1}
    assert loan["id"].startswith("loa_")
    fetched = await loans.get(f"/v1/loans/{loan['id']}", as_=SUPPORT)
    assert (fetched.status_code, fetched.json(), fetched.headers["etag"]) == (200, loan, '"1"')
    assert (await loans.get(f"/v1/loans/{NOTHING}", as_=SUPPORT)).json()["type"] == "/problems/loan-not-found"


async def test_somebody_elses_thing_is_not_found(loans: ServiceUnderTest, loan: dict[str, Any]) -> None:
    path = f"/v1/loans/{loan['id']}"
    assert (await loans.get(path, as_=STRANGER)).status_code == 404
    assert (await loans.patch(path, {"purpose": "Mine"}, if_match=1, as_=STRANGER)).status_code == 404
    assert (await loans.post("/v1/loans", NEW, key="apply-loan-2", as_=STRANGER)).status_code == 404
    assert (await loans.get("/v1/loans", as_=STRANGER)).json() == {"items": [], "next_cursor": None, "total": 0}
    assert (await loans.get("/v1/loans", params={"customer_id": OWN}, as_=STRANGER)).status_code == 403


async def test_things_are_listed_newest_first_in_pages(loans: ServiceUnderTest, loan: dict[str, Any]) -> None:
    for number in (2, 3):
        await loans.post("/v1/loans", {**NEW, "months": 3 + number}, key=f"apply-loan-{number}", as_=LINDA)
    first = (await loans.get("/v1/loans", params={"limit": 2}, as_=LINDA)).json()
    second = (await loans.get("/v1/loans", params={"limit": 2, "cursor": first["next_cursor"]}, as_=LINDA)).json()
    assert [one["months"] for one in first["items"] + second["items"]] == [6, 5, 24]
    assert (first["total"], second["total"], second["next_cursor"]) == (3, 3, None)
    assert (await loans.get("/v1/loans", params={"status": "repaid"}, as_=SUPPORT)).json()["total"] == 0


async def test_a_change_leaves_the_rest_as_it_was(loans: ServiceUnderTest, loan: dict[str, Any]) -> None:
    path = f"/v1/loans/{loan['id']}"
    changed = await loans.patch(path, {"purpose": "A second van"}, if_match=1, as_=LINDA)
    assert changed.json() == {**loan, "purpose": "A second van", "version": 2}
    assert (await loans.patch(path, {"purpose": "Late"}, if_match=1, as_=LINDA)).status_code == 412


async def test_a_step_keeps_the_rule_of_the_description(loans: ServiceUnderTest, loan: dict[str, Any]) -> None:
    path = f"/v1/loans/{loan['id']}"
    approved = await loans.post(f"{path}/approve", {"first_payment_on": "2026-12-31"}, as_=SUPPORT)
    expected = {**loan, "status": "approved", "first_payment_on": "2026-12-31", "version": 2}
    assert (approved.status_code, approved.json()) == (200, expected)
    late = await loans.post(f"{path}/decline", as_=SUPPORT)
    assert (late.status_code, late.json()["title"]) == (409, "The loan is not applied")
    for _ in range(2):
        repaid = await loans.post(f"{path}/mark-as-repaid", as_=SUPPORT)
        assert (repaid.json()["status"], repaid.json()["version"]) == ("repaid", 3)


async def test_what_belongs_to_a_thing_is_its_owners(loans: ServiceUnderTest, loan: dict[str, Any]) -> None:
    new = {"loan_id": loan["id"], "amount": {"amount": "5000.00", "currency": "SEK"}, "paid_at": "2026-11-20T08:00:00Z"}
    made = await loans.post("/v1/payments", new, key="pay-loan-1", as_=SUPPORT)
    assert made.status_code == 201, made.text
    path = f"/v1/payments/{made.json()['id']}"
    assert (await loans.get(path, as_=LINDA)).json() == made.json()
    assert (await loans.get(path, as_=STRANGER)).status_code == 404
    assert (await loans.get("/v1/payments", as_=STRANGER)).json()["total"] == 0
    assert (await loans.get("/v1/payments", params={"loan_id": loan["id"]}, as_=LINDA)).json()["total"] == 1
    missing = await loans.post("/v1/payments", {**new, "loan_id": NOTHING}, key="pay-loan-2", as_=SUPPORT)
    assert (missing.status_code, missing.json()["type"]) == (404, "/problems/loan-not-found")
    assert (await loans.get(path, as_=with_scopes("support", "loans:read"))).status_code == 403
