"""What the other services say, told in a few words."""

from datetime import UTC, datetime
from typing import Any

import httpx

from tests.service_under_test import ServiceUnderTest

ACCOUNT = "acc_01k9zc6n00000000000000h001"
CUSTOMER = "cus_01k9zc6n00000000000000h001"
STRANGER = "cus_01k9zc6n00000000000000v001"
OTHER_ACCOUNT = "acc_01k9zc6n00000000000000v001"
NO_INVOICE = "inv_01k9zc6n00000000000000z999"


def money(amount: str, currency: str = "SEK") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def transaction_id(sequence: int, account: str = ACCOUNT) -> str:
    return f"txn_01k9zc6n0000000000000{account[-4]}{sequence:04d}"


def event(sequence: int, amount: str, kind: str = "purchase", **changes: Any) -> dict[str, Any]:
    account = changes.get("account_id", ACCOUNT)
    return {
        "transaction_id": transaction_id(sequence, account),
        "account_id": account,
        "kind": kind,
        "amount": money(amount),
        "description": "Byggmax Solna",
        "booked_at": "2026-10-14T10:12:00Z",
        "sequence": sequence,
        **changes,
    }


class Story:
    def __init__(self, service: ServiceUnderTest) -> None:
        self.service = service
        self.now = datetime(2026, 11, 15, 12, tzinfo=UTC)
        self._keys = 0
        self._latest: dict[str, int] = {}

    async def open_account(
        self, account: str = ACCOUNT, customer: str = CUSTOMER, opened_at: str = "2025-01-20T09:00:00Z"
    ) -> None:
        limit = money("150000.00")
        await self.service.deliver(
            "account.opened", account_id=account, customer_id=customer, credit_limit=limit, opened_at=opened_at
        )
        self.ledger_has(0, account)

    async def record(self, amount: str, kind: str = "purchase", **changes: Any) -> str:
        """The ledger books something and we hear of it."""
        account = changes.get("account_id", ACCOUNT)
        sequence = self._latest.get(account, 0) + 1
        self._latest[account] = sequence
        await self.service.deliver("transaction.recorded", **event(sequence, amount, kind, **changes))
        self.ledger_has(sequence, account)
        return transaction_id(sequence, account)

    def ledger_has(self, transactions: int, account: str = ACCOUNT) -> None:
        """What the ledger says when it is asked, whether or not we heard of it."""
        self.service.peers.forget("getBalance")
        self.service.peers.answers(
            "getBalance",
            {
                "account_id": account,
                "status": "open",
                "credit_limit": money("150000.00"),
                "used": money("0.00"),
                "remaining": money("150000.00"),
                "transactions": transactions,
            },
        )

    def new_key(self) -> str:
        self._keys += 1
        return f"attempt-{self._keys:04d}"

    async def create(
        self, period: str = "2026-10", account: str = ACCOUNT, key: str | None = None, **options: Any
    ) -> httpx.Response:
        body = {"account_id": account, "period": period}
        return await self.service.post("/v1/invoices", body, key=key or self.new_key(), **options)

    async def invoiced(self, total: str = "1000.00", period: str = "2026-10") -> dict[str, Any]:
        """An invoice of one purchase."""
        await self.open_account()
        await self.record(total)
        answer = await self.create(period)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def pay(
        self,
        invoice: dict[str, Any],
        amount: str,
        received_on: str = "2026-11-14",
        key: str | None = None,
        **options: Any,
    ) -> httpx.Response:
        body = {
            "amount": money(amount, options.pop("currency", "SEK")),
            "reference": f"OCR {invoice['number']}",
            "received_on": received_on,
        }
        path = f"/v1/invoices/{invoice['id']}/payments"
        return await self.service.post(path, body, key=key or self.new_key(), **options)

    async def invoice(self, invoice_id: str) -> dict[str, Any]:
        answer = await self.service.get(f"/v1/invoices/{invoice_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def lines(self, invoice_id: str) -> list[dict[str, Any]]:
        answer = await self.service.get(f"/v1/invoices/{invoice_id}/lines", params={"limit": 100})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def said(self, type_: str) -> list[dict[str, Any]]:
        return [one["data"] for one in await self.service.outbox() if one["type"] == type_]
