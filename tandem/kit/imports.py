"""`python -m tandem.kit.imports SERVICE` imports all that a service will, so that an image keeps it compiled."""

import importlib
import sys

# What the kit imports only when it is needed.
_LATE = (
    "alembic.command",
    "boto3",
    "botocore.config",
    "openfeature.contrib.provider.flagd",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "opentelemetry.sdk.trace.export",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "tandem.kit.__main__",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
)

if __name__ == "__main__":
    for module in (*_LATE, f"services.{sys.argv[1]}.app"):
        importlib.import_module(module)
