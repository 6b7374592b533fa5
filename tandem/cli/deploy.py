"""`tandem deploy` and `tandem rollback`: a release into a stage on AWS, followed to its end, and the way back."""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from tandem.cli.console import AsJson, out, print_json
from tandem.cli.stopping import stoppable
from tandem.local.state import Home
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused, Trouble
from tandem.spec.lint import contract_paths

if TYPE_CHECKING:
    from tandem.deploy.ecs import Ecs
    from tandem.deploy.follower import Time
    from tandem.deploy.outcome import Outcome
    from tandem.deploy.release import Releases
    from tandem.deploy.target import Target

Service = Annotated[str, typer.Argument(help="A service of the manifest.")]
To = Annotated[str, typer.Option(help="The stage: dev, uat, production, or that of a preview.")]
Region = Annotated[
    str | None, typer.Option(help="The AWS region; AWS_REGION or the profile's when not said.", show_default=False)
]
Every = Annotated[float, typer.Option(min=0.0, max=60.0, help="Seconds from one look at AWS to the next.")]
Act = Callable[["Releases"], "Outcome"]


def deploy(
    service: Service,
    *,
    to: To,
    image: Annotated[
        str | None, typer.Option(help="What will run, by its digest: <repository>@sha256:...", show_default=False)
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Follow the deployment that is running.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Take the deployment that is running back.")] = False,
    region: Region = None,
    every: Every = 5.0,
    as_json: AsJson = False,
) -> None:
    """Put an image of a service into a stage on AWS (ECS), and follow it until it runs or is taken back.

    Ctrl-C takes it back. Exit code 0 done, 1 failed or refused, 2 when AWS cannot be asked.
    Example: tandem deploy card --image registry.example.com/tandem/card@sha256:... --to uat
    """
    run_there(service, to, region, every, _act(image, follow=follow, stop=stop), as_json=as_json)


def rollback(
    service: Service,
    *,
    to: To,
    revision: Annotated[
        str | None, typer.Option(help="A service revision, by id or ARN; the one before when not said.")
    ] = None,
    schema_fits: Annotated[
        bool, typer.Option("--schema-fits", help="It runs on the schema of today, though no gate has seen it.")
    ] = False,
    region: Region = None,
    every: Every = 5.0,
    as_json: AsJson = False,
) -> None:
    """Bring back what a stage on AWS (ECS) ran before, and follow it like a release.

    Ctrl-C stops it. Exit code 0 done, 1 failed or refused, 2 when AWS cannot be asked.
    Example: tandem rollback card --to production
    """

    def act(releases: "Releases") -> "Outcome":
        return releases.rollback(revision, schema_fits=schema_fits)

    run_there(service, to, region, every, act, as_json=as_json)


def _act(image: str | None, *, follow: bool, stop: bool) -> Act:
    if (image is not None) + follow + stop != 1:
        raise Refused("Say one of --image REFERENCE, --follow and --stop.")
    if image is not None:
        wanted = image
        return lambda releases: releases.deploy(wanted)
    return (lambda releases: releases.follow()) if follow else (lambda releases: releases.stop())


def run_there(service: str, to: str, region: str | None, every: float, act: Act, *, as_json: bool) -> NoReturn:
    from tandem.deploy.ecs import Ecs
    from tandem.deploy.follower import Time
    from tandem.kit.aws.clients import Cloud

    console = Console(stderr=True, highlight=False) if as_json else out
    try:
        target = _target(service, to, region)
        ecs = Ecs(Cloud(target.region), target)
        outcome = _shown(act, ecs, Time(time.monotonic, time.sleep, every), console)
    except Trouble as trouble:
        if not as_json:
            raise
        print_json({"outcome": "refused" if trouble.exit_code == 1 else "trouble", **_said(trouble)})
        raise typer.Exit(trouble.exit_code) from trouble
    if as_json:
        print_json(outcome.document)
    raise typer.Exit(outcome.ending.exit_code)


def _shown(act: Act, ecs: "Ecs", timed: "Time", console: Console) -> "Outcome":
    from tandem.deploy.release import Releases
    from tandem.deploy.terminal import Terminal

    with stoppable(), Terminal(console, time.monotonic) as terminal:
        try:
            outcome = act(Releases(ecs, timed, terminal))
        except KeyboardInterrupt as error:
            raise Refused("Stopped before anything began in AWS.") from error
        terminal.ended(outcome)
        return outcome


def _said(trouble: Trouble) -> dict[str, str | int]:
    return {"exit_code": trouble.exit_code, "said": str(trouble)}


def _target(service: str, to: str, region: str | None) -> "Target":
    from tandem.deploy.target import Target, stage_named

    name = one_of(service, contract_paths(Home.find().contracts), "service")
    return Target(name, stage_named(to), region or region_or_default())


def region_or_default() -> str:
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        found = os.environ.get("AWS_REGION") or boto3.Session().region_name
    except BotoCoreError as error:
        raise Trouble(f"The AWS profile cannot be used: {error}. See AWS_PROFILE.") from error
    if not found:
        raise Refused("Which region? Say --region, or set AWS_REGION.")
    return found
