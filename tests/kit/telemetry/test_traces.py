"""Traces cost nothing while they are off; when on, each request and each call of a peer is a span of one trace."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TypeAlias

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from tandem.kit.peers.canned import CannedTransport
from tandem.kit.peers.operation import PeerOperation
from tandem.kit.peers.transport import ConnectionFailed, PeerRequest
from tandem.kit.telemetry.spans import SpanTracing
from tandem.kit.telemetry.traces import NullTracing, open_tracing
from tests.kit.conftest import StartLoan
from tests.kit.loan.service import LoanService

TRACE, SPAN = "a" * 32, "b" * 16
TracedLoan: TypeAlias = Callable[[], Awaitable[LoanService]]


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracing(exporter: InMemorySpanExporter) -> SpanTracing:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return SpanTracing(provider)


@pytest.fixture
async def traced(start_loan: StartLoan, tracing: SpanTracing) -> LoanService:
    return await start_loan(tracing=tracing, strict_responses=False)


def traceparent_of(span: ReadableSpan) -> str:
    context = span.get_span_context()
    assert context is not None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-01"


def span_of(exporter: InMemorySpanExporter, name: str) -> ReadableSpan:
    (span,) = (span for span in exporter.get_finished_spans() if span.name == name)
    return span


async def test_request_becomes_a_span_of_the_callers_trace(traced: LoanService, exporter: InMemorySpanExporter) -> None:
    headers = {"traceparent": f"00-{TRACE}-{SPAN}-01", "x-request-id": "req-1"}
    await traced.send("GET", "/v1/loans/lon_1", headers=headers)
    span = span_of(exporter, "getLoan")
    assert span.parent is not None
    assert (f"{span.parent.trace_id:x}", f"{span.parent.span_id:x}", span.kind) == (TRACE, SPAN, SpanKind.SERVER)
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "url.path": "/v1/loans/lon_1",
        "http.route": "/v1/loans/{loan_id}",
        "http.response.status_code": 404,
        "tandem.request_id": "req-1",
    }
    assert span.status.status_code is StatusCode.UNSET


@pytest.mark.parametrize("headers", [{}, {"traceparent": "nonsense"}, {"traceparent": f"00-{'0' * 32}-{SPAN}-01"}])
async def test_request_without_a_usable_trace_begins_one(
    traced: LoanService, exporter: InMemorySpanExporter, headers: dict[str, str]
) -> None:
    await traced.send("GET", "/v1/terms", headers=headers)
    assert span_of(exporter, "getTerms").parent is None


async def test_unmatched_request_is_named_by_its_method(traced: LoanService, exporter: InMemorySpanExporter) -> None:
    await traced.send("GET", "/nowhere")
    assert "http.route" not in (span_of(exporter, "GET").attributes or {})


@pytest.mark.parametrize("how", ["bug", "commit", "wrong"])
async def test_failed_request_is_a_failed_span_without_its_values(
    start_loan: StartLoan, tracing: SpanTracing, exporter: InMemorySpanExporter, how: str
) -> None:
    traced = await start_loan(tracing=tracing)
    await traced.send("POST", f"/v1/trouble?how={how}")
    span = span_of(exporter, "makeTrouble")
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["http.response.status_code"] == 500
    assert "Anna" not in span.to_json()


async def test_call_of_a_peer_is_a_span_that_the_peer_goes_on_from(
    traced: LoanService, exporter: InMemorySpanExporter
) -> None:
    traced.peers.answers("getBank", status=204)
    answer = await traced.send("GET", "/v1/trouble?how=peer", headers={"traceparent": f"00-{TRACE}-{SPAN}-01"})
    server, client = span_of(exporter, "seeTrouble"), span_of(exporter, "getBank")
    assert answer.json()["seen"]["traceparent"] == traceparent_of(server)
    (request,) = traced.peers.asked("getBank")
    assert request.headers["traceparent"] == traceparent_of(client)
    assert request.headers["x-request-id"] == answer.headers["x-request-id"]
    assert client.parent is not None
    assert f"{client.parent.span_id:016x}" == traceparent_of(server).split("-")[2]
    assert (client.kind, (client.attributes or {})["peer.service"]) == (SpanKind.CLIENT, "bank")
    assert (client.attributes or {})["http.response.status_code"] == 204


async def test_each_attempt_at_a_peer_is_a_span(traced: LoanService, exporter: InMemorySpanExporter) -> None:
    traced.peers.fails("getBank", ConnectionFailed("refused"))
    traced.peers.answers("getBank", status=503)
    traced.peers.answers("getBank", status=204)
    assert (await traced.send("GET", "/v1/trouble?how=peer")).status_code == 200
    spans = [span for span in exporter.get_finished_spans() if span.name == "getBank"]
    assert [span.status.status_code for span in spans] == [StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET]
    assert (spans[0].attributes or {})["error.type"] == "ConnectionFailed"


async def test_call_outside_a_request_begins_a_trace(tracing: SpanTracing, exporter: InMemorySpanExporter) -> None:
    canned = CannedTransport()
    canned.answers("getBank", status=204)
    operation = PeerOperation("getBank", "bank", "GET", "/v1/bank", 204)
    transport = tracing.around_transport(canned)
    await transport.send(PeerRequest(operation, "http://bank.test/v1/bank", {}))
    assert span_of(exporter, "getBank").parent is None
    await transport.close()


async def test_trace_that_is_not_sampled_is_passed_on_and_not_kept(
    traced: LoanService, exporter: InMemorySpanExporter
) -> None:
    traced.peers.answers("getBank", status=204)
    await traced.send("GET", "/v1/trouble?how=peer", headers={"traceparent": f"00-{TRACE}-{SPAN}-00"})
    assert exporter.get_finished_spans() == ()
    (request,) = traced.peers.asked("getBank")
    assert request.headers["traceparent"].startswith(f"00-{TRACE}-")
    assert request.headers["traceparent"].endswith("-00")


async def test_what_is_not_a_request_is_not_traced(traced: LoanService, exporter: InMemorySpanExporter) -> None:
    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: object) -> None:
        return None

    await traced.app({"type": "websocket", "path": "/v1/loans", "headers": []}, receive, send)
    assert exporter.get_finished_spans() == ()


def test_off_changes_nothing_and_loads_nothing() -> None:
    tracing = open_tracing(None, "loan", "7", "test")
    app, transport = object(), CannedTransport()
    assert isinstance(tracing, NullTracing)
    assert tracing.around_app(app) is app  # type: ignore[arg-type]
    assert tracing.around_transport(transport) is transport
    tracing.close()
    code = "import sys, tandem.kit.service; sys.exit('opentelemetry.sdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("path", ["", "/", "/otlp/traces"])
async def test_spans_are_exported_over_http_when_the_service_stops(start_loan: StartLoan, path: str) -> None:
    received: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return None

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        tracing = open_tracing(f"http://127.0.0.1:{server.server_port}{path}", "loan", "7", "test")
        loan = await start_loan(tracing=tracing)
        await loan.send("GET", "/v1/terms")
        await loan.background.stop()
        server.shutdown()
    ((asked, body),) = received
    assert asked == (path if len(path) > 1 else "/v1/traces")
    for text in (b"getTerms", b"service.name", b"loan"):
        assert text in body
