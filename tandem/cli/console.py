"""How the commands print: one look for tables, one spelling of `--json`."""

import json
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_COLOURS = {"ready": "green", "starting": "yellow", "waiting": "dim", "stopped": "dim"}
_BAD = "red"
_LONGEST_PID = 7
_NUMBERS = {"pid", "restarts", "ready after"}

# In a file or a pipe there is no edge at which to cut.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def print_json(document: object) -> None:
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def processes_table(status: Mapping[str, Any]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("what", "status", "where", "version", "pid", "restarts", "ready after"):
        table.add_column(column, justify="right" if column in _NUMBERS else "left", no_wrap=True)
    # On a narrow screen anything may be cut but what people copy.
    table.columns[2].min_width = max(len(_where(row, status)) for row in status["processes"])
    table.columns[4].min_width = _LONGEST_PID
    for row in status["processes"]:
        table.add_row(
            row["name"],
            Text(row["status"], style=_COLOURS.get(row["status"], _BAD)),
            _where(row, status),
            _version(row),
            str(row["pid"] or ""),
            str(row["restarts"] or ""),
            f"{row['ready_after_ms']} ms" if row.get("ready_after_ms") else "",
        )
    return table


def overview(status: Mapping[str, Any]) -> RenderableType:
    return Group(processes_table(status), *(Text(line, style=_BAD) for line in complaints(status)))


def complaints(status: Mapping[str, Any]) -> list[str]:
    """Why something is not ready, a line each."""
    return [f"{row['name']}: {'; '.join(row['reasons'])}" for row in status["processes"] if row["reasons"]]


def _where(row: Mapping[str, Any], status: Mapping[str, Any]) -> str:
    urls = {"gateway": status["gateway_url"], "mock": status["mock_url"]}
    return str(urls.get(row["name"], f"127.0.0.1:{row['port']}" if row["port"] else ""))


def _version(row: Mapping[str, Any]) -> str:
    if row["version"] is None:
        return ""
    return str(row["version"]) if row["weight"] == 100 else f"{row['version']} ({row['weight']} %)"
