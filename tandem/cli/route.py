"""`tandem route`: who answers which operation, the service itself or its mock."""

import difflib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from tandem.cli import mock_routes
from tandem.local.gateway import Gateway, Instance, Operation, Routing, Target, operations_of
from tandem.local.mocks import RunningMock, running_mocks
from tandem.local.state import Home
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused
from tandem.spec.manifest import load_manifest

Edit = Callable[[Routing], Routing]


def route(
    what: Annotated[
        str | None, typer.Argument(help="A service (invoice) or one operation (card.activateCard).")
    ] = None,
    to: Annotated[str | None, typer.Argument(help="live, mock, or an address like http://localhost:9000.")] = None,
    *,
    weights: Annotated[
        str | None, typer.Option(help="Share a service between its versions: 1.0.0=90,1.1.0=10. `none` undoes it.")
    ] = None,
    sticky: Annotated[bool, typer.Option(help="With --weights: keep each x-user with one version.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Take back whatever was said here.")] = False,
    mock: Annotated[
        str | None, typer.Option(help="A mock started with `tandem mock`, by its address; found when it runs alone.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show or change who answers: the service itself, its mock, or any other server. Nothing in flight is lost.

    It is said to the gateway of `tandem up`, or to a mock that runs without one. What other servers answer is held
    against the contract; `tandem drift` shows what departs from it.

    Example: tandem route card.activateCard http://localhost:9000
    """
    home = Home.find()
    operations = operations_of(load_manifest(home.contracts))
    gateway = Gateway(home.folder, operations)
    alone = _mock_alone(home, gateway, mock)
    if alone is not None:
        if weights or sticky:
            raise Refused(f"The mock at {alone.url} has no versions to share between: that is for `tandem up`.")
        _show(*mock_routes.change(alone, what, read_target(to) if to else None, reset=reset), as_json=as_json)
        return
    said = _change(gateway, operations, what, to, weights, sticky=sticky, reset=reset)
    document = table(gateway, operations, what if what and not said else None)
    _show(said, document, as_json=as_json)


def _mock_alone(home: Home, gateway: Gateway, named: str | None) -> RunningMock | None:
    """The one to tell when it is not the gateway."""
    if named:
        return RunningMock(named.rstrip("/"))
    found = [] if gateway.is_running else running_mocks(home)
    if len(found) > 1:
        raise Refused(f"Several mocks run: say which with {' or '.join(f'--mock {one.url}' for one in found)}.")
    return found[0] if found else None


def _show(said: str, document: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(document, indent=2))
    elif said:
        typer.echo(
            said + ("" if document["running"] else " The gateway is not running; it counts from the next start.")
        )
    else:
        Console().print(_render(document))


def _change(
    gateway: Gateway,
    operations: Sequence[Operation],
    what: str | None,
    to: str | None,
    weights: str | None,
    *,
    sticky: bool,
    reset: bool,
) -> str:
    """What was changed, in a sentence; empty when nothing was asked for."""
    if reset:
        gateway.reset()
        return "Every operation goes to its service again."
    if what and weights:
        service = one_of(what, {operation.service for operation in operations}, "service")
        shares = {} if weights == "none" else read_weights(weights)
        _known_versions(service, shares, gateway.placement.instances if gateway.placement else ())
        gateway.reroute(lambda routing: routing.weigh(service, shares, sticky=sticky))
        return f"{service} is shared: {weights}." if shares else f"{service} goes to its stable version."
    if what and to:
        edit, name, count = _edit(what, read_target(to), operations)
        gateway.reroute(edit)
        return f"{name} ({count} operation{'s' * (count > 1)}) now goes to {read_target(to)}."
    if weights:
        raise Refused("Say of which service: `tandem route invoice --weights 1.0.0=90,1.1.0=10`.")
    return ""


def _edit(what: str, target: Target, operations: Sequence[Operation]) -> tuple[Edit, str, int]:
    services = {operation.service for operation in operations}
    if what in services:
        count = sum(operation.service == what for operation in operations)
        return (lambda routing: routing.send_service(what, target)), what, count
    by_name = {operation.name: operation for operation in operations}
    operation = by_name[one_of(what, [*services, *by_name], "service or operation")]
    return (lambda routing: routing.send_operation(operation, target)), operation.name, 1


def read_target(text: str) -> Target:
    try:
        return Target.parse(text)
    except ValueError as error:
        close = difflib.get_close_matches(text, ["live", "mock"], n=1)
        raise Refused(f"{error}{f' Did you mean `{close[0]}`?' if close else ''}") from error


def read_weights(text: str) -> dict[str, int]:
    try:
        pairs = [part.split("=") for part in text.split(",")]
        return {version.strip(): int(weight) for version, weight in pairs}
    except ValueError as error:
        raise Refused(f"{text!r} is not of the form 1.0.0=90,1.1.0=10.") from error


def _known_versions(service: str, shares: Mapping[str, int], instances: Sequence[Instance]) -> None:
    running = {instance.version for instance in instances if instance.service == service}
    for version in shares:
        one_of(version, running, f"running version of {service}")


def table(gateway: Gateway, operations: Sequence[Operation], only: str | None = None) -> dict[str, Any]:
    """What `--json` prints. `only` is a service or an operation."""
    services = list(dict.fromkeys(operation.service for operation in operations))
    if only:
        service = one_of(only, [*services, *(operation.name for operation in operations)], "service or operation")
        services = [service.partition(".")[0]]
    placed, routing = gateway.placement, gateway.routing
    return {
        "gateway": f"http://{placed.ports.address}:{placed.ports.gateway}" if placed else None,
        "running": gateway.is_running,
        "services": [
            {
                "service": service,
                "target": str(routing.of_service(service)),
                "versions": _versions(service, placed.instances if placed else (), routing),
                "operations": [
                    _row(operation, routing)
                    for operation in operations
                    if operation.service == service and only in (None, service, operation.name)
                ],
            }
            for service in services
        ],
    }


def _row(operation: Operation, routing: Routing) -> dict[str, str]:
    return {
        "operation": operation.name,
        "method": operation.method,
        "path": operation.path,
        "target": str(routing.of_operation(operation)),
    }


def _versions(service: str, instances: Sequence[Instance], routing: Routing) -> list[dict[str, Any]]:
    known = list(dict.fromkeys(instance.version for instance in instances if instance.service == service))
    weights = routing.weights.get(service) or dict.fromkeys(known[:1], 100)
    return [{"version": version, "weight": weights.get(version, 0)} for version in known]


def _render(document: Mapping[str, Any]) -> Table:
    """Each operation when one service was asked for, else a line per service and what departs from it."""
    services = document["services"]
    rendered = Table(box=None, header_style="bold")
    for column in ("operation", "method", "path", "goes to"):
        rendered.add_column(column, no_wrap=column != "path")
    for service in services:
        shares = ", ".join(f"{one['version']} {one['weight']} %" for one in service["versions"])
        rendered.add_row(service["service"], "", shares, service["target"], style="bold")
        for row in service["operations"]:
            if len(services) == 1 or row["target"] != service["target"]:
                rendered.add_row(f"  {row['operation']}", row["method"], row["path"], row["target"])
    return rendered
