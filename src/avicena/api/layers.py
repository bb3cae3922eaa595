"""What lies around every request, as plain ASGI: its envelope, and the door that closes when too many wait."""

import logging
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from avicena.api import headers
from avicena.api.errors import Busy, problem
from avicena.api.metrics import Meters
from avicena.api.queue import Queue
from avicena.core.errors import AvicenaError

log = logging.getLogger("avicena.api")

QUESTIONS = "/v1/"
"""Where the paths begin that cost a thread and are turned away when too many wait."""

ROUTE = "route"
"""Where the state of a request holds the path of the route that took it."""

_COMMON = [
    (b"x-api-version", headers.VERSION.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
_CLOSED = [(b"cache-control", b"no-store"), (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")]
"""For every response that does not say otherwise itself."""


async def send_problem(send: Send, error: Exception, request_id: str) -> None:
    """Send an error as a problem."""
    status, given, body = problem(error, request_id)
    raw = [(name.encode(), value.encode()) for name, value in given.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": int(status), "headers": raw})
    await send({"type": "http.response.body", "body": body})


class Envelope:
    """Gives every response its version, request id and security headers, counts it, and lets no exception out."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self.app = app
        self.meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        given = headers.read(scope["headers"])
        request_id = headers.request_id(given)
        scope.setdefault("state", {}).update(headers=given, request_id=request_id)
        status = 0

        async def send_dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _dressed(message["headers"], request_id)
            await send(message)

        try:
            await self.app(scope, receive, send_dressed)
        except Exception as error:
            if not isinstance(error, AvicenaError):
                log.error("request %s: %s", request_id, type(error).__name__)
            if not status:
                await send_problem(send_dressed, error, request_id)
        finally:
            self.meters.request(scope["method"], _route(scope), status, perf_counter() - started)


def _dressed(given: Any, request_id: str) -> list[tuple[bytes, bytes]]:
    names = {name for name, _ in given}
    closed = [pair for pair in _CLOSED if pair[0] not in names]
    return [*given, *_COMMON, *closed, (b"x-request-id", request_id.encode())]


def _route(scope: Scope) -> str:
    """The path of the route that took the request, with its parameters' names; "(none)" where none did."""
    return str(scope["state"].get(ROUTE, "(none)"))


class Admission:
    """Lets questions in while the queue is not full and turns the others away before their bodies are read."""

    def __init__(self, app: ASGIApp, queue: Queue, meters: Meters) -> None:
        self.app = app
        self.queue = queue
        self.meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(QUESTIONS):
            await self.app(scope, receive, send)
            return
        if self.queue.full:
            self.meters.overload.inc()
            words = Busy("as many questions as may wait are waiting; send this one again shortly")
            await send_problem(send, words, scope["state"]["request_id"])
            return
        with self.queue.entered(), self.meters.inside.track_inprogress():
            await self.app(scope, receive, send)
