"""The addresses of the service: what each answers, and how OpenAPI describes it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from avicena import queries
from avicena.api import metrics
from avicena.api.answers import Desk
from avicena.api.describe import ANSWER, PROBLEM, VIEWS, request_body
from avicena.api.errors import PROBLEM as PROBLEM_TYPE
from avicena.api.errors import NotReady, WrongMethod
from avicena.api.headers import JSON
from avicena.api.layers import ROUTE
from avicena.api.metrics import Meters
from avicena.core.errors import NotFound
from avicena.site import Site
from avicena.version import __version__

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Door:
    """One address with its method; `words` is what FastAPI's OpenAPI generator is told of it (none: not shown)."""

    path: str
    endpoint: Endpoint
    method: str = "GET"
    words: Mapping[str, Any] = field(default_factory=dict)

    def route(self) -> Route:
        """The route itself, as thin as ASGI allows."""
        return Route(self.path, _Asgi(self), name=self.path)


class _Asgi:
    """A door as an ASGI application, which leaves its path in the scope. Raises WrongMethod."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._methods = {door.method} if door.words or door.method != "GET" else {"GET", "HEAD"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"][ROUTE] = self._door.path
        if scope["method"] not in self._methods:
            raise WrongMethod(self._door.method)
        response = await self._door.endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    """What answers at every other address. Raises NotFound."""
    raise NotFound("there is no such address; /docs lists them")


def described(doors: Iterable[Door]) -> bytes:
    """The OpenAPI document of these doors."""
    from fastapi.openapi.utils import get_openapi
    from fastapi.routing import APIRoute

    routes = [APIRoute(one.path, one.endpoint, methods=[one.method], **one.words) for one in doors if one.words]
    document = get_openapi(
        title="Avicena",
        version=__version__,
        description="Clinical predictions that a clinician can trust. Research use only; not a medical device.",
        routes=routes,
    )
    document.setdefault("components", {}).setdefault("schemas", {}).update(Answer=ANSWER, Problem=PROBLEM)
    return orjson.dumps(document)


def questions(site: Site, desk: Desk) -> list[Door]:
    """The addresses under /v1."""
    asking = [
        Door(
            f"/v1/{name}/answers",
            desk.asking(name),
            "POST",
            _words(
                summary=application.purpose.en,
                operation_id=f"ask-{name}",
                tags=["answers"],
                status_code=int(HTTPStatus.CREATED),
                responses={
                    201: {"description": "The answer", "content": VIEWS},
                    **_problems(400, 403, 406, 408, 413, 415, 422, 503),
                },
                openapi_extra={"requestBody": request_body(application)},
            ),
        )
        for name, application in site.applications.items()
    ]
    return [
        *asking,
        Door("/v1/{application}/answers", desk.asking(None), "POST"),
        Door(
            "/v1/answers/{id}",
            desk.read,
            words=_words(
                summary="An answer as it was given",
                operation_id="read-answer",
                tags=["answers"],
                responses={
                    200: {"description": "The answer", "content": VIEWS},
                    **_problems(400, 403, 404, 406, 503),
                },
                openapi_extra={"parameters": [_ID]},
            ),
        ),
        Door(
            "/v1/answers/{id}/heat-map.png",
            desk.heat_map,
            words=_words(
                summary="Where the network saw its evidence, over the picture",
                operation_id="heat-map",
                tags=["answers"],
                responses={
                    200: {"description": "The heat map", "content": {"image/png": {}}},
                    **_problems(400, 403, 404, 503),
                },
                openapi_extra={"parameters": [_ID, _OVERLAY, _STAGE]},
            ),
        ),
        Door(
            "/v1/{application}",
            desk.describe,
            words=_words(
                summary="What an application asks and answers",
                operation_id="describe",
                tags=["applications"],
                responses={
                    200: {"description": "Its description", "content": {JSON: {}}},
                    **_problems(400, 403, 404, 503),
                },
                openapi_extra={
                    "parameters": [{**_NAME, "schema": {"type": "string", "enum": list(site.applications)}}]
                },
            ),
        ),
    ]


def operations(site: Site, meters: Meters) -> list[Door]:
    """The addresses for whoever runs the service."""

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
    return [
        Door(
            path,
            endpoint,
            words=_words(
                summary=summary,
                operation_id=path.strip("/").replace("/", "-"),
                tags=["operations"],
                responses=responses,
            ),
        )
        for path, endpoint, summary, responses in (
            ("/health/live", live, "Whether the service runs", told),
            ("/health/ready", ready, "Whether it can answer", told | _problems(503)),
            ("/metrics", figures, "Figures for Prometheus", text),
        )
    ]


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


def _words(**given: Any) -> dict[str, Any]:
    return {"response_class": Response, **given}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}
