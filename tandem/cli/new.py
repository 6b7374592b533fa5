"""`tandem new`: what a project gets more of."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml
from rich.table import Table

from tandem.cli.console import AsJson, out, print_json
from tandem.cli.contract_files import short
from tandem.cli.stopping import stoppable
from tandem.cli.unchecked import show_unchecked, unchecked_document
from tandem.local.state import Home
from tandem.local.trouble import Refused

if TYPE_CHECKING:
    from tandem.scaffold.service import Plan
    from tandem.scaffold.storage import Unsupported

new = typer.Typer(name="new", no_args_is_help=True, help="Begin something: a service.")
_QUESTIONS = {
    "title": "What is its API called?",
    "owner": "Which team owns it, and reviews its changes?",
    "audience": "Who uses it?",
}


@new.callback()
def begin() -> None:
    """Begin something: a service."""


@new.command()
def service(
    name: Annotated[str, typer.Argument(help="One word: it becomes a folder, a database and a host.")],
    *,
    contract: Annotated[
        Path | None, typer.Option(help="The OpenAPI file it is to serve; without, it begins with one thing to keep.")
    ] = None,
    answers: Annotated[Path | None, typer.Option(help="A YAML file with title, owner and audience.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take every proposal, and write without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a service that passes its own gate: contract, code, SQL, tests, and its place everywhere else.

    Either all of it is written or nothing. Example: tandem new service loan
    """
    from tandem.scaffold.names import check_name
    from tandem.scaffold.service import Wish, new_service
    from tandem.spec.lint import contract_paths

    home = Home.find()
    check_name(name, home.project, contract_paths(home.contracts))
    asks = sys.stdin.isatty() and not (yes or as_json)
    told = _answers(name, contract, answers, asks=asks)
    wish = Wish(name, told["title"], told["owner"], told["audience"], contract)
    agreement = _Agreement(asks=asks, dry_run=dry_run, as_json=as_json)
    with stoppable():
        written = new_service(home.project, wish, agreement.reached) is not None
    if as_json:
        print_json(_document(name, agreement.plan, written=written))
    elif written:
        out.print(f"\nWrote {name}. Judge it: tandem gate {name}. Start it with the others: make up", soft_wrap=True)
    else:
        out.print("Nothing was written.")


@dataclass
class _Agreement:
    """Shows the plan, and asks where there is somebody to ask."""

    asks: bool
    dry_run: bool
    as_json: bool
    plan: "Plan | None" = None

    def reached(self, plan: "Plan") -> bool:
        self.plan = plan
        if not self.as_json:
            _show(plan)
        return not self.dry_run and (not self.asks or typer.confirm("Write this?", default=True))


def _answers(name: str, contract: Path | None, answers: Path | None, *, asks: bool) -> dict[str, str]:
    proposals = {"title": name.capitalize(), "owner": f"team-{name}", "audience": "The support desk"}
    given = _given(answers) if answers else {}
    if unknown := sorted(given.keys() - proposals.keys()):
        raise Refused(
            f"{short(answers or Path())}: nobody asks for {', '.join(unknown)}. There are: {', '.join(proposals)}."
        )
    # A contract that is there has its title.
    needed = [key for key in proposals if key not in given and not (key == "title" and contract)]
    asked = {key: _asked(_QUESTIONS[key], proposals[key]) for key in needed} if asks else {}
    return proposals | given | asked


def _asked(question: str, proposal: str) -> str:
    said: str = typer.prompt(question, default=proposal)
    return said.strip() or proposal


def _given(answers: Path) -> dict[str, str]:
    try:
        found = yaml.safe_load(answers.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Refused(f"{short(answers)}: cannot be read as YAML; write lines such as `owner: team-loans`.") from error
    if not isinstance(found, dict) or not all(isinstance(one, str) and one.strip() for one in found.values()):
        raise Refused(f"{short(answers)}: has no answers; write lines such as `owner: team-loans`.")
    return {str(key): value.strip() for key, value in found.items()}


def _show(plan: "Plan") -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("file", "lines", "what happens"):
        table.add_column(column, justify="right" if column == "lines" else "left", no_wrap=True)
    for paths, what in ((plan.new, "new"), (plan.changed, "gets its lines")):
        for path in paths:
            table.add_row(str(path), str(plan.lines[path]), what)
    out.print(table)
    for note in plan.notes:
        out.print(f"\n{note}", markup=False, soft_wrap=True)
    of_all = f"of {len(plan.operations)} operations answer 501"
    _list(f"{len(plan.unsupported)} {of_all} until somebody writes them", plan.unsupported)
    _list(f"{len(plan.partly)} {of_all} to some parameters until somebody writes those", plan.partly)
    _list(f"{len(plan.untried)} of {len(plan.operations)} operations are built, and no test meets them", plan.untried)
    show_unchecked(plan.unchecked)


def _list(title: str, unbuilt: "Sequence[Unsupported]") -> None:
    if unbuilt:
        out.print(f"\n{title}:", style="bold")
        for one in unbuilt:
            out.print(f"  {one.operation_id}: {one.reason}", markup=False, soft_wrap=True)


def _document(name: str, plan: "Plan | None", *, written: bool) -> dict[str, Any]:
    assert plan is not None
    return {
        "service": name,
        "written": written,
        "new": [os.fspath(one) for one in plan.new],
        "changed": [os.fspath(one) for one in plan.changed],
        "operations": list(plan.operations),
        "notes": list(plan.notes),
        "unsupported": [_unbuilt(one) for one in plan.unsupported],
        "partly_unsupported": [_unbuilt(one) for one in plan.partly],
        "untried": [_unbuilt(one) for one in plan.untried],
        "unchecked": unchecked_document(plan.unchecked),
    }


def _unbuilt(one: "Unsupported") -> dict[str, str]:
    return {"operation": one.operation_id, "reason": one.reason}
