from tandem.kit.problems import Conflict, NotFound, Unavailable


class AccountNotFound(NotFound):
    title = "Account not found"

    def __init__(self, account_id: str) -> None:
        super().__init__(f"There is no account {account_id}.")


class CustomerNotFound(NotFound):
    title = "Customer not found"

    def __init__(self, customer_id: str) -> None:
        super().__init__(f"There is no customer {customer_id}. Register the company first.")


class CustomerNotActive(Conflict):
    title = "The customer is not active"

    def __init__(self, customer_id: str) -> None:
        super().__init__(f"Customer {customer_id} is not active. Reactivate it before opening an account.")


class AccountIsClosed(Conflict):
    title = "The account is closed"

    def __init__(self, account_id: str) -> None:
        super().__init__(f"Account {account_id} is closed. A closed account cannot be changed.")


class AccountHasBalance(Conflict):
    title = "The account is not settled"

    def __init__(self, account_id: str, reason: str) -> None:
        super().__init__(reason or f"Account {account_id} can be closed when its balance is zero.")


class AccountHasUnpaidInvoices(Conflict):
    title = "The account has unpaid invoices"

    def __init__(self, account_id: str, unpaid: int) -> None:
        what = "1 invoice that is" if unpaid == 1 else f"{unpaid} invoices that are"
        super().__init__(
            f"Account {account_id} has {what} not paid in full. It can be closed when nothing remains to pay."
        )


class OtherCurrency(Conflict):
    title = "The account is in another currency"

    def __init__(self, account_id: str, currency: str) -> None:
        super().__init__(f"Account {account_id} is in {currency}. Give its limit in {currency}.")


class LedgerNotReady(Unavailable):
    title = "The account is still being set up"

    def __init__(self, account_id: str) -> None:
        super().__init__(
            f"The ledger has not heard of account {account_id} yet. Nothing was changed; try again shortly."
        )
