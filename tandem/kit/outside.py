"""Everything outside the process that a service leans on, behind interfaces; tests bring their own."""

from __future__ import annotations

from dataclasses import dataclass, field

from prometheus_client import REGISTRY, CollectorRegistry
from sqlalchemy import make_url

from tandem.kit.auth.granted import GrantedToken, client_credentials
from tandem.kit.auth.jwks import KeySet, open_keys
from tandem.kit.auth.tokens import FileToken, NullToken, TokenSource
from tandem.kit.aws.clients import Cloud
from tandem.kit.aws.cloud_map import CloudMap
from tandem.kit.aws.queues import Queue, SnsSqsTransport
from tandem.kit.aws.secrets import ClientSecret, DatabasePassword
from tandem.kit.discovery import Resolver, addresses
from tandem.kit.events.catalogue import Catalogue
from tandem.kit.events.memory import NullTransport
from tandem.kit.events.postgres import PostgresTransport
from tandem.kit.events.transport import Transport
from tandem.kit.flags import Flags, open_flags
from tandem.kit.objects import NullObjectStore, ObjectStore, S3ObjectStore, S3Settings
from tandem.kit.peers import PeerNetwork
from tandem.kit.peers.transport import AiohttpTransport
from tandem.kit.settings import BadSetting, ServiceSettings
from tandem.kit.telemetry.traces import NullTracing, Tracing, open_tracing


@dataclass
class Outside:
    keys: KeySet
    transport: Transport
    network: PeerNetwork
    objects: ObjectStore
    flags: Flags
    tracing: Tracing = field(default_factory=NullTracing)


def connect(
    service: str, settings: ServiceSettings, catalogue: Catalogue, registry: CollectorRegistry = REGISTRY
) -> Outside:
    """The real ones, as the settings say. Nothing is contacted yet."""
    endpoint = str(settings.traces_endpoint) if settings.traces_endpoint else None
    tracing = open_tracing(endpoint, service, settings.version, settings.stage)
    calls = tracing.around_transport(AiohttpTransport())
    return Outside(
        keys=open_keys(settings.jwks),
        transport=_transport(service, settings, catalogue),
        network=PeerNetwork(resolver(settings), tokens(settings), calls, registry),
        objects=_objects(settings),
        flags=open_flags(settings.flag_file),
        tracing=tracing,
    )


def cloud(settings: ServiceSettings) -> Cloud:
    return Cloud(settings.region, str(settings.aws_endpoint) if settings.aws_endpoint else None)


def database_password(settings: ServiceSettings) -> DatabasePassword | None:
    """None when the password stands in the database's URL."""
    return DatabasePassword.of(cloud(settings), settings.database_secret) if settings.database_secret else None


async def database_url(settings: ServiceSettings) -> str:
    """With the password in it. Raises SecretUnavailable."""
    url = make_url(str(settings.database_url))
    password = database_password(settings)
    return url.set(password=await password() if password else url.password).render_as_string(hide_password=False)


def tokens(settings: ServiceSettings) -> TokenSource:
    """What this service calls others with. Raises BadSetting."""
    if (settings.token_url is None) != (settings.client_secret is None):
        raise BadSetting("TANDEM_TOKEN_URL and TANDEM_CLIENT_SECRET go together: set both or neither.")
    if settings.token_url and settings.client_secret:
        client = ClientSecret.of(cloud(settings), settings.client_secret)
        return GrantedToken(client_credentials(str(settings.token_url), settings.audience, client))
    return FileToken(settings.token_file) if settings.token_file else NullToken()


def _transport(service: str, settings: ServiceSettings, catalogue: Catalogue) -> Transport:
    if (settings.queue is None) != (settings.dead_letters is None):
        raise BadSetting("TANDEM_QUEUE and TANDEM_DEAD_LETTERS go together: set both or neither.")
    if settings.topic or settings.queue:
        queues = {service: Queue(str(settings.queue), str(settings.dead_letters))} if settings.queue else {}
        return SnsSqsTransport(cloud(settings), settings.topic, queues)
    if settings.bus_url:
        return PostgresTransport(str(settings.bus_url), catalogue.routes())
    return NullTransport()


def resolver(settings: ServiceSettings) -> Resolver:
    if settings.namespace:
        return CloudMap.of(cloud(settings), settings.namespace)
    try:
        return addresses(settings.peer_addresses)
    except ValueError as error:
        raise BadSetting(f"TANDEM_PEERS: {error}") from error


def _objects(settings: ServiceSettings) -> ObjectStore:
    if settings.objects_bucket is None:
        return NullObjectStore()
    endpoint = str(settings.objects_endpoint) if settings.objects_endpoint else None
    return S3ObjectStore(
        S3Settings(settings.objects_bucket, settings.region, endpoint_url=endpoint, path_style=endpoint is not None)
    )
