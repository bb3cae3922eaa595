"""The HTTP service: its routes, its layers, and how it is started and stopped."""

import asyncio
import logging
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from avicena import queries, settings
from avicena.api import docs, metrics
from avicena.api.answers import Desk
from avicena.api.describe import ANSWER, PROBLEM, VIEWS, request_body
from avicena.api.errors import PROBLEM as PROBLEM_TYPE
from avicena.api.errors import NotReady, of_status, problem
from avicena.api.headers import JSON
from avicena.api.layers import Admission, Envelope
from avicena.api.metrics import Meters
from avicena.api.queue import Queue
from avicena.api.worker import config
from avicena.api.workers import count, crew
from avicena.core.errors import AvicenaError, Misconfigured
from avicena.site import Site, open_site
from avicena.version import __version__

log = logging.getLogger("avicena.api")

BACKLOG = 1024


def create_app(site: Site, *, own: bool = False) -> FastAPI:
    """The service of one installation as an ASGI application; with `own` it closes the site when it stops."""
    meters = Meters()
    queue = Queue(site.settings.threads, site.settings.waiting)
    desk = Desk(site, meters, queue)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()
        if own:
            site.close()

    app = FastAPI(
        title="Avicena",
        version=__version__,
        description="Clinical predictions that a clinician can trust. Research use only; not a medical device.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
    )
    _questions(app, site, desk)
    _operations(app, site, meters)
    app.add_exception_handler(AvicenaError, _problem)
    app.add_exception_handler(HTTPException, _problem_of_router)
    app.add_middleware(Admission, queue=queue, meters=meters)
    app.add_middleware(Envelope, meters=meters)
    document = orjson.dumps(_openapi(app))

    async def openapi(request: Request) -> Response:
        return Response(document, media_type=JSON)

    app.add_route("/openapi.json", openapi)
    app.add_route("/docs", docs.page)
    app.add_route("/docs/{name}", docs.file)
    return app


def _questions(app: FastAPI, site: Site, desk: Desk) -> None:
    """The routes under /v1."""
    for name, application in site.applications.items():
        app.add_api_route(
            f"/v1/{name}/answers",
            desk.asking(name),
            methods=["POST"],
            status_code=201,
            response_class=Response,
            summary=application.purpose.en,
            operation_id=f"ask-{name}",
            tags=["answers"],
            responses={
                201: {"description": "The answer", "content": VIEWS},
                **_problems(400, 403, 406, 408, 413, 415, 422, 503),
            },
            openapi_extra={"requestBody": request_body(application)},
        )
    app.add_api_route("/v1/{application}/answers", desk.asking(None), methods=["POST"], include_in_schema=False)
    app.add_api_route(
        "/v1/answers/{id}",
        desk.read,
        response_class=Response,
        summary="An answer as it was given",
        operation_id="read-answer",
        tags=["answers"],
        responses={200: {"description": "The answer", "content": VIEWS}, **_problems(400, 403, 404, 406, 503)},
        openapi_extra={"parameters": [_ID]},
    )
    app.add_api_route(
        "/v1/answers/{id}/heat-map.png",
        desk.heat_map,
        response_class=Response,
        summary="Where the network saw its evidence, over the picture",
        operation_id="heat-map",
        tags=["answers"],
        responses={200: {"description": "The heat map", "content": {"image/png": {}}}, **_problems(400, 403, 404, 503)},
        openapi_extra={"parameters": [_ID, _OVERLAY, _STAGE]},
    )
    app.add_api_route(
        "/v1/{application}",
        desk.describe,
        response_class=Response,
        summary="What an application asks and answers",
        operation_id="describe",
        tags=["applications"],
        responses={200: {"description": "Its description", "content": {JSON: {}}}, **_problems(400, 403, 404, 503)},
        openapi_extra={"parameters": [{**_NAME, "schema": {"type": "string", "enum": list(site.applications)}}]},
    )


def _operations(app: FastAPI, site: Site, meters: Meters) -> None:
    """The routes for whoever runs the service."""

    async def live(request: Request) -> Response:
        return Response(b'{"status":"live"}', media_type=JSON)

    async def ready(request: Request) -> Response:
        problems = await asyncio.to_thread(queries.ready, site)
        if problems:
            raise NotReady(problems)
        return Response(orjson.dumps({"status": "ready", "warnings": queries.degraded(site)}), media_type=JSON)

    async def figures(request: Request) -> Response:
        return Response(meters.text(), media_type=metrics.MEDIA_TYPE)

    told: dict[int | str, dict[str, Any]] = {200: {"description": "Yes", "content": {JSON: {}}}}
    text: dict[int | str, dict[str, Any]] = {200: {"description": "Figures", "content": {"text/plain": {}}}}
    for path, endpoint, words, responses in (
        ("/health/live", live, "Whether the service runs", told),
        ("/health/ready", ready, "Whether it can answer", told | _problems(503)),
        ("/metrics", figures, "Figures for Prometheus", text),
    ):
        app.add_api_route(
            path,
            endpoint,
            response_class=Response,
            summary=words,
            tags=["operations"],
            operation_id=path.strip("/").replace("/", "-"),
            responses=responses,
        )


_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
_NAME = {"name": "application", "in": "path", "required": True}
_OVERLAY = {
    "name": "overlay",
    "in": "query",
    "description": "false gives the map alone, on a clear ground",
    "schema": {"type": "boolean", "default": True},
}
_STAGE = {
    "name": "stage",
    "in": "query",
    "description": "whose map; the first stage that has one where it is left out",
    "schema": {"type": "string"},
}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def _openapi(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    document.setdefault("components", {}).setdefault("schemas", {}).update(Answer=ANSWER, Problem=PROBLEM)
    return document


async def _problem(request: Request, error: Exception) -> Response:
    status, given, body = problem(error, request.state.request_id)
    return Response(body, int(status), given)


async def _problem_of_router(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    allow = (error.headers or {}).get("Allow", "")
    return await _problem(request, of_status(error.status_code, allow))


def app_from_environment() -> FastAPI:
    """The service that the environment describes, for `uvicorn --factory`. Raises Misconfigured, Unavailable."""
    return create_app(open_site(settings.read()), own=True)


def serve(site: Site, host: str | None = None, port: int | None = None) -> None:
    """Serve until SIGINT or SIGTERM, then finish what runs and close the site.

    With several workers each opens the installation anew, by its settings alone. Raises Misconfigured (the identity
    forbids this address, the address is taken, or no worker can start).
    """
    host = site.settings.host if host is None else host
    site.identity.check_bind(host)
    if site.identity.notice is not None:
        log.warning(site.identity.notice)
    settings, cores = site.settings, available_cores()
    number = count(settings, cores)
    try:
        with _listening(host, settings.port if port is None else port) as listener, _stopping_kindly():
            if number == 1:
                _Server(config(create_app(site))).run(sockets=[listener])
                return
            site.close()
            with crew(listener, settings, number, cores) as workers:
                _say(listener)
                workers.run()
    finally:
        site.close()


class _Server(uvicorn.Server):
    """Says where it listens once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for one in sockets or ():
            _say(one)


def _say(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"Avicena listens on http://{shown}:{port} (try it at /docs); Ctrl-C stops it", flush=True)


def available_cores() -> int:
    """CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens. Raises Misconfigured (the address is taken, or not ours)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host.strip("[]"), port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise Misconfigured(f"cannot listen on {host}:{port}: {error.strerror}; choose another AVICENA_PORT") from None
    with listener:
        yield listener


@contextmanager
def _stopping_kindly() -> Iterator[None]:
    """Let SIGINT and SIGTERM end the block, not the process, once uvicorn has shut down."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
