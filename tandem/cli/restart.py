"""`tandem restart`: run a service anew, as after a change of its code."""

from typing import Annotated

import typer

from tandem.cli.console import AsJson, out, print_json
from tandem.local.control import ask
from tandem.local.state import Home


def restart(
    name: Annotated[str, typer.Argument(help="As `tandem status` names it.")], *, as_json: AsJson = False
) -> None:
    """Stop one service in good order and start it again, with the code as it is now.

    Example: tandem restart invoice
    """
    document = ask(Home.find(), "restart", name=name)
    if as_json:
        print_json(document)
        return
    row = next(row for row in document["processes"] if row["name"] == name)
    out.print(f"{name} runs again (pid {row['pid']}, ready after {row['ready_after_ms']} ms).")
