"""Questions and answers over HTTP: read the request, hand it to a thread, show what came back."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import Response

from avicena import lifecycle, queries
from avicena.api import body, headers
from avicena.api.describe import describe
from avicena.api.errors import CREATED, OK
from avicena.api.headers import FHIR, Headers
from avicena.api.metrics import Meters
from avicena.api.queue import Queue
from avicena.core.actor import Actor
from avicena.core.answer import Answer
from avicena.core.errors import AvicenaError, NotFound, Unavailable
from avicena.formats.answer import view
from avicena.formats.fhir import bundle
from avicena.site import Site

NOBODY = Actor("nobody", ())
"""The actor of a request that nobody we know sent."""

Endpoint = Callable[[Request], Awaitable[Response]]
Result = TypeVar("Result")

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the threads see it; `body` is the error that collecting it raised where it did."""

    headers: Headers
    client: str
    body: bytes | AvicenaError = b""


class Desk:
    """Takes questions from the event loop and has them answered by a fixed number of threads."""

    def __init__(self, site: Site, meters: Meters, queue: Queue) -> None:
        self.site = site
        self.queue = queue
        self.meters = meters
        self._pool = ThreadPoolExecutor(site.settings.threads, thread_name_prefix="answer")

    def close(self) -> None:
        """Let the threads finish what they hold."""
        self._pool.shutdown()

    def asking(self, name: str | None) -> Endpoint:
        """The endpoint of one application, or of the one that the path names."""

        async def ask(request: Request) -> Response:
            asked = await self._asked(request)
            return await self._run(self._answer, name or request.path_params["application"], asked)

        return ask

    async def read(self, request: Request) -> Response:
        """The answer again, as it was given."""
        return await self._run(self._read, _id(request), _bodyless(request))

    async def heat_map(self, request: Request) -> Response:
        """The heat map of an answer."""
        query = request.query_params
        overlay = query.get("overlay", "true").lower() not in ("false", "0", "no")
        return await self._run(self._heat_map, _id(request), query.get("stage"), overlay, _bodyless(request))

    async def describe(self, request: Request) -> Response:
        """What an application asks and answers."""
        name = request.path_params["application"]
        return await self._run(self._describe, name, _bodyless(request))

    async def _run(self, work: Callable[..., Response], *given: object) -> Response:
        try:
            with self.queue.worked():
                return await asyncio.get_running_loop().run_in_executor(self._pool, work, *given)
        except Unavailable:
            self.meters.audit_failures.inc()
            raise

    async def _asked(self, request: Request) -> Asked:
        bare = _bodyless(request)
        try:
            found: bytes | AvicenaError = await body.collect(
                request.receive, bare.headers, self.site.settings.largest_body
            )
        except AvicenaError as error:
            found = error
        return Asked(bare.headers, bare.client, found)

    def _answer(self, name: str, asked: Asked) -> Response:
        with self._refusals("ask", name, "", asked) as actor:
            media = headers.view(asked.headers)
            if isinstance(asked.body, AvicenaError):
                raise asked.body
            raw = body.parse(asked.headers, asked.body, self.site.application(name))
        answer = lifecycle.answer(self.site, name, raw, actor)
        self.meters.decision(name, answer.decision.action, answer.prediction.familiar)
        return self._shown(answer, media, int(CREATED), {"location": f"/v1/answers/{answer.id}"})

    def _read(self, id: str, asked: Asked) -> Response:
        with self._refusals("read", "", f"answer/{id}", asked) as actor:
            media = headers.view(asked.headers)
        return self._shown(lifecycle.read(self.site, id, actor), media, int(OK), {})

    def _heat_map(self, id: str, stage: str | None, overlay: bool, asked: Asked) -> Response:
        with self._refusals("read", "", f"answer/{id}", asked) as actor:
            pass
        answer = lifecycle.read(self.site, id, actor)
        return Response(queries.heat_map(self.site, answer, stage, overlay=overlay), media_type="image/png")

    @contextmanager
    def _refusals(self, act: str, name: str, subject: str, asked: Asked) -> Iterator[Actor]:
        """Who asks; what is refused before the act begins, the asker included, leaves its audit line too."""
        actor = NOBODY
        try:
            actor = self._who(asked)
            headers.check_version(asked.headers)
            yield actor
        except AvicenaError as error:
            lifecycle.refuse(self.site, act, name, subject, actor, error)
            raise

    def _describe(self, name: str, asked: Asked) -> Response:
        headers.check_version(asked.headers)
        self._who(asked)
        return Response(orjson.dumps(describe(self.site.application(name))), media_type=headers.JSON)

    def _shown(self, answer: Answer, media: str, status: int, given: dict[str, str]) -> Response:
        app = self.site.application(answer.application)
        shown = bundle(answer, app) if media == FHIR else view(answer, app)
        return Response(orjson.dumps(shown), status, {**given, "vary": "accept"}, media)

    def _who(self, asked: Asked) -> Actor:
        return self.site.identity.who(asked.headers, asked.client)


def _bodyless(request: Request) -> Asked:
    client = request.client.host if request.client is not None else ""
    return Asked(request.state.headers, client)


def _id(request: Request) -> str:
    """The id of an answer in the path. Raises NotFound (nothing could be kept under it)."""
    id = str(request.path_params["id"])
    if not _ID.match(id):
        raise NotFound("no answer of that name here")
    return id
