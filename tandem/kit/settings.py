"""What every service is told from outside. A service adds its own under its own prefix."""

import importlib
from pathlib import Path
from typing import Annotated

from pydantic import Field, HttpUrl, PostgresDsn, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

REPOSITORY = Path(__file__).parents[2]


class BadSetting(Exception):
    """Names the settings that are missing or wrong, and what they should be."""


def _shared(name: str) -> str:
    return f"TANDEM_{name}"


class ServiceSettings(BaseSettings):
    """`database_url` is read under the service's prefix (`CARD_DATABASE_URL`), the rest as `TANDEM_…`.

    There is no default for what would be wrong in production without anybody noticing.
    """

    model_config = SettingsConfigDict(populate_by_name=True)

    database_url: PostgresDsn
    most_connections: int = 16

    issuer: str = Field(validation_alias=_shared("ISSUER"))
    audience: str = Field("tandem", validation_alias=_shared("AUDIENCE"))
    jwks: str = Field(validation_alias=_shared("JWKS"), description="A URL or the path of a file.")
    stage: str = Field(validation_alias=_shared("STAGE"))
    version: str = Field(validation_alias=_shared("VERSION"))

    host: str = Field("127.0.0.1", validation_alias=_shared("HOST"))
    port: int = Field(0, validation_alias=_shared("PORT"))
    admin_port: int = Field(0, validation_alias=_shared("ADMIN_PORT"))
    tls_port: int | None = Field(
        None, validation_alias=_shared("TLS_PORT"), description="The service again, under a certificate of its own."
    )
    drain_seconds: float = Field(0.0, validation_alias=_shared("DRAIN_SECONDS"))

    contracts: Path = Field(REPOSITORY / "contracts", validation_alias=_shared("CONTRACTS"))
    bus_url: PostgresDsn | None = Field(None, validation_alias=_shared("BUS_URL"))
    peer_addresses: Annotated[str, NoDecode] = Field("{}", validation_alias=_shared("PEERS"))
    token_file: Path | None = Field(None, validation_alias=_shared("TOKEN_FILE"))
    token_url: HttpUrl | None = Field(
        None, validation_alias=_shared("TOKEN_URL"), description="Where the issuer grants tokens to services."
    )
    flag_file: Path | None = Field(None, validation_alias=_shared("FLAGS"))
    objects_endpoint: HttpUrl | None = Field(None, validation_alias=_shared("OBJECTS_ENDPOINT"))
    objects_bucket: str | None = Field(None, validation_alias=_shared("OBJECTS_BUCKET"))
    traces_endpoint: HttpUrl | None = Field(None, validation_alias=_shared("TRACES_ENDPOINT"))

    region: str = Field("eu-north-1", validation_alias=_shared("REGION"))
    aws_endpoint: HttpUrl | None = Field(None, validation_alias=_shared("AWS_ENDPOINT"))
    namespace: str | None = Field(None, validation_alias=_shared("NAMESPACE"), description="Of AWS Cloud Map.")
    topic: str | None = Field(None, validation_alias=_shared("TOPIC"), description="The ARN of an SNS topic.")
    queue: HttpUrl | None = Field(None, validation_alias=_shared("QUEUE"))
    dead_letters: HttpUrl | None = Field(None, validation_alias=_shared("DEAD_LETTERS"))
    database_ca: str | None = Field(
        None,
        validation_alias=_shared("DATABASE_CA"),
        description="Who vouches for the database: PEM, or the path of a file of it; the system's authorities without.",
    )
    database_secret: str | None = Field(None, validation_alias=_shared("DATABASE_SECRET"))
    client_secret: str | None = Field(
        None, validation_alias=_shared("CLIENT_SECRET"), description="The ARN of a secret, not the secret."
    )
    embedded_metrics: bool = Field(default=False, validation_alias=_shared("EMBEDDED_METRICS"))

    response_share: float = Field(0.01, ge=0, le=1, validation_alias=_shared("RESPONSE_SHARE"))


def load_settings(service: str, package: str = "services") -> ServiceSettings:
    """The settings of a service from the environment; raises BadSetting."""
    kind: type[ServiceSettings] = importlib.import_module(f"{package}.{service}.settings").Settings
    try:
        return kind()
    except ValidationError as error:
        prefix = kind.model_config.get("env_prefix", "")
        wrong = [f"{_variable(str(one['loc'][0]), prefix)}: {one['msg']}" for one in error.errors()]
        raise BadSetting(f"{service} cannot start with these settings: {'; '.join(wrong)}") from None


def _variable(name: str, prefix: str) -> str:
    return name if name.isupper() else f"{prefix}{name}".upper()
