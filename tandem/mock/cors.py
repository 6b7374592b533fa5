"""Browsers on any origin may call the mocked operations; the mock's own API only from pages of this machine."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tandem.kit.problems import Forbidden

_EXPOSED = (
    "ETag, Location, Retry-After, WWW-Authenticate, Idempotency-Replayed, Content-Disposition, Deprecation, Sunset, "
    "X-Request-Id, Tandem-Contract, Tandem-Scenario, Tandem-Session, Tandem-Drift"
)
_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_OURS = re.compile(r"https?://(localhost|[a-z0-9-]+\.localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")


class ForeignPage(Forbidden):
    title = "Only pages of this machine may do this"


def headers_for(request: Mapping[str, str]) -> dict[str, str]:
    """For each answer. `*` would not do: a browser that sends cookies wants its own origin back."""
    origin = request.get("origin")
    if origin is None:
        return {}
    return {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": _EXPOSED,
        "vary": "Origin",
    }


def preflight_headers(request: Mapping[str, str]) -> dict[str, str]:
    said = headers_for(request)
    said["access-control-allow-methods"] = _METHODS
    said["access-control-allow-headers"] = request.get("access-control-request-headers", "*")
    said["access-control-max-age"] = "600"
    if request.get("access-control-request-private-network") == "true":
        said["access-control-allow-private-network"] = "true"
    return said


def is_preflight(method: str, request: Mapping[str, str]) -> bool:
    return method == "OPTIONS" and "access-control-request-method" in request


def check_own(request: Mapping[str, str]) -> None:
    """A page somebody opened on the web must not turn dials here, nor send operations to addresses of its choice."""
    origin = request.get("origin")
    own = request.get("host")
    if origin is not None and not _OURS.fullmatch(origin) and origin.partition("://")[2] != own:
        raise ForeignPage(f"{origin[:100]} is not a page of this machine.")
    name = (own or "").rpartition(":")[0] or own or ""
    if not re.fullmatch(r"localhost|[a-z0-9.-]+\.localhost|[0-9.]+|\[[0-9a-f:]+\]|[a-z0-9-]*", name.lower()):
        # A name that somebody else's DNS leads to this machine.
        raise ForeignPage(f"The mock's own pages are not served under the name {name[:100]}.")
