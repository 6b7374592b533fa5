"""Envoy's own vocabulary: what is fixed in its listener, clusters and bootstrap. Paths start at its working folder."""

from collections.abc import Sequence
from typing import Any

from tandem.local.gateway.replies import ANSWERED_REQUEST_ID, REQUEST_ID, local_replies

Document = dict[str, Any]

ACCESS_LOG = "access.log"
ENVOY_LOG = "envoy.log"
ROUTES = "edge"
# Uvicorn and Node close an idle connection after 5 s; giving it up first means a request never meets a closing one.
_UPSTREAM_IDLE = "4s"
_LATENCY_BUCKETS_MS = [1, 2, 5, 10, 25, 50, 75, 100, 150, 250, 500, 1000, 2500, 5000, 10000]
_LOCAL_ORIGIN = r"https?://(localhost|127\.0\.0\.1|\[::1\]|[A-Za-z0-9.-]+\.localhost)(:[0-9]{1,5})?"
_CORS_HEADERS = [
    f"access-control-{name}"
    for name in ("allow-origin", "allow-credentials", "allow-headers", "allow-methods", "expose-headers", "max-age")
]
_ALLOWED_HEADERS = (
    "accept, authorization, content-type, idempotency-key, if-match, if-none-match, prefer, traceparent, tracestate, "
    "x-canary, x-request-id, x-tandem-delay, x-tandem-fault, x-tandem-scenario, x-tandem-session, x-tandem-version, "
    "x-user"
)
_EXPOSED_HEADERS = (
    "content-disposition, deprecation, etag, idempotency-replayed, location, retry-after, sunset, tandem-contract, "
    "tandem-drift, tandem-scenario, tandem-session, www-authenticate, x-request-id, x-served-by"
)


def type_url(kind: str) -> str:
    return f"type.googleapis.com/{kind}"


def extension(name: str, kind: str, **settings: object) -> Document:
    return {"name": name, "typed_config": {"@type": type_url(kind), **settings}}


def file_source(kind: str, name: str) -> Document:
    """One directory per type: a rename re-reads every file watched in the same directory."""
    return {
        "resource_api_version": "V3",
        "path_config_source": {"path": f"{kind}/{name}.json", "watched_directory": {"path": kind}},
    }


def bootstrap(admin_port: int) -> Document:
    buckets = {"match": {"prefix": "cluster."}, "buckets": _LATENCY_BUCKETS_MS}
    return {
        "node": {"id": "gateway", "cluster": "tandem"},
        "admin": {"address": _address("127.0.0.1", admin_port)},
        "dynamic_resources": {"lds_config": file_source("lds", "lds"), "cds_config": file_source("cds", "cds")},
        "stats_config": {"histogram_bucket_settings": [buckets]},
        "stats_flush_interval": "0.5s",
        "layered_runtime": {"layers": [{"name": "admin", "admin_layer": {}}]},
    }


def listener(address: str, port: int) -> Document:
    filters = [
        extension("envoy.filters.http.cors", "envoy.extensions.filters.http.cors.v3.Cors"),
        extension("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router"),
    ]
    connection = extension(
        "envoy.filters.network.http_connection_manager",
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix="edge",
        use_remote_address=True,
        generate_request_id=True,
        preserve_external_request_id=True,
        request_id_extension=_request_ids(),
        normalize_path=True,
        server_header_transformation="PASS_THROUGH",
        request_headers_timeout="10s",
        local_reply_config=local_replies(),
        access_log=[_access_log()],
        rds={"route_config_name": ROUTES, "config_source": file_source("rds", "rds")},
        http_filters=filters,
    )
    return {
        "@type": type_url("envoy.config.listener.v3.Listener"),
        "name": "edge",
        "address": _address(address, port),
        # With SO_REUSEPORT a second gateway on the same port starts silently and takes part of the traffic.
        "enable_reuse_port": False,
        "filter_chains": [{"filters": [connection]}],
    }


def _request_ids() -> Document:
    # By default Envoy writes its sampling decision into the fourteenth digit, also of an id that the client chose.
    kind = "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig"
    return {"typed_config": {"@type": type_url(kind), "pack_trace_reason": False}}


def _access_log() -> Document:
    line = {
        "time": "%START_TIME%",
        "request_id": ANSWERED_REQUEST_ID,
        "operation": "%ROUTE_NAME%",
        "method": "%REQ(:METHOD)%",
        # A query may name a person; the service masks its own log by the contract, this one leaves it out.
        "path": "%PATH(NQ)%",
        "status": "%RESPONSE_CODE%",
        "cluster": "%UPSTREAM_CLUSTER_RAW%",
        "duration_ms": "%DURATION%",
        "flags": "%RESPONSE_FLAGS%",
        "detail": "%RESPONSE_CODE_DETAILS%",
        "bytes_sent": "%BYTES_SENT%",
        "traceparent": "%REQ(TRACEPARENT)%",
    }
    kind = "envoy.extensions.access_loggers.file.v3.FileAccessLog"
    return extension("envoy.access_loggers.file", kind, path=ACCESS_LOG, log_format={"json_format": line})


def cluster(name: str) -> Document:
    """Its instances come by EDS, so that moving one drains no connection of another."""
    source = {"eds_config": file_source("eds", name)}
    return {**_cluster(name), "type": "EDS", "eds_cluster_config": source}


def fixed_cluster(name: str, port: int) -> Document:
    return {**_cluster(name), "type": "STATIC", "load_assignment": load_assignment(name, [("127.0.0.1", port)])}


def _cluster(name: str) -> Document:
    http = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
    options = {
        "@type": type_url(http),
        "common_http_protocol_options": {"idle_timeout": _UPSTREAM_IDLE},
        "explicit_http_config": {"http_protocol_options": {}},
    }
    return {
        "@type": type_url("envoy.config.cluster.v3.Cluster"),
        "name": name,
        # A dot would end the cluster's name in the statistics.
        "alt_stat_name": stat_name(name),
        "connect_timeout": "1s",
        "lb_policy": "LEAST_REQUEST",
        "common_lb_config": {"update_merge_window": "0s"},
        "ignore_health_on_host_removal": True,
        "typed_extension_protocol_options": {http: options},
    }


def stat_name(cluster_name: str) -> str:
    return cluster_name.replace(".", "_").replace(":", "_")


def load_assignment(name: str, addresses: Sequence[tuple[str, int]]) -> Document:
    endpoints = [{"endpoint": {"address": _address(host, port)}} for host, port in addresses]
    return {"cluster_name": name, "endpoints": [{"lb_endpoints": endpoints}]}


def _address(host: str, port: int) -> Document:
    return {"socket_address": {"address": host, "port_value": port}}


def virtual_host(routes: Sequence[Document]) -> Document:
    cors = {
        "@type": type_url("envoy.extensions.filters.http.cors.v3.CorsPolicy"),
        "allow_origin_string_match": [{"safe_regex": {"regex": _LOCAL_ORIGIN}}],
        "allow_methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
        "allow_headers": _ALLOWED_HEADERS,
        "expose_headers": _EXPOSED_HEADERS,
        "allow_credentials": True,
        "max_age": "600",
    }
    return {
        "name": "edge",
        "domains": ["*"],
        "routes": list(routes),
        "typed_per_filter_config": {"envoy.filters.http.cors": cors},
        # A service that refuses an id as malformed says which one it used instead.
        "response_headers_to_add": [
            {"header": {"key": "x-request-id", "value": REQUEST_ID}, "append_action": "ADD_IF_ABSENT"}
        ],
        # Which pages may read an answer is said here alone; mock servers like to let in everybody.
        "response_headers_to_remove": _CORS_HEADERS,
        # Only the gateway may say how much time is left.
        "request_headers_to_remove": ["x-envoy-upstream-rq-timeout-ms"],
    }
