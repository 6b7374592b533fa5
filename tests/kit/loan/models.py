"""What a generator would make of the contract."""

from typing import Any

from pydantic import AwareDatetime, BaseModel


class Loan(BaseModel):
    id: str
    name: str
    amount: int
    version: int


class NewLoan(BaseModel):
    name: str
    amount: int
    currency: str = "SEK"
    tags: list[str] = []
    start: AwareDatetime | None = None
    notes: Any = None


class LoanChange(BaseModel):
    name: str


class Seen(BaseModel):
    seen: dict[str, Any]


class LoanOpened(BaseModel):
    loan_id: str
    amount: int


class LoanPaid(BaseModel):
    """An event that events.yaml does not list."""

    loan_id: str
