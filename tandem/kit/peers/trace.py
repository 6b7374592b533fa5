"""What goes along to the next hop: whose request it is and which trace it belongs to."""

import re
from random import Random

from tandem.kit.context import RequestContext

_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})", re.ASCII)


def trace_headers(context: RequestContext | None, random: Random) -> dict[str, str]:
    """The same trace with a new span id; a new trace where there is none."""
    span = f"{random.getrandbits(64) or 1:016x}"
    if context is None:
        trace = f"{random.getrandbits(128) or 1:032x}"
        return {"x-request-id": trace[:16], "traceparent": f"00-{trace}-{span}-00"}
    match = _TRACEPARENT.fullmatch(context.traceparent)
    trace, flags = match.groups() if match else (f"{random.getrandbits(128) or 1:032x}", "00")
    return {"x-request-id": context.request_id, "traceparent": f"00-{trace}-{span}-{flags}"}
