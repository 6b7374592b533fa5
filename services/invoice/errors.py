"""What can go wrong with an invoice."""

from datetime import date
from decimal import Decimal

from tandem.kit.problems import Conflict, NotFound, Unavailable, Unprocessable


class InvoiceNotFound(NotFound):
    title = "Invoice not found"

    def __init__(self, invoice_id: str) -> None:
        super().__init__(f"There is no invoice {invoice_id}.")


class AccountNotFound(NotFound):
    title = "Account not found"

    def __init__(self, account_id: str) -> None:
        super().__init__(f"There is no account {account_id}.")


class InvoiceExists(Conflict):
    title = "The account is already invoiced for this period"

    def __init__(self, account_id: str, period: str, invoice_id: str) -> None:
        super().__init__(
            f"Account {account_id} has invoice {invoice_id} for {period}. What is booked now goes on a later one."
        )


class PeriodNotStarted(Conflict):
    title = "The period has not started"

    def __init__(self, period: str) -> None:
        super().__init__(
            f"{period} has not started yet, so there is nothing to invoice. Choose the present month or an earlier one."
        )


class PeriodBeforeAccount(Conflict):
    title = "The account was not open in the period"

    def __init__(self, period: str, opened_on: date) -> None:
        super().__init__(
            f"The account was opened on {opened_on}, after {period}. Choose {opened_on:%Y-%m} or a later month."
        )


class InvoiceIsPaid(Conflict):
    title = "The invoice is paid"

    def __init__(self, invoice_id: str) -> None:
        super().__init__(f"Nothing remains to pay on invoice {invoice_id}.")


class PaymentTooLarge(Conflict):
    title = "The payment is larger than what remains"

    def __init__(self, amount: Decimal, remaining: Decimal, currency: str) -> None:
        super().__init__(f"{amount} {currency} is more than the {remaining} {currency} that remains to pay.")


class CurrencyDiffers(Unprocessable):
    title = "The currency is another than the invoice's"

    def __init__(self, currency: str, expected: str) -> None:
        super().__init__(f"The payment is in {currency} but the invoice is in {expected}.")


class ReceivedOnImplausible(Unprocessable):
    title = "The day of receipt cannot be right"

    def __init__(self, received_on: date, first: date, last: date) -> None:
        super().__init__(f"received_on is {received_on}; for this invoice it lies between {first} and {last}.")


class LedgerBehind(Unavailable):
    title = "Not everything booked has reached us yet"

    def __init__(self, account_id: str, heard: int, recorded: int) -> None:
        super().__init__(
            f"The ledger of {account_id} has {recorded} transactions, of which {heard} have arrived here. "
            "Nothing was changed; try again shortly."
        )


class LedgerNotOpen(Unavailable):
    title = "The ledger does not know the account yet"

    def __init__(self, account_id: str) -> None:
        super().__init__(f"The ledger has not heard of {account_id} yet. Nothing was changed; try again shortly.")
