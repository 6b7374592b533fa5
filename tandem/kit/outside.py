"""Everything outside the process that a service leans on, behind interfaces; tests bring their own."""

from __future__ import annotations

from dataclasses import dataclass, field

from prometheus_client import REGISTRY, CollectorRegistry

from tandem.kit.auth.jwks import KeySet, open_keys
from tandem.kit.auth.tokens import FileToken, NullToken
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
    tokens = FileToken(settings.token_file) if settings.token_file else NullToken()
    endpoint = str(settings.traces_endpoint) if settings.traces_endpoint else None
    tracing = open_tracing(endpoint, service, settings.version, settings.stage)
    calls = tracing.around_transport(AiohttpTransport())
    return Outside(
        keys=open_keys(settings.jwks),
        transport=PostgresTransport(str(settings.bus_url), catalogue.routes()) if settings.bus_url else NullTransport(),
        network=PeerNetwork(_addresses(settings.peer_addresses), tokens, calls, registry),
        objects=_objects(settings),
        flags=open_flags(settings.flag_file),
        tracing=tracing,
    )


def _addresses(setting: str) -> Resolver:
    try:
        return addresses(setting)
    except ValueError as error:
        raise BadSetting(f"TANDEM_PEERS: {error}") from error


def _objects(settings: ServiceSettings) -> ObjectStore:
    if settings.objects_bucket is None:
        return NullObjectStore()
    endpoint = str(settings.objects_endpoint) if settings.objects_endpoint else None
    return S3ObjectStore(
        S3Settings(
            settings.objects_bucket, settings.objects_region, endpoint_url=endpoint, path_style=endpoint is not None
        )
    )
