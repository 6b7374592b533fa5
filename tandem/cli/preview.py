"""`tandem preview`: a branch as it would be, on a machine of its own in AWS, for some hours."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from tandem.cli.console import AsJson, out, print_json
from tandem.cli.deploy import Region, region_or_default
from tandem.local.trouble import Refused

if TYPE_CHECKING:
    from tandem.deploy.previews.lifetime import Preview
    from tandem.deploy.previews.machines import Machines

preview = typer.Typer(
    name="preview", no_args_is_help=True, help="A branch on a machine of its own in AWS, for 3 hours."
)

Branch = Annotated[str, typer.Argument(help="A branch.")]
In = Annotated[str, typer.Option("--in", help="The stage whose network it stands in.")]


@preview.command()
def start(
    branch: Branch,
    *,
    archive: Annotated[str, typer.Option(help="Where its code is just now, as tar.gz.")],
    commit: Annotated[str, typer.Option(help="Which commit of it.")],
    stage: In = "dev",
    region: Region = None,
) -> None:
    """Start a preview of a branch, in place of the one that it has.

    Example: tandem preview start deploy/new-limits --commit 4f2a9c1 --archive https://...
    """
    from tandem.deploy.previews.lifetime import LIFETIME

    machines = _machines(stage, region)
    until = datetime.now(UTC) + LIFETIME
    before = [one for one in machines.all() if one.branch == branch]
    machine = machines.start(branch, commit, archive, until)
    for one in before:
        machines.end(one.machine)
    out.print(f"{machine} becomes the preview of {branch}, until {until:%H:%M} UTC. In some minutes:", soft_wrap=True)
    how = "--document-name AWS-StartPortForwardingSession --parameters portNumber=8080,localPortNumber=8080"
    out.print(f"aws ssm start-session --target {machine} {how}", soft_wrap=True)
    out.print("and then http://127.0.0.1:8080, as on a laptop.")


@preview.command("list")
def list_previews(*, stage: In = "dev", region: Region = None, as_json: AsJson = False) -> None:
    """Show which previews there are, and until when.

    Example: tandem preview list
    """
    found = _machines(stage, region).all()
    if as_json:
        print_json([_document(one) for one in found])
    elif found:
        out.print(_table(found))
    else:
        out.print(f"There are no previews in {stage}.")


@preview.command()
def extend(branch: Branch, *, stage: In = "dev", region: Region = None) -> None:
    """Let a preview live for three hours from now, and never longer than a day in all.

    Example: tandem preview extend deploy/new-limits
    """
    from tandem.deploy.previews.lifetime import extended

    machines = _machines(stage, region)
    for one in _of(machines, branch, stage):
        until = extended(one, datetime.now(UTC))
        machines.extend(one.machine, until)
        out.print(f"The preview of {branch} lives until {until:%H:%M} UTC.")


@preview.command()
def stop(branch: Branch, *, stage: In = "dev", region: Region = None) -> None:
    """End the preview of a branch.

    Example: tandem preview stop deploy/new-limits
    """
    machines = _machines(stage, region)
    for one in _of(machines, branch, stage):
        machines.end(one.machine)
        out.print(f"Ended {one.machine}, the preview of {branch}.")


@preview.command()
def reap(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which would end.")] = False,
    stage: In = "dev",
    region: Region = None,
) -> None:
    """End the previews whose time is up, also those whose branch is gone. A schedule calls it.

    Example: tandem preview reap --dry-run
    """
    from tandem.deploy.previews.lifetime import doomed

    machines = _machines(stage, region)
    found = list(doomed(machines.all(), datetime.now(UTC)))
    for one in found:
        if not dry_run:
            machines.end(one.preview.machine)
        told = "Would end" if dry_run else "Ended"
        out.print(f"{told} {one.preview.machine}, the preview of {one.preview.branch}: {one.why}.", soft_wrap=True)
    if not found:
        out.print("No preview's time is up.")


def _machines(stage: str, region: str | None) -> "Machines":
    from tandem.deploy.previews.machines import Machines
    from tandem.deploy.target import stage_named
    from tandem.kit.aws.clients import Cloud

    return Machines(Cloud(region or region_or_default()), stage_named(stage))


def _of(machines: "Machines", branch: str, stage: str) -> "list[Preview]":
    found = [one for one in machines.all() if one.branch == branch]
    if not found:
        raise Refused(f"{branch} has no preview in {stage}; `tandem preview list` shows those there are.")
    return found


def _table(found: "Iterable[Preview]") -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("branch", "commit", "machine", "until (UTC)"):
        table.add_column(column, no_wrap=True)
    for one in found:
        until = f"{one.expires_at:%Y-%m-%d %H:%M}" if one.expires_at else "nobody knows"
        table.add_row(one.branch, one.commit[:12], one.machine, until)
    return table


def _document(one: "Preview") -> dict[str, Any]:
    return {
        "branch": one.branch,
        "commit": one.commit,
        "machine": one.machine,
        "began_at": one.began_at.isoformat(),
        "expires_at": one.expires_at.isoformat() if one.expires_at else None,
    }
