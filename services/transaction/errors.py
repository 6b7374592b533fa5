"""Why the ledger refuses."""

from datetime import datetime
from decimal import Decimal

from tandem.kit.problems import Conflict, NotFound, Unprocessable


class AccountNotFound(NotFound):
    title = "Account not found"

    def __init__(self, account_id: str) -> None:
        super().__init__(f"There is no account {account_id}.")


class CardNotFound(NotFound):
    title = "Card not found"

    def __init__(self, card_id: str) -> None:
        super().__init__(f"There is no card {card_id} on this account.")


class TransactionNotFound(NotFound):
    title = "Transaction not found"

    def __init__(self, transaction_id: str) -> None:
        super().__init__(f"There is no transaction {transaction_id}.")


class CurrencyMismatch(Unprocessable):
    title = "The account has another currency"

    def __init__(self, currency: str, expected: str) -> None:
        super().__init__(f"The amount is in {currency}, but the account is in {expected}.")


class AccountIsClosed(Conflict):
    title = "The account is closed"

    def __init__(self, account_id: str) -> None:
        super().__init__(f"Account {account_id} is closed. Nothing can be booked on it.")


class AccountIsFrozen(Conflict):
    title = "The account is frozen"

    def __init__(self, account_id: str) -> None:
        super().__init__(f"Account {account_id} is frozen. Nothing can be bought on it until it is unfrozen.")


class CardNotActive(Conflict):
    title = "The card cannot be used"

    def __init__(self, card_id: str, status: str) -> None:
        super().__init__(f"Card {card_id} is {status}. Only an active card can be used.")


class CreditLimitExceeded(Conflict):
    title = "Not enough credit"

    def __init__(self, account_id: str, amount: Decimal, remaining: Decimal, currency: str) -> None:
        super().__init__(
            f"The purchase of {amount} {currency} is more than the {remaining} {currency} that remains "
            f"on account {account_id}."
        )


class PurchaseDatedLater(Conflict):
    title = "The purchase is dated later than now"

    def __init__(self, purchased_at: datetime) -> None:
        super().__init__(f"The purchase is dated {purchased_at:%Y-%m-%dT%H:%M:%SZ}, which has not been yet.")


class NotRefundable(Conflict):
    title = "Only a purchase can be refunded"

    def __init__(self, transaction_id: str, kind: str) -> None:
        super().__init__(f"Transaction {transaction_id} is a {kind}. Only a purchase can be refunded.")


class RefundExceedsPurchase(Conflict):
    title = "More than the purchase"

    def __init__(self, purchase_id: str, amount: Decimal, left: Decimal, currency: str) -> None:
        super().__init__(
            f"The refund of {amount} {currency} is more than the {left} {currency} that is left to refund "
            f"of purchase {purchase_id}."
        )


class BalanceOutOfRange(Conflict):
    title = "The balance would be too large"

    def __init__(self, account_id: str, most: Decimal, currency: str) -> None:
        super().__init__(
            f"The balance of account {account_id} would go beyond what the ledger can hold "
            f"({most} {currency} either way)."
        )


class BalanceNotZero(Conflict):
    title = "The balance is not zero"

    def __init__(self, account_id: str, used: Decimal, currency: str) -> None:
        state = f"owes {used} {currency}" if used > 0 else f"has {-used} {currency} to its credit"
        super().__init__(f"Account {account_id} {state}. It can be closed when the balance is zero.")
