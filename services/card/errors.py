from tandem.kit.problems import Conflict, NotFound


class CardNotFound(NotFound):
    title = "Card not found"

    def __init__(self, card_id: str) -> None:
        super().__init__(f"There is no card {card_id}.")


class AccountNotFound(NotFound):
    title = "Account not found"

    def __init__(self, account_id: str) -> None:
        super().__init__(f"There is no account {account_id}.")


class AccountNotOpen(Conflict):
    title = "The account is not open"

    def __init__(self, account_id: str, status: str) -> None:
        super().__init__(f"Account {account_id} is {status}. Cards are issued for open accounts only.")


class TooManyCards(Conflict):
    title = "The account has all the cards it may have"

    def __init__(self, account_id: str, most: int) -> None:
        super().__init__(f"Account {account_id} has {most} cards already. Cancel one before issuing another.")


class WrongLastFour(Conflict):
    title = "These are not the last four digits"

    def __init__(self, card_id: str) -> None:
        super().__init__(f"The digits do not belong to card {card_id}. Type the last four digits printed on the card.")


class CardNotActivated(Conflict):
    title = "The card was never activated"

    def __init__(self, card_id: str) -> None:
        super().__init__(f"Card {card_id} was never activated. Activate it first, or cancel it.")


class CardIsFrozen(Conflict):
    title = "The card is frozen"

    def __init__(self, card_id: str) -> None:
        super().__init__(f"Card {card_id} is frozen. Unfreeze it to use it again.")


class CardIsCancelled(Conflict):
    title = "The card is cancelled"

    def __init__(self, card_id: str) -> None:
        super().__init__(f"Card {card_id} is cancelled. A cancelled card cannot be changed or used again.")
