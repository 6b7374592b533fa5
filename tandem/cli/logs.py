"""`tandem logs`: what the processes say, or the story of one request through all of them."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.text import Text

from tandem.cli.console import out
from tandem.local.log_reader import Line, follow, read, sources
from tandem.local.state import Home
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused

_SOURCE_COLOURS = ("cyan", "magenta", "blue", "green", "yellow", "bright_cyan", "bright_magenta", "bright_blue")
_LEVEL_STYLES = {"warning": "yellow", "error": "red", "critical": "bold red"}
_TOLD_ELSEWHERE = {"time", "service", "event", "message", "level", "version", "stage", "traceback", "request_id"}
_LONGEST_NAME = 11


def logs(
    service: Annotated[list[str] | None, typer.Argument(help="Only these; all of them if not said.")] = None,
    *,
    request: Annotated[
        str | None, typer.Option(help="Only one request, by its X-Request-Id or trace id, across all services.")
    ] = None,
    follow_on: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is said from now on.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last lines.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print the lines as they were written.")] = False,
) -> None:
    """Show the logs of all processes in the order of time.

    Example: tandem logs --request 6f1c4c2e-0c0e-4c53-9a53-0d6a4a1c7d10
    """
    home = Home.find()
    known = sources(home)
    names = [one_of(name, known, "log") for name in service or []]
    found = read(home, names, request)
    _print(found if request else found[len(found) - lines :] if lines else [], as_json=as_json)
    if follow_on:
        _follow(home, names, request, as_json=as_json)
    elif request and not found:
        raise Refused(f"No log has a line about the request {request}. Its id is in the answer's X-Request-Id header.")


def _follow(home: Home, names: list[str], request: str | None, *, as_json: bool) -> None:
    try:
        for line in follow(home, names, request):
            _print([line], as_json=as_json)
    except KeyboardInterrupt:
        return


def _print(found: Iterable[Line], *, as_json: bool) -> None:
    for line in found:
        if as_json:
            sys.stdout.write(line.text + "\n")
        else:
            out.print(rendered(line), soft_wrap=True)
    sys.stdout.flush()


def rendered(line: Line) -> Text:
    moment = datetime.fromtimestamp(line.at, UTC).strftime("%H:%M:%S.%f")[:-3] if line.at else " " * 12
    text = Text.assemble((moment, "dim"), " ", (f"{line.source:<{_LONGEST_NAME}}", _colour(line.source)), " ")
    if not line.document:
        return text.append(line.text)
    return _tell(text, line.document)


def _tell(text: Text, document: dict[str, Any]) -> Text:
    said = document.get("event") or document.get("message") or ""
    if said:
        text.append(f"{said} ", style=_LEVEL_STYLES.get(document.get("level", ""), "bold"))
    for key, value in document.items():
        if key not in _TOLD_ELSEWHERE and value not in (None, ""):
            text.append(f"{key}=", style="dim").append(f"{value} ", style=_value_style(key, value))
    if trace := document.get("traceback"):
        text.append(f"\n{trace}", style="red")
    return text


def _value_style(key: str, value: Any) -> str:
    if key == "status" and isinstance(value, int):
        return "red" if value >= 500 else "yellow" if value >= 400 else "green"
    return ""


def _colour(source: str) -> str:
    return _SOURCE_COLOURS[sum(map(ord, source)) % len(_SOURCE_COLOURS)]
