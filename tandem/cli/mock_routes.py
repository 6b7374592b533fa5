"""What `tandem route` says to a mock that runs without a gateway."""

from collections.abc import Mapping, Sequence
from typing import Any

from tandem.local.gateway import LIVE, MOCK, Target
from tandem.local.mocks import RunningMock
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused

Operations = Sequence[Mapping[str, Any]]


def change(mock: RunningMock, what: str | None, to: Target | None, *, reset: bool) -> tuple[str, dict[str, Any]]:
    """What was changed, in a sentence that is empty when nothing was asked for, and how things are now."""
    operations: Operations = mock.state()["operations"]
    if reset:
        _send(mock, [one for one in operations if one["live"]], MOCK)
        return "Every operation is mocked again.", _table(mock, None)
    chosen = _chosen(operations, what) if what else operations
    if not what or to is None:
        return "", _table(mock, what)
    if to == LIVE:
        raise Refused(
            f"The mock at {mock.url} has no services behind it: name an address, like http://localhost:9000; "
            "`mock` takes an operation back."
        )
    _send(mock, chosen, to)
    count = f"{len(chosen)} operation{'s' * (len(chosen) > 1)}"
    return f"{what} ({count}) now goes to {to}, by the mock at {mock.url}.", _table(mock, None)


def _chosen(operations: Operations, what: str) -> Operations:
    services = {one["service"] for one in operations}
    name = one_of(what, [*services, *(one["name"] for one in operations)], "service or operation")
    return [one for one in operations if name in (one["service"], one["name"])]


def _send(mock: RunningMock, operations: Operations, target: Target) -> None:
    for one in operations:
        mock.send_live(one["name"], None if target == MOCK else str(target))


def _table(mock: RunningMock, only: str | None) -> dict[str, Any]:
    operations: Operations = mock.state()["operations"]
    shown = _chosen(operations, only) if only else operations
    return {
        "mock": mock.url,
        "running": True,
        "services": [
            {
                "service": service,
                "target": "mock",
                "versions": [],
                "operations": [_row(one) for one in shown if one["service"] == service],
            }
            for service in dict.fromkeys(one["service"] for one in shown)
        ],
    }


def _row(operation: Mapping[str, Any]) -> dict[str, str]:
    return {
        "operation": operation["name"],
        "method": operation["method"],
        "path": operation["path"],
        "target": operation["live"] or "mock",
    }
