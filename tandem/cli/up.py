"""`tandem up`: start everything."""

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from tandem.cli.console import AsJson, out, overview, print_json
from tandem.cli.token import customer_token
from tandem.local.control import NotRunning, ask
from tandem.local.demo import demo_customer
from tandem.local.detached import start_detached
from tandem.local.runtime import Runtime, run
from tandem.local.state import Home

_REFRESH_SECONDS = 0.25


def up(
    *,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Run in the background; return when all is ready.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start the database, the services, their mocks and the gateway, with believable data in them.

    Ports are 8080 (gateway) and 4010 (mock); TANDEM_GATEWAY_PORT and TANDEM_MOCK_PORT choose others.

    Example: tandem up -d
    """
    home = Home.find()
    running = _running(home)
    if running is None and not detach:
        _in_foreground(home, as_json=as_json)
        return
    status = running or _in_background(home, as_json=as_json)
    if as_json:
        print_json(status)
        return
    if running:
        out.print("Tandem already runs here.")
    out.print(overview(status))
    out.print(invitation(home, status), soft_wrap=True)


def _running(home: Home) -> dict[str, Any] | None:
    try:
        status: dict[str, Any] = ask(home, "status", 5.0)
    except NotRunning:
        return None
    return status


def _in_background(home: Home, *, as_json: bool) -> dict[str, Any]:
    if as_json or not out.is_terminal:
        return start_detached(home)
    with Live(Text("Starting …"), console=out, transient=True, auto_refresh=False) as live:

        def show() -> None:
            if (status := _running(home)) is not None:
                live.update(overview(status), refresh=True)

        return start_detached(home, show)


def _in_foreground(home: Home, *, as_json: bool) -> None:
    def on_ready(status: dict[str, Any]) -> None:
        if as_json:
            print_json(status)
            sys.stdout.flush()
        elif not out.is_terminal:
            out.print(overview(status))
            out.print(invitation(home, status), soft_wrap=True)

    run(home, on_ready, _watch if out.is_terminal and not as_json else None)
    if not as_json:
        out.print("Stopped.")


async def _watch(runtime: Runtime) -> None:
    """The live table, for as long as it runs."""
    with Live(console=out, auto_refresh=False) as live:
        invited: RenderableType = Text("Starting … Ctrl-C stops everything.", style="dim")
        while True:
            status = runtime.status()
            if status["up"] and isinstance(invited, Text) and invited.style == "dim":
                # Above the live table, so that it can be selected while the table moves.
                live.console.print(invitation(runtime.home, status), soft_wrap=True)
                invited = Text("Ctrl-C stops everything.")
            live.update(Group(overview(status), invited), refresh=True)
            await asyncio.sleep(_REFRESH_SECONDS)


def invitation(home: Home, status: dict[str, Any]) -> str:
    """What to try first: a token, and a line to paste."""
    demo = demo_customer(home.contracts)
    url = f"{status['gateway_url']}/v1/accounts/{demo.account_id}/overview"
    took = f"Ready after {status['ready_after_ms'] / 1000:.1f} s." if status["ready_after_ms"] else "Starting."
    return "\n".join(
        [
            "",
            f"{took} A token of {demo.name}:",
            customer_token(home),
            "",
            f"Operations, scenarios and faults of the mock: {status['mock_url']}/__tandem",
            "",
            "Try it:",
            f'curl -s {url} -H "Authorization: Bearer $({_program(home)} token customer)"',
            "",
        ]
    )


def _program(home: Home) -> str:
    """How this command is called from where the person is."""
    own = home.project / ".venv" / "bin" / "tandem"
    found = shutil.which("tandem")
    if found and Path(found).resolve() == own.resolve():
        return "tandem"
    return os.path.relpath(own) if own.is_relative_to(Path.cwd()) else str(own)
