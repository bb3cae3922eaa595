"""The HTTP service: its layers, and how it is started and stopped."""

import asyncio
import logging
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import ASGIApp

from avicena import settings
from avicena.api import docs
from avicena.api.answers import Desk
from avicena.api.headers import JSON
from avicena.api.layers import Admission, Envelope
from avicena.api.metrics import Meters
from avicena.api.queue import Queue
from avicena.api.routes import Door, described, nowhere, operations, questions
from avicena.api.worker import config, settle
from avicena.api.workers import count, crew
from avicena.core.errors import AvicenaError, Misconfigured
from avicena.site import Site, open_site

log = logging.getLogger("avicena.api")

BACKLOG = 1024


def create_app(site: Site, *, own: bool = False) -> ASGIApp:
    """The service of one installation as an ASGI application; with `own` it closes the site when it stops.

    A question passes two layers and the router, and nothing else; FastAPI only describes the routes.
    """
    meters = Meters()
    queue = Queue(site.settings.threads, site.settings.waiting)
    desk = Desk(site, meters, queue)

    @asynccontextmanager
    async def lifespan(app: object) -> AsyncIterator[None]:
        await asyncio.to_thread(_warm, site)
        yield
        desk.close()
        if own:
            site.close()

    doors = [*questions(site, desk), *operations(site, meters)]
    document = described(doors)

    async def openapi(request: Request) -> Response:
        return Response(document, media_type=JSON)

    doors += [Door("/openapi.json", openapi), Door("/docs", docs.page), Door("/docs/{name}", docs.file)]
    routes = [one.route() for one in doors]
    router = Router(routes, lifespan=lifespan, default=nowhere)
    return Envelope(Admission(router, queue, meters), meters)


def _warm(site: Site) -> None:
    """Load what answers now, so that the first question does not wait for it; /health/ready tells what fails."""
    for name in site.applications:
        with suppress(AvicenaError):
            site.live(name)


def app_from_environment() -> ASGIApp:
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
        settle()
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
