"""Traces as OpenTelemetry spans: one for each request served and one for each attempt at a peer."""

from __future__ import annotations

from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tandem.kit.context import current
from tandem.kit.peers.transport import PeerAnswer, PeerRequest, Transport

_EXPORT_SECONDS = 3.0


def exporting_provider(endpoint: str, service: str, version: str, stage: str) -> TracerProvider:
    resource = {"service.name": service, "service.version": version, "deployment.environment.name": stage}
    provider = TracerProvider(resource=Resource.create(resource))
    url = endpoint if urlsplit(endpoint).path.strip("/") else f"{endpoint.rstrip('/')}/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(url, timeout=_EXPORT_SECONDS)))
    return provider


class SpanTracing:
    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("tandem.kit")

    def around_app(self, app: ASGIApp) -> ASGIApp:
        return TracedApp(app, self._tracer)

    def around_transport(self, transport: Transport) -> Transport:
        return TracedTransport(transport, self._tracer)

    def close(self) -> None:
        self._provider.shutdown()


class TracedApp:
    """Stands inside Edge: the request's own trace context becomes that of its span, for logs, events and peers."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        context = current.get()
        if context is None:
            await self._app(scope, receive, send)
            return
        span = self._tracer.start_span(
            scope["method"],
            _caller_context(scope, context.traceparent),
            SpanKind.SERVER,
            {
                "http.request.method": scope["method"],
                "url.path": scope["path"],
                "tandem.request_id": context.request_id,
            },
        )
        context.traceparent = _traceparent(span)
        # What is not answered in here failed, and Edge answers it.
        status = 500

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, answered)
        finally:
            _end_server_span(span, scope, status)


def _end_server_span(span: Span, scope: Scope, status: int) -> None:
    endpoint = scope.get("tandem.endpoint")
    if endpoint is not None:
        span.update_name(endpoint.operation.id)
        span.set_attribute("http.route", endpoint.operation.path)
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))
    span.end()


class TracedTransport:
    def __init__(self, transport: Transport, tracer: Tracer) -> None:
        self._transport = transport
        self._tracer = tracer

    async def send(self, request: PeerRequest) -> PeerAnswer:
        context = current.get()
        operation = request.operation
        span = self._tracer.start_span(
            operation.id,
            _parent(context.traceparent) if context is not None else Context(),
            SpanKind.CLIENT,
            {"http.request.method": operation.method, "http.route": operation.path, "peer.service": operation.peer},
        )
        headers = {**request.headers, "traceparent": _traceparent(span)}
        try:
            answer = await self._transport.send(PeerRequest(operation, request.url, headers, request.body))
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(Status(StatusCode.ERROR))
            raise
        else:
            span.set_attribute("http.response.status_code", answer.status)
            if answer.status >= 400:
                span.set_status(Status(StatusCode.ERROR))
            return answer
        finally:
            span.end()

    async def close(self) -> None:
        await self._transport.close()


def _caller_context(scope: Scope, traceparent: str) -> Context:
    """Empty where the caller sent no usable trace: ids that were made up here have no span to hang on."""
    sent = any(name == b"traceparent" and value == traceparent.encode() for name, value in scope["headers"])
    return _parent(traceparent) if sent else Context()


def _parent(traceparent: str) -> Context:
    _, trace, span, flags = traceparent.split("-")
    parent = SpanContext(int(trace, 16), int(span, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
    return set_span_in_context(NonRecordingSpan(parent), Context())


def _traceparent(span: Span) -> str:
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
