"""`tandem drift`: where live answers depart from the contract."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from tandem.cli.console import AsJson, out, print_json
from tandem.local import control
from tandem.local.mocks import ask_json, running_mocks
from tandem.local.state import Home
from tandem.local.trouble import Refused

DRIFTED = 1


@dataclass(frozen=True)
class _Source:
    """Who checked live answers: a service its own, a mock those of other servers."""

    url: str
    path: str

    def ask(self, method: str = "GET") -> dict[str, Any]:
        return ask_json(self.url, method, self.path)


def drift(
    *,
    mock: Annotated[str | None, typer.Option(help="Only what this mock saw, by its address.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Forget it, and count from now.")] = False,
    fail: Annotated[bool, typer.Option("--fail", help="Exit code 1 when something departs, for scripts.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show where live answers depart from the contract: those of our services, and of servers `tandem route` named.

    Example: tandem drift --fail
    """
    sources = list(_sources(Home.find(), mock))
    if not sources:
        raise Refused("Nothing runs here that could answer: start it with `tandem up` or `tandem mock`.")
    document = merged(source.ask("DELETE" if clear else "GET") for source in sources)
    if as_json:
        print_json(document)
    elif clear:
        out.print("What was noted is forgotten.")
    else:
        _show(document)
    if fail and document["drift"]:
        raise typer.Exit(DRIFTED)


def _sources(home: Home, mock: str | None) -> Iterable[_Source]:
    if mock:
        yield _Source(mock.rstrip("/"), "/__tandem/drift")
        return
    try:
        status = control.ask(home, "status", 10.0)
    except control.NotRunning:
        status = {"processes": []}
    for row in status["processes"]:
        if row["status"] == "ready" and row["service"]:
            yield _Source(f"http://127.0.0.1:{row['admin_port']}", "/drift")
        elif row["status"] == "ready" and row["name"] == "mock":
            yield _Source(status["mock_url"], "/__tandem/drift")
    for one in running_mocks(home):
        yield _Source(one.url, "/__tandem/drift")


def merged(tables: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Several versions of a service may have said the same."""
    checked: dict[str, int] = {}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for table in tables:
        for operation, count in table["checked"].items():
            checked[operation] = checked.get(operation, 0) + count
        for row in table["drift"]:
            known = rows.setdefault((row["operation"], row["sentence"]), {**row, "times": 0})
            known["times"] += row["times"]
            known["first_at"] = min(known["first_at"], row["first_at"])
            known["last_at"] = max(known["last_at"], row["last_at"])
    return {"checked": checked, "drift": sorted(rows.values(), key=lambda row: row["last_at"], reverse=True)}


def _show(document: Mapping[str, Any]) -> None:
    checked = document["checked"]
    count = f"{_counted(sum(checked.values()), 'live answer')} of {_counted(len(checked), 'operation')}"
    if not checked:
        out.print("No live answer was checked yet: call an operation that goes live (`tandem route` shows which do).")
    elif not document["drift"]:
        out.print(f"Nothing departs from the contract in {count}.")
    else:
        out.print(_table(document["drift"]))
        out.print(f"Seen in {count}.")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _table(rows: Iterable[Mapping[str, Any]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("times", justify="right")
    table.add_column("last seen", no_wrap=True)
    table.add_column("what", overflow="fold")
    for row in rows:
        last = datetime.fromtimestamp(row["last_at"], UTC).astimezone()
        table.add_row(str(row["times"]), f"{last:%Y-%m-%d %H:%M:%S}", row["sentence"])
    return table
