"""Who calls a service while it is judged: one of each kind, and a second customer who may see nothing of the first."""

from __future__ import annotations

from tandem.gate.service.stories import Stories
from tandem.local.issuer import LocalIssuer, read_callers

# Both have accounts, cards and invoices in the stories.
_CUSTOMERS = {"customer": "healthy", "neighbour": "overdue"}
NAMES = ("support", "service", *_CUSTOMERS)


def callers(stories: Stories, service: str, issuer: LocalIssuer) -> dict[str, str]:
    """Tokens by name. Of those who are not customers, first the one that may do most here."""
    granted = read_callers(stories.contracts)
    staff = {
        "support": issuer.issue("support", "agent-1"),
        "service": issuer.issue("service", "card-network", granted["service"]),
    }
    needed = [operation.scopes or frozenset() for operation in stories.contract(service).operations]
    first = dict(sorted(staff.items(), key=lambda one: -sum(scopes <= granted[one[0]] for scopes in needed)))
    return first | {name: _customer(stories, issuer, scenario) for name, scenario in _CUSTOMERS.items()}


def _customer(stories: Stories, issuer: LocalIssuer, scenario: str) -> str:
    company = stories.scenarios[scenario]["company"]["id"]
    return issuer.issue("customer", company, customer_id=company)
