"""One process that answers: it opens the installation for itself and gets its connections from its parent."""

import asyncio
import gc
import logging
import signal
import socket
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from avicena.core.errors import AvicenaError

log = logging.getLogger("avicena.api")

PATIENCE = 10
"""Seconds that running requests get to finish when the service stops."""
KEEP_ALIVE = 75
"""Seconds that an idle connection stays open: longer than proxies reuse one, so that none is closed under a request."""
CONNECTION, READY, ENDED = b"c", b"r", b"e"
"""What parent and worker tell each other: here is a connection; I can take connections; one of them has ended."""


def config(app: ASGIApp, **given: Any) -> uvicorn.Config:
    """How every process of ours speaks HTTP."""
    common: dict[str, Any] = {
        "http": "httptools",
        "loop": "uvloop",
        "ws": "none",
        "lifespan": "on",
        "access_log": False,
        "log_level": "warning",
        "server_header": False,
        "proxy_headers": False,
        "timeout_keep_alive": KEEP_ALIVE,
        "timeout_graceful_shutdown": PATIENCE,
    }
    return uvicorn.Config(app, **common | given)


def settle() -> None:
    """Let the garbage collector pass over what stays for good, and look less often: an answer leaves few cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


class _Protocol(HttpToolsProtocol):
    """HTTP that tells `ended` when its connection is lost."""

    def __init__(self, ended: Any, **given: Any) -> None:
        super().__init__(**given)
        self._ended = ended

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._ended()


class Receiver(uvicorn.Server):
    """A server that listens nowhere: connections come over a channel, whose end is its own end."""

    def __init__(self, config: uvicorn.Config, channel: socket.socket) -> None:
        super().__init__(config)
        self._channel = channel
        self._tasks: set[asyncio.Task[Any]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup([])
        settle()
        self._channel.setblocking(False)
        asyncio.get_running_loop().add_reader(self._channel, self._receive)
        self._tell(READY)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Leave Ctrl-C, which the whole terminal gets, to the parent."""
        if sig != signal.SIGINT:
            super().handle_exit(sig, frame)

    def _receive(self) -> None:
        try:
            told, connections, _, _ = socket.recv_fds(self._channel, 1, 1)
        except BlockingIOError:
            return
        except OSError:
            told, connections = b"", []
        if not told:
            asyncio.get_running_loop().remove_reader(self._channel)
            self.should_exit = True
        for one in connections:
            task = asyncio.get_running_loop().create_task(self._take(socket.socket(fileno=one)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _take(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        protocol = partial(
            _Protocol,
            partial(self._tell, ENDED),
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        try:
            await asyncio.get_running_loop().connect_accepted_socket(protocol, connection)
        except OSError:
            connection.close()
            self._tell(ENDED)

    def _tell(self, what: bytes) -> None:
        with suppress(OSError):
            self._channel.send(what)


def main(channel: int) -> int:
    """Answer until the channel (a file descriptor) is closed; the exit status."""
    from avicena.api.server import app_from_environment

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # until the server takes it over
    try:
        app = app_from_environment()
    except AvicenaError as error:
        log.error("%s", error)
        return 1
    with socket.socket(fileno=channel) as parent:
        Receiver(config(app), parent).run()
    return 0
