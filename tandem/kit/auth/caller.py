"""The one who calls: what they may do is in the scopes, what they may see in the customer id."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tandem.kit.problems import Forbidden, Problem

Kind = Literal["customer", "support", "service", "anonymous"]
# The kinds a token can be for.
KINDS: frozenset[str] = frozenset(("customer", "support", "service"))
_SEES_ALL: frozenset[str] = frozenset(("support", "service"))


@dataclass(frozen=True, slots=True)
class Caller:
    """`customer_id` is set for a customer and for nobody else."""

    kind: Kind
    subject: str
    customer_id: str | None
    scopes: frozenset[str]

    def require_scopes(self, scopes: Iterable[str]) -> None:
        missing = sorted(set(scopes) - self.scopes)
        if missing:
            noun = "scope" if len(missing) == 1 else "scopes"
            raise Forbidden(f"This operation needs the {noun} {', '.join(missing)}.")

    def require_owner(self, customer_id: str, otherwise: Problem) -> None:
        """Raise `otherwise` when a customer reaches for what is not theirs; support and services may see all."""
        if self.kind not in _SEES_ALL and self.customer_id != customer_id:
            raise otherwise

    def restrict(self, customer_id: str | None) -> str | None:
        """The customer id a list has to be filtered by; None is everybody's."""
        if self.kind in _SEES_ALL:
            return customer_id
        if self.customer_id is None or (customer_id is not None and customer_id != self.customer_id):
            raise Forbidden("A customer's token lists only what belongs to that customer.")
        return self.customer_id


# The caller of an operation that needs no token.
ANONYMOUS = Caller("anonymous", "anonymous", None, frozenset())
