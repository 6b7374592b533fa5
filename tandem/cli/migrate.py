"""`tandem migrate`: the migrations of a release in a stage on AWS, without the release."""

from typing import TYPE_CHECKING, Annotated

import typer

from tandem.cli.console import AsJson
from tandem.cli.deploy import Every, Region, Service, To, run_there

if TYPE_CHECKING:
    from tandem.deploy.outcome import Outcome
    from tandem.deploy.release import Releases


def migrate(
    service: Service,
    *,
    to: To,
    image: Annotated[
        str | None,
        typer.Option(help="Whose migrations, by its digest; those of what runs when not said.", show_default=False),
    ] = None,
    region: Region = None,
    every: Every = 5.0,
    as_json: AsJson = False,
) -> None:
    """Run the migrations of a release in a stage on AWS (ECS), as one task, before or without deploying it.

    A release runs its migrations by itself; this is for those that take long, or to see them fail first.
    Exit code 0 done, 1 failed or refused, 2 when AWS cannot be asked.
    Example: tandem migrate card --to uat --image registry.example.com/tandem/card@sha256:...
    """

    def act(releases: "Releases") -> "Outcome":
        from tandem.deploy.migration import Migration

        return Migration(releases.ecs, releases.time, releases.tell).run(image)

    run_there(service, to, region, every, act, as_json=as_json)
