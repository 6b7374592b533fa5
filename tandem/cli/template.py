"""`tandem template`: what services were made from, and what has been mended in it since."""

from typing import Annotated

import typer
from rich.table import Table

from tandem.cli.console import AsJson, out, print_json
from tandem.cli.contract_files import Services
from tandem.cli.stopping import stoppable
from tandem.local.state import Home
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused
from tandem.scaffold.merging import Came
from tandem.scaffold.rendering import answers_path
from tandem.scaffold.status import Standing, standings
from tandem.scaffold.update import Outcome, update
from tandem.spec.lint import contract_paths

template = typer.Typer(name="template", no_args_is_help=True, help="What services were made from: status, update.")


@template.command()
def status(services: Services = None, *, as_json: AsJson = False) -> None:
    """Say which services are how many fixes behind, and which of the template's files they made their own.

    Example: tandem template status
    """
    home = Home.find()
    found = standings(home.project, _named(home, services))
    if as_json:
        print_json([one.as_json() for one in found])
        return
    _show(found)
    waiting = {change.number: change for one in found for change in one.behind}
    for number, change in sorted(waiting.items()):
        out.print(f"\n{number} ({change.date}): {change.what}\n  {change.why}", markup=False, soft_wrap=True)
    if waiting:
        out.print("\nBring it to them: tandem template update")


def _named(home: Home, services: list[str] | None) -> list[str]:
    known = contract_paths(home.contracts)
    return [one_of(name, known, "service") for name in services or known]


def _show(found: list[Standing]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("service", "template", "behind", "as in the template", "made its own"):
        table.add_column(column, justify="right" if column in {"template", "behind"} else "left")
    for one in found:
        if one.template is None:
            table.add_row(one.service, "none", "", "", "not made from it")
            continue
        own = [*(path.name for path in one.changed), *(f"{path.name} (deleted)" for path in one.deleted)]
        same = ", ".join(path.name for path in one.same)
        table.add_row(
            one.service, str(one.template), str(len(one.behind)), same, one.untold or ", ".join(own) or "nothing"
        )
    out.print(table)


@template.command("update")
def bring(
    services: Services = None,
    *,
    to: Annotated[int | None, typer.Option(help="The number to stop at; the newest when not said.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring what was mended in the template to services, merged with what they changed, as a commit on a new branch.

    The work tree is not touched. Exit code 1 when there are conflicts. Example: tandem template update card
    """
    home = Home.find()
    made = [one for one in _named(home, services) if services or (home.project / answers_path(one)).exists()]
    with stoppable():
        outcome = update(home.project, made, to)
    if as_json:
        _print_outcome(outcome)
    else:
        _say(outcome)
    if outcome.conflicts:
        count = len(outcome.conflicts)
        said = f"{count} {'file has' if count == 1 else 'files have'} conflicts on {outcome.branch}"
        raise Refused(f"{said}: `git switch {outcome.branch}`, mend what is between the markers, and commit.")


def _print_outcome(outcome: Outcome) -> None:
    print_json(
        {
            "template": outcome.number,
            "branch": outcome.branch or None,
            "services": [one.as_json() for one in outcome.updates],
            "conflicts": [str(one) for one in outcome.conflicts],
            "not_included": list(outcome.left_out),
        }
    )


def _say(outcome: Outcome) -> None:
    if not outcome.updates:
        out.print(f"Every service has template {outcome.number}; there is nothing to do.")
        return
    for one in outcome.updates:
        out.print(f"{one.service}: template {one.before} to {outcome.number}", style="bold")
        for path, came in one.files.items():
            if came is Came.CONFLICT:
                out.print(f"  CONFLICT (content): Merge conflict in {path}", markup=False, soft_wrap=True)
            elif came is not Came.UNTOUCHED:
                out.print(f"  {path}: {came}", markup=False, soft_wrap=True)
    if outcome.left_out:
        listed = ", ".join(outcome.left_out)
        out.print(f"Not included, since nobody committed it: {listed}", markup=False, soft_wrap=True)
    if not outcome.conflicts:
        out.print(f"It is on the branch {outcome.branch}: git merge {outcome.branch}", soft_wrap=True)
