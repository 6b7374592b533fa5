"""`tandem add`: what a service gets more of."""

from typing import Annotated

import typer

from tandem.cli.console import AsJson, out, print_json
from tandem.cli.stopping import stoppable
from tandem.cli.unchecked import show_unchecked, unchecked_document
from tandem.local.state import Home

add = typer.Typer(name="add", no_args_is_help=True, help="Go on with a service: an operation.")


@add.callback()
def go_on() -> None:
    """Go on with a service: an operation."""


@add.command()
def operation(
    operation_id: Annotated[str, typer.Argument(help="An operation that stands in a contract and has no handler yet.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write the handler of a new operation, with its SQL and its test where they follow from the contract.

    Nothing that is there is changed but for what is put in. Example: tandem add operation archiveLoan
    """
    from tandem.scaffold.operation import add_operation

    with stoppable():
        made = add_operation(Home.find().project, operation_id)
    if as_json:
        print_json(
            {
                "service": made.service,
                "operation": made.operation,
                "handler": made.handler,
                "changed": [str(one) for one in made.changed],
                "unsupported": made.reason or None,
                "unchecked": unchecked_document(made.unchecked),
            }
        )
        return
    for path in made.changed:
        out.print(f"Wrote {path}.", markup=False, soft_wrap=True)
    if made.reason:
        said = (
            f"{made.handler} answers 501 until you write it, since it does not follow from the contract: {made.reason}."
        )
        out.print(said, markup=False, soft_wrap=True)
    show_unchecked(made.unchecked)
