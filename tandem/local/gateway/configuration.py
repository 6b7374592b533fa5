"""The whole gateway as one pure function: operations, instances and routing in, Envoy's documents out."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tandem.local.gateway import resources
from tandem.local.gateway.operations import Operation, most_literal_first, path_match
from tandem.local.gateway.resources import Document, type_url
from tandem.local.gateway.routing import LIVE, Instance, Routing, Target, versions

MOCK_CLUSTER = "mock"
TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Ports:
    """`address` is where the gateway listens; the admin port is on the loopback whatever it is."""

    gateway: int
    admin: int
    mock: int
    address: str = "127.0.0.1"


@dataclass(frozen=True)
class Content:
    """What the gateway answers itself: the public keys, and SVG pictures of card designs by name."""

    jwks: str | None = None
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Documents:
    bootstrap: Document
    lds: Document
    cds: Document
    rds: Document
    eds: Mapping[str, Document]


def configuration(
    operations: Sequence[Operation],
    instances: Sequence[Instance],
    routing: Routing,
    ports: Ports,
    *,
    content: Content | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Documents:
    by_service = {name: [i for i in instances if i.service == name] for name in _services(operations)}
    clusters = {MOCK_CLUSTER: resources.fixed_cluster(MOCK_CLUSTER, ports.mock)}
    assignments: dict[str, Document] = {}
    for name, placed in by_service.items():
        for version in versions(placed):
            of_version = [("127.0.0.1", i.port) for i in placed if i.version == version]
            cluster = cluster_name(name, version)
            clusters[cluster] = resources.cluster(cluster)
            assignments[cluster] = resources.load_assignment(cluster, of_version)
    routes = _routes(operations, by_service, routing, content or Content())
    return Documents(
        bootstrap=resources.bootstrap(ports.admin),
        lds=_document([resources.listener(ports.address, ports.gateway)]),
        cds=_document(clusters.values()),
        rds=_document([_route_configuration(routes, timeout_seconds)]),
        eds={name: _document([_endpoints(one)]) for name, one in assignments.items()},
    )


def cluster_name(service: str, version: str) -> str:
    return f"{service}@{version}"


def _services(operations: Sequence[Operation]) -> list[str]:
    return list(dict.fromkeys(operation.service for operation in operations))


def _document(found: Iterable[Document]) -> Document:
    """The version is a digest of the content: Envoy shows it in its statistics once it has accepted it."""
    listed = list(found)
    digest = hashlib.sha256(json.dumps(listed, sort_keys=True).encode()).hexdigest()
    return {"version_info": digest[:16], "resources": listed}


def _endpoints(assignment: Document) -> Document:
    return {"@type": type_url("envoy.config.endpoint.v3.ClusterLoadAssignment"), **assignment}


def _route_configuration(routes: Sequence[Document], timeout_seconds: float) -> Document:
    for route in routes:
        if "route" in route:
            route["route"]["timeout"] = f"{timeout_seconds:g}s"
    return {
        "@type": type_url("envoy.config.route.v3.RouteConfiguration"),
        "name": resources.ROUTES,
        "validate_clusters": True,
        "max_direct_response_body_size_bytes": 1 << 20,
        "virtual_hosts": [resources.virtual_host(routes)],
    }


def _routes(
    operations: Sequence[Operation], placed: Mapping[str, list[Instance]], routing: Routing, content: Content
) -> list[Document]:
    routes = [*_own_answers(operations, content)]
    for path in most_literal_first(operation.path for operation in operations):
        here = [operation for operation in operations if operation.path == path]
        for operation in here:
            target = routing.of_operation(operation)
            routes += _sent(operation, target, placed[operation.service], routing, match=_operation_match(operation))
        # Another method on a path that exists: its owner says 405 and which methods there are.
        owner = Operation(here[0].service, "anyOther", "", path)
        target = routing.of_service(owner.service)
        routes += _sent(owner, target, placed[owner.service], routing, match=path_match(path))
    return [*routes, _refused("nothing", {"prefix": "/"}, "NOT_FOUND")]


def _operation_match(operation: Operation) -> Document:
    # Whoever answers GET answers HEAD.
    method = {"safe_regex": {"regex": "GET|HEAD"}} if operation.is_safe else {"exact": operation.method.upper()}
    return {**path_match(operation.path), "headers": [{"name": ":method", "string_match": method}]}


def _sent(
    operation: Operation, target: Target, placed: list[Instance], routing: Routing, *, match: Document
) -> list[Document]:
    if target != LIVE:
        # The mock passes on what goes to an address, and holds the answer against the contract.
        return [_forward(operation, match, {"cluster": MOCK_CLUSTER}, served_by=str(target))]
    if not placed:
        return [_refused(operation.name, match, "SERVICE_UNAVAILABLE")]
    return _live(operation, placed, routing, match)


def _live(operation: Operation, placed: list[Instance], routing: Routing, match: Document) -> list[Document]:
    """A version asked for by header comes before the weights; with one version there is nothing to choose."""
    service, known = operation.service, versions(placed)
    weights = {v: w for v, w in routing.weights.get(service, {}).items() if v in known}
    if not sum(weights.values()):
        weights = {known[0]: 100}
    by_weight = [_weighted(operation, match, weights, sticky=service in routing.sticky)]
    if len(known) == 1:
        return by_weight
    asked = [("x-tandem-version", version, version) for version in known] + [("x-canary", "always", known[-1])]
    return [_asked(operation, match, *one) for one in asked] + by_weight


def _asked(operation: Operation, match: Document, header: str, value: str, version: str) -> Document:
    wanted = {"name": header, "string_match": {"exact": value}}
    cluster = cluster_name(operation.service, version)
    return _forward(
        operation, {**match, "headers": [*match.get("headers", []), wanted]}, {"cluster": cluster}, served_by=cluster
    )


def _weighted(operation: Operation, match: Document, weights: Mapping[str, int], *, sticky: bool) -> Document:
    if len(weights) == 1:
        cluster = cluster_name(operation.service, next(iter(weights)))
        return _forward(operation, match, {"cluster": cluster}, served_by=cluster)
    clusters = [
        {"name": name, "weight": weight, "response_headers_to_add": [_header("x-served-by", name)]}
        for name, weight in ((cluster_name(operation.service, v), w) for v, w in weights.items())
    ]
    action: Document = {"weighted_clusters": {"clusters": clusters}}
    if sticky:
        action["weighted_clusters"]["use_hash_policy"] = True
        action["hash_policy"] = [{"header": {"header_name": "x-user"}}]
    return _forward(operation, match, action)


def _forward(operation: Operation, match: Document, action: Document, *, served_by: str | None = None) -> Document:
    route: Document = dict(action)
    if operation.is_safe:
        # A write that may have arrived is never sent twice by the gateway; its client has an idempotency key for that.
        route["retry_policy"] = {"retry_on": "connect-failure,refused-stream,reset-before-request", "num_retries": 2}
    document: Document = {"name": operation.name, "match": match, "route": route}
    if served_by:
        document["response_headers_to_add"] = [_header("x-served-by", served_by)]
    return document


def _own_answers(operations: Sequence[Operation], content: Content) -> list[Document]:
    index = {"title": "Tandem gateway", "operations": len(operations), "services": _services(operations)}
    routes = [_answer("index", "/", json.dumps(index), "application/json")]
    if content.jwks is not None:
        routes.append(_answer("jwks", "/.well-known/jwks.json", content.jwks, "application/json"))
    for name, picture in sorted(content.pictures.items()):
        routes.append(_answer("picture", f"/tandem-pictures/designs/{name}.svg", picture, "image/svg+xml"))
    return routes


def _answer(name: str, path: str, body: str, media_type: str) -> Document:
    headers = [_header("content-type", media_type), _header("cache-control", "no-cache")]
    answer = {"status": 200, "body": {"inline_string": body}}
    route = {"name": f"gateway.{name}", "match": {"path": path}, "direct_response": answer}
    return {**route, "response_headers_to_add": headers}


def _refused(name: str, match: Document, status: str) -> Document:
    """A direct response passes by the CORS filter, and a page could not read it. No request can carry `:status`."""
    return {
        "name": name,
        "match": match,
        "route": {"cluster_header": ":status", "cluster_not_found_response_code": status},
    }


def _header(key: str, value: str) -> Document:
    # `%` begins a command in Envoy's header values.
    return {"header": {"key": key, "value": value.replace("%", "%%")}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
