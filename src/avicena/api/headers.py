"""What a request's headers ask for: which version, which view, under which id."""

import re
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache

from avicena.api.errors import NotAcceptable, WrongVersion

VERSION = "1"
JSON, FHIR = "application/json", "application/fhir+json"

_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")

Headers = Mapping[str, str]
"""The headers of a request by lower-case name."""


def read(raw: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as they came off the wire by lower-case name; of equals the last counts (Latin-1; RFC 9110, 5.5)."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}


def request_id(headers: Headers) -> str:
    """The caller's X-Request-ID if it is short and plain, else a new one."""
    given = headers.get("x-request-id", "")
    return given if _SANE.match(given) else secrets.token_hex(8)


def check_version(headers: Headers) -> None:
    """Raises WrongVersion (the caller wants a version of the API that this site does not speak)."""
    if headers.get("x-api-version", VERSION).strip() != VERSION:
        raise WrongVersion(f"this site speaks version {VERSION} of the API: leave X-API-Version out or send {VERSION}")


def view(headers: Headers) -> str:
    """The media type of the view that the caller would like best: JSON or FHIR. Raises NotAcceptable (neither)."""
    return _best(headers.get("accept", "*/*")[:1000])


@lru_cache(maxsize=256)
def _best(accept: str) -> str:
    """Of our views the one with the highest weight, JSON of equals (RFC 9110, 12.5.1)."""
    weights = {media: _weight(media, accept) for media in (JSON, FHIR)}
    best = max(weights, key=lambda media: weights[media])
    if weights[best] <= 0:
        raise NotAcceptable(f"an answer can be had as {JSON} or {FHIR}")
    return best


def _weight(media: str, accept: str) -> float:
    """How much a caller with this Accept header wants `media`; the most specific range counts."""
    found = (-1, 0.0)
    for part in accept.lower().split(","):
        range_, *parameters = (word.strip() for word in part.split(";"))
        ranges = ("*/*", media.partition("/")[0] + "/*", media)
        if range_ in ranges:
            found = max(found, (ranges.index(range_), _quality(parameters)))
    return found[1]


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
