"""Distributed traces: off, at no cost at all, until there is somewhere to send them."""

from __future__ import annotations

from typing import Protocol

from starlette.types import ASGIApp

from tandem.kit.peers.transport import Transport


class Tracing(Protocol):
    """Wraps what requests come in through and what calls go out through."""

    def around_app(self, app: ASGIApp) -> ASGIApp: ...

    def around_transport(self, transport: Transport) -> Transport: ...

    def close(self) -> None:
        """Send what is left. May take a moment: call it in a thread."""
        ...


class NullTracing:
    def around_app(self, app: ASGIApp) -> ASGIApp:
        return app

    def around_transport(self, transport: Transport) -> Transport:
        return transport

    def close(self) -> None:
        return None


def open_tracing(endpoint: str | None, service: str, version: str, stage: str) -> Tracing:
    """`endpoint` is where OTLP over HTTP is taken; a bare host is asked at the usual path."""
    if endpoint is None:
        return NullTracing()
    # Imported here: OpenTelemetry takes 0.2 s and 20 MB, which a service without traces need not carry.
    from tandem.kit.telemetry.spans import SpanTracing, exporting_provider

    return SpanTracing(exporting_provider(endpoint, service, version, stage))
