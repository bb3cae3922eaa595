"""The one place that knows HTTP status codes: from an error to a problem (RFC 9457)."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from avicena.core.errors import (
    AvicenaError,
    Blocked,
    ContractViolation,
    Misconfigured,
    NotAllowed,
    NotDeployed,
    NotFound,
    Unavailable,
    Unreadable,
    Untrusted,
)

PROBLEM = "application/problem+json"
OK, CREATED = HTTPStatus.OK, HTTPStatus.CREATED


class Malformed(AvicenaError):
    """The caller can mend it: the body is not what its media type says."""


class TooLarge(AvicenaError):
    """The caller can mend it: the body is larger than this site takes."""


class TooSlow(AvicenaError):
    """The caller can mend it: the body did not arrive in time."""


class Gone(AvicenaError):
    """Nobody is left to mend it: the client went away before its body was complete."""


class WrongMediaType(AvicenaError):
    """The caller can mend it: a body of this media type is not understood."""


class NotAcceptable(AvicenaError):
    """The caller can mend it: there is no view of that media type."""


class WrongVersion(AvicenaError):
    """The caller can mend it: this site speaks another version of the API."""


class WrongMethod(AvicenaError):
    """The caller can mend it: this address does not take that method."""


class NotReady(AvicenaError):
    """The operator can mend it: something keeps this installation from answering; `problems` says what, by part."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(self.problems))


class Busy(AvicenaError):
    """Time can mend it: as many questions as may wait are waiting."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one class of error looks over HTTP; `retry` is in seconds, `tell` whether its words are for the caller."""

    status: HTTPStatus
    title: str
    retry: int | None = None
    tell: bool = True


KINDS: dict[type[Exception], Kind] = {
    ContractViolation: Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The input breaks the application's contract"),
    Unreadable: Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The picture cannot be read"),
    Malformed: Kind(HTTPStatus.BAD_REQUEST, "The body does not parse"),
    WrongVersion: Kind(HTTPStatus.BAD_REQUEST, "Another version of the API"),
    NotAllowed: Kind(HTTPStatus.FORBIDDEN, "Not allowed"),
    NotFound: Kind(HTTPStatus.NOT_FOUND, "Not found"),
    WrongMethod: Kind(HTTPStatus.METHOD_NOT_ALLOWED, "Method not allowed"),
    NotAcceptable: Kind(HTTPStatus.NOT_ACCEPTABLE, "No such view"),
    Gone: Kind(HTTPStatus.BAD_REQUEST, "The body is cut short"),
    TooSlow: Kind(HTTPStatus.REQUEST_TIMEOUT, "The body did not arrive in time"),
    Blocked: Kind(HTTPStatus.CONFLICT, "Blocked by an earlier fact"),
    TooLarge: Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large"),
    WrongMediaType: Kind(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Unsupported media type"),
    NotDeployed: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "No model answers yet", retry=30),
    Untrusted: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "Something stored does not verify", retry=30, tell=False),
    Misconfigured: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "Not set up", retry=30, tell=False),
    NotReady: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "Not ready", retry=5),
    Unavailable: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "Not available now; nothing was kept", retry=2, tell=False),
    Busy: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "Too many questions at once", retry=1),
}
"""Every class of error that a door lets out. What is not here is a defect of ours."""

UNEXPECTED = Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "A defect of this service", tell=False)


def kind_of(error: Exception) -> Kind:
    """How this error looks over HTTP; the class nearest to its own counts."""
    for cls in type(error).__mro__:
        if cls in KINDS:
            return KINDS[cls]
    return UNEXPECTED


def problem(error: Exception, request_id: str) -> tuple[HTTPStatus, dict[str, str], bytes]:
    """Status, headers and body (application/problem+json) for an error; every wrong field at once."""
    kind = kind_of(error)
    body: dict[str, Any] = {
        "type": f"urn:avicena:problem:{_dashed(type(error).__name__ if kind is not UNEXPECTED else 'unexpected')}",
        "title": kind.title,
        "status": int(kind.status),
        "request_id": request_id,
    }
    fields = getattr(error, "problems", None)
    if fields is not None:
        body["errors"] = [{"field": name, "pointer": f"#/{name}", "detail": words} for name, words in fields.items()]
    elif kind.tell and str(error):
        body["detail"] = str(error)
    headers = {"content-type": PROBLEM, "cache-control": "no-store"}
    if kind.retry is not None:
        headers["retry-after"] = str(kind.retry)
    if isinstance(error, WrongMethod):
        headers["allow"] = str(error)
    return kind.status, headers, orjson.dumps(body)


def _dashed(name: str) -> str:
    """ContractViolation → contract-violation."""
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")
