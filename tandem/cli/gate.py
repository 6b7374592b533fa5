"""`tandem gate`: whether a service may ship, in one verdict."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from tandem.cli.console import AsJson, out, print_json
from tandem.cli.stopping import stoppable
from tandem.local.preflight import check_owner
from tandem.local.state import Home
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused

if TYPE_CHECKING:
    from tandem.gate.subject import Subject

REPLAY = "replay"


def gate(
    service: Annotated[str, typer.Argument(help="Which service; or `replay`, to send a saved case again.")],
    case: Annotated[str | None, typer.Argument(help="After `replay`: the id of the case.", show_default=False)] = None,
    *,
    url: Annotated[
        str | None, typer.Option(help="Judge the one that runs there; without, the gate starts one of its own.")
    ] = None,
    profile: Annotated[str, typer.Option(help="smoke (under 40 s) or full (under 3 min).")] = "full",
    stage: Annotated[list[str] | None, typer.Option(help="Only this stage; may be said several times.")] = None,
    token: Annotated[
        list[str] | None,
        typer.Option(help="With --url: CALLER=TOKEN or CALLER=@FILE, for support, service, customer or neighbour."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="The git ref of what is in production; the last tag when not said.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="The folder for report.html, report.json and junit.xml.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a service may ship, in one verdict and a report: contract, Schemathesis, migrations, load, safety.

    Exit code 0 passed, 1 failed, 2 when it cannot be told. Example: tandem gate card --profile smoke
    """
    home = Home.find()
    check_owner(home.folder)
    home.create()
    with stoppable():
        if service == REPLAY:
            _replay(home, case, url, _tokens(token), as_json=as_json)
        if case is not None:
            raise Refused(f"One service at a time. Only `tandem gate {REPLAY} ID` takes a second word.")
        subject = _subject(home, service, profile, url, _tokens(token), since)
        _judge(subject, stage, to or subject.folder / service, as_json=as_json)


def _subject(
    home: Home, service: str, profile: str, url: str | None, tokens: dict[str, str], since: str | None
) -> "Subject":
    from tandem.gate.migrations.since import last_tag
    from tandem.gate.profiles import Profile
    from tandem.gate.subject import Subject
    from tandem.spec.lint import contract_paths

    name = one_of(service, contract_paths(home.contracts), "service")
    chosen = Profile(one_of(profile, list(Profile), "profile"))
    if tokens and url is None:
        raise Refused("--token goes with --url: for a service that the gate starts it issues its own.")
    return Subject(name, home, chosen, url, tokens, last_tag(home.project) if since is None else since)


def _judge(subject: "Subject", names: Sequence[str] | None, folder: Path, *, as_json: bool) -> NoReturn:
    from tandem.gate.engine import Engine
    from tandem.gate.reports import document, html, junit
    from tandem.gate.reports.terminal import Terminal
    from tandem.gate.service.leftovers import alone
    from tandem.gate.stages import stages

    known = {one.name: one for one in stages()}
    wanted = {one_of(name, known, "stage") for name in names or known}
    shown = Terminal(Console(stderr=True, highlight=False) if as_json else out)
    with alone(subject.folder, subject.name):
        result = Engine([one for name, one in known.items() if name in wanted], [shown]).run(subject)
        for report, file in ((document, "report.json"), (junit, "junit.xml"), (html, "report.html")):
            report.write(result, folder / file)
    if as_json:
        print_json(document.as_document(result))
    else:
        out.print(f"Report: {_short(folder / 'report.html')}", soft_wrap=True)
    raise typer.Exit(result.verdict.exit_code)


def _replay(home: Home, case: str | None, url: str | None, tokens: dict[str, str], *, as_json: bool) -> NoReturn:
    from tandem.gate.fuzzing import replay

    if case is None:
        raise Refused(f"Which case? `tandem gate {REPLAY} ID`; the ids are in the report.")
    outcome = replay.again(home, case, url, tokens)
    if as_json:
        print_json(outcome.as_document())
    else:
        out.print(outcome.said, markup=False, soft_wrap=True)
    raise typer.Exit(outcome.verdict.exit_code)


def _tokens(given: Sequence[str] | None) -> dict[str, str]:
    found = {}
    for one in given or ():
        name, equals, text = one.partition("=")
        if not equals or not text:
            raise Refused(f"--token {name}: say CALLER=TOKEN, or CALLER=@FILE.")
        found[name] = Path(text[1:]).read_text("utf-8").strip() if text.startswith("@") else text
    return found


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
