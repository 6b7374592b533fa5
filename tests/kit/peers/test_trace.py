from random import Random

import pytest

from tandem.kit.context import RequestContext
from tandem.kit.peers.trace import trace_headers

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def context(traceparent: str) -> RequestContext:
    return RequestContext("request-1", traceparent, 0.0)


def test_the_trace_goes_on_with_a_new_span() -> None:
    random = Random(1)
    parent = f"00-{TRACE}-00f067aa0ba902b7-01"
    first, second = (trace_headers(context(parent), random) for _ in range(2))
    assert first["x-request-id"] == "request-1"
    version, trace, span, flags = first["traceparent"].split("-")
    assert (version, trace, flags) == ("00", TRACE, "01")
    assert len(span) == 16
    assert span != "00f067aa0ba902b7"
    assert first["traceparent"] != second["traceparent"]


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "nonsense",
        f"ff-{TRACE}-00f067aa0ba902b7-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-00f067aa0ba902b7-01",
        f"00-{TRACE}-00f067aa0ba902b7-01\r\nx: y",
    ],
)
def test_a_broken_trace_starts_a_new_one_and_is_not_passed_on(broken: str) -> None:
    headers = trace_headers(context(broken), Random(1))
    assert TRACE not in headers["traceparent"]
    assert len(headers["traceparent"]) == 55
    assert headers["x-request-id"] == "request-1"


def test_without_a_request_there_is_a_new_id_and_a_new_trace() -> None:
    headers = trace_headers(None, Random(1))
    assert headers["traceparent"].startswith(f"00-{headers['x-request-id']}")
    assert len(headers["x-request-id"]) == 16
