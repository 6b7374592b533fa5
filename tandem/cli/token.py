"""`tandem token`: a token to call the gateway with."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer

from tandem.cli.console import AsJson, print_json
from tandem.local.demo import demo_customer
from tandem.local.issuer import IssueRefused, LocalIssuer, read_callers
from tandem.local.preflight import check_owner
from tandem.local.state import Home
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused

_LIFETIME = timedelta(hours=12)


class Kind(StrEnum):
    CUSTOMER = "customer"
    SUPPORT = "support"
    SERVICE = "service"


def token(
    kind: Annotated[str, typer.Argument(help="customer, support or service.")] = Kind.CUSTOMER,
    *,
    customer: Annotated[str | None, typer.Option(help="Whose token; the demo company's if not said.")] = None,
    name: Annotated[str, typer.Option(help="The subject: who the caller is in logs.")] = "local",
    hours: Annotated[float, typer.Option(min=0.01, max=240, help="How long it is good for.")] = 12,
    as_json: AsJson = False,
) -> None:
    """Print a token for the local gateway. Nothing needs to be running.

    Example: curl -H "Authorization: Bearer $(tandem token support)" localhost:8080/v1/accounts
    """
    home = Home.find()
    chosen = Kind(one_of(kind, list(Kind), "kind of caller"))
    if customer and chosen is not Kind.CUSTOMER:
        raise Refused(f"Only a customer's token names a customer: `tandem token customer --customer {customer}`.")
    issued = issue(home, chosen, customer, name, timedelta(hours=hours))
    if as_json:
        print_json({"token": issued, "kind": chosen, "expires_in_seconds": round(hours * 3600)})
    else:
        typer.echo(issued)


def customer_token(home: Home) -> str:
    return issue(home, Kind.CUSTOMER, None, "local")


def issue(home: Home, kind: Kind, customer: str | None, name: str, lifetime: timedelta = _LIFETIME) -> str:
    check_owner(home.folder)
    home.create()
    try:
        callers = read_callers(home.contracts)
        issuer = LocalIssuer(home.folder / "issuer", callers)
        scopes = callers[kind] if kind is Kind.SERVICE else None
        customer_id = customer or demo_customer(home.contracts).customer_id if kind is Kind.CUSTOMER else None
        return issuer.issue(kind, customer_id or name, scopes, customer_id, lifetime)
    except IssueRefused as error:
        raise Refused(str(error)) from error
