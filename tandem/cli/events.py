"""`tandem events`: what waits between the services, what was given up, and how that is tried again."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from tandem.cli.console import AsJson, out, print_json
from tandem.kit.events.bus import depth
from tandem.kit.events.dead_letters import DeadLetter, hand_back, list_dead
from tandem.kit.events.transport import Depth
from tandem.local.bus import Connection, on_bus
from tandem.local.state import Home
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused
from tandem.spec.manifest import load_manifest

events = typer.Typer(name="events")


@events.callback(invoke_without_command=True)
def overview(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Events: how many wait for each service, how long already, and how many were given up (dead).

    Example: tandem events
    """
    if context.invoked_subcommand is None:
        _overview(Home.find(), as_json=as_json)
    elif as_json:
        raise Refused(f"--json goes to the end: `tandem events {context.invoked_subcommand} --json`.")


def _overview(home: Home, *, as_json: bool) -> None:
    queues = sorted(load_manifest(home.contracts).services)

    async def measure(connection: Connection) -> dict[str, Depth]:
        return {queue: await depth(connection, queue) for queue in queues}

    depths = on_bus(home, measure)
    if as_json:
        print_json({"services": {queue: _document(one) for queue, one in depths.items()}})
        return
    out.print(_depths_table(depths))
    if any(one.dead for one in depths.values()):
        out.print("`tandem events dead` says why, `tandem events retry SERVICE` tries again.")


@events.command()
def dead(
    service: Annotated[str | None, typer.Argument(help="Only this one's; all of them if not said.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List the events that were given up, and why. What they carry is not shown.

    Example: tandem events dead card
    """
    home = Home.find()
    queue = _queue(home, service) if service else None
    letters = on_bus(home, lambda connection: list_dead(connection, queue))
    if as_json:
        print_json({"dead": [{**asdict(one), "buried_at": one.buried_at.isoformat()} for one in letters]})
    elif letters:
        _print_letters(letters)
    else:
        out.print("No event is dead.")


@events.command()
def retry(
    service: Annotated[str, typer.Argument(help="Whose dead events.")],
    event_id: Annotated[str | None, typer.Argument(help="Only this event; all of them if not said.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Hand dead events back to their service, which tries them before those of the same subject that still wait.

    Example: tandem events retry card
    """
    home = Home.find()
    queue = _queue(home, service)
    returned = on_bus(home, lambda connection: hand_back(connection, queue, event_id))
    if event_id and not returned:
        raise Refused(f"There is no dead event {event_id!r} of {queue}. `tandem events dead {queue}` lists them.")
    if as_json:
        print_json({"service": queue, "handed_back": returned})
    else:
        out.print(f"Handed back to {queue}: {_events(len(returned))}.")


def _queue(home: Home, service: str) -> str:
    return one_of(service, load_manifest(home.contracts).services, "service")


def _events(count: int) -> str:
    return f"{count} event" if count == 1 else f"{count} events"


def _document(one: Depth) -> dict[str, Any]:
    return {"waiting": one.waiting, "oldest_seconds": round(one.seconds, 3), "dead": one.dead}


def _depths_table(depths: Mapping[str, Depth]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("service")
    for column in ("waiting", "oldest", "dead"):
        table.add_column(column, justify="right")
    for queue, one in depths.items():
        oldest = f"{one.seconds:.0f} s" if one.waiting else ""
        table.add_row(queue, str(one.waiting), oldest, Text(str(one.dead), style="red" if one.dead else ""))
    return table


def _print_letters(letters: Iterable[DeadLetter]) -> None:
    for one in letters:
        moment = one.buried_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        what = f"{one.type or 'unreadable'} {one.subject}, {one.attempts} attempts, given up {moment} UTC"
        out.print(Text.assemble((one.event_id, "bold"), f" of {one.queue}: {what}"), soft_wrap=True)
        out.print(Text(f"  {one.reason}", style="red"), soft_wrap=True)
