"""`tandem status`: what runs, where, and how it is."""

import typer

from tandem.cli.console import AsJson, out, overview, print_json
from tandem.local.control import ask
from tandem.local.state import Home

NOT_READY = 1


def status(*, as_json: AsJson = False) -> None:
    """Show every process: its address, version, pid and restarts, and why it is not ready. Exit code 1 if one is not.

    Example: tandem status --json
    """
    document = ask(Home.find(), "status", 10.0)
    if as_json:
        print_json(document)
    else:
        out.print(overview(document))
    if not document["ready"]:
        raise typer.Exit(NOT_READY)
