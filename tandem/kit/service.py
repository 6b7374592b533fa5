"""From a contract, its handlers and its settings to a service that runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tandem.kit.auth.verifier import TokenVerifier
from tandem.kit.background import Background
from tandem.kit.binding import bind
from tandem.kit.contract import Contract, load_contract
from tandem.kit.database import Database
from tandem.kit.database_tls import database_tls
from tandem.kit.dispatch import OperationEndpoint
from tandem.kit.edge import Edge, on_http_exception, on_problem
from tandem.kit.events.catalogue import Catalogue
from tandem.kit.outside import Outside, connect, database_password
from tandem.kit.peers import PeerClient
from tandem.kit.problems import MethodNotAllowed, Problem
from tandem.kit.runtime import Runtime
from tandem.kit.settings import ServiceSettings
from tandem.kit.telemetry.traces import Tracing

Peers = Callable[[Callable[[str], PeerClient]], Any]


def serve(
    name: str,
    settings: ServiceSettings,
    handlers: ModuleType,
    peers: Peers,
    outside: Outside | None = None,
    **options: Any,
) -> FastAPI:
    """The service `name`; `options` go to its Runtime. Raises ContractError when contract and handlers disagree."""
    contract = load_contract(settings.contracts / name / "openapi.yaml")
    catalogue = Catalogue.load(settings.contracts)
    bound = bind(contract, catalogue.heard_by(name), handlers)
    outside = outside or connect(name, settings, catalogue)
    runtime = Runtime(
        service=name,
        contract=contract,
        settings=settings,
        database=Database(
            str(settings.database_url),
            f"{name} {settings.version}",
            settings.most_connections,
            password=database_password(settings),
            tls=database_tls(settings),
        ),
        catalogue=catalogue,
        verifier=TokenVerifier(settings.issuer, settings.audience, outside.keys),
        peers=peers(outside.network.connect),
        objects=outside.objects,
        flags=outside.flags,
        **{"version": settings.version, "stage": settings.stage, "response_share": settings.response_share, **options},
    )
    background = Background(runtime, outside, bound.events)
    endpoints = {
        operation.id: OperationEndpoint(runtime, operation, *bound.operations[operation.id])
        for operation in contract.operations
    }
    return _application(runtime, background, endpoints, outside.tracing)


def _application(
    runtime: Runtime, background: Background, endpoints: Mapping[str, OperationEndpoint], tracing: Tracing
) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await background.start()
        try:
            yield
        finally:
            await background.stop()

    contract = runtime.contract
    app = FastAPI(
        title=contract.title, version=contract.version, openapi_url=None, redirect_slashes=False, lifespan=lifespan
    )
    app.router.routes[:] = [*_routes(contract, endpoints), _document_route(contract)]
    app.add_middleware(tracing.around_app)
    app.add_middleware(Edge, runtime=runtime)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.state.runtime = runtime
    app.state.background = background
    return app


def _routes(contract: Contract, endpoints: Mapping[str, OperationEndpoint]) -> list[Route]:
    """One route a path, literal paths before templates, so that `/cards/export` is never read as a card id."""
    by_path: dict[str, dict[str, OperationEndpoint]] = {}
    for operation in contract.operations:
        by_path.setdefault(operation.route, {})[operation.method] = endpoints[operation.id]
    paths = sorted(by_path, key=lambda path: [part.startswith("{") for part in path.split("/")])
    return [Route(path, _Path(by_path[path])) for path in paths]


class _Path:
    """Chooses the operation by the method; the others are a 405 that says what is possible (RFC 9110)."""

    def __init__(self, endpoints: Mapping[str, OperationEndpoint]) -> None:
        self._endpoints = {**endpoints, **({"HEAD": endpoints["GET"]} if "GET" in endpoints else {})}
        self._allow = ", ".join(sorted(self._endpoints))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._endpoints.get(scope["method"])
        if endpoint is None:
            problem = MethodNotAllowed(f"{scope['method'][:20]} is not possible here; {self._allow} is.")
            problem.headers = {"allow": self._allow}
            raise problem
        await endpoint(scope, receive, send)


def _document_route(contract: Contract) -> Route:
    """The service publishes the contract itself, not a reading of its code."""

    async def openapi(_: Request) -> Response:
        return JSONResponse(contract.document)

    return Route("/openapi.json", openapi)
