"""From a request's body to raw fields: multipart/form-data and JSON, bounded in size, parts and time."""

import asyncio
import base64
import binascii
import json
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from avicena.api.errors import Gone, Malformed, TooLarge, TooSlow, WrongMediaType
from avicena.api.headers import JSON, Headers
from avicena.core.application import Application
from avicena.core.case import Image, Upload
from avicena.core.errors import Unreadable

FORM = "multipart/form-data"
PATIENCE = 30.0
"""Seconds within which a whole body must have arrived."""
MOST_PARTS = 64
"""Parts of one form; every application has far fewer inputs."""

_NUMBER = re.compile(r"[0-9]{1,15}\Z")
TWICE = "given more than once"

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Raw = dict[str, Any]


async def collect(receive: Receive, headers: Headers, largest: int, patience: float = PATIENCE) -> bytes:
    """The whole body, of at most `largest` bytes, which must arrive within `patience` seconds.

    Raises TooLarge (declared so, or found so on the way; the rest is never kept), TooSlow, Gone.
    """
    length = headers.get("content-length", "0")
    if not _NUMBER.match(length) or int(length) > largest:
        raise TooLarge(f"a body may have {largest} bytes here; send one slice in its original size")
    try:
        async with asyncio.timeout(patience):
            return await _all(receive, largest)
    except TimeoutError:
        raise TooSlow(f"the body must arrive within {patience:g} seconds") from None


async def _all(receive: Receive, largest: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone("the connection ended before the body did")
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > largest:
            raise TooLarge(f"a body may have {largest} bytes here; send one slice in its original size")
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def parse(headers: Headers, body: bytes, application: Application) -> Raw:
    """The raw fields of a body: an Upload for each picture; an Unreadable stands for a field that cannot be read.

    Raises WrongMediaType, Malformed (not what the media type says).
    """
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise WrongMediaType("send the body as it is, without Content-Encoding")
    media, options = parse_options_header(headers.get("content-type"))
    pictures = {name for name, kind in application.inputs.items() if isinstance(kind, Image)}
    if media == JSON.encode():
        return _json(body, pictures)
    if media == FORM.encode():
        return _form(body, options.get(b"boundary", b""), pictures)
    raise WrongMediaType(f"send {FORM} or {JSON}")


def _json(body: bytes, pictures: Iterable[str]) -> Raw:
    """The fields of a JSON object, pictures in base64 (RFC 4648, section 4)."""
    try:
        raw = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON (RFC 8259) in UTF-8") from None
    if not isinstance(raw, dict):
        raise Malformed("the body must be a JSON object with a member for each input")
    return raw | {name: _picture(raw[name]) for name in pictures if raw.get(name) is not None}


def _picture(given: Any) -> Upload | Unreadable:
    if isinstance(given, Unreadable):
        return given
    try:
        return Upload(base64.b64decode(given, validate=True))
    except (TypeError, ValueError, binascii.Error):
        return Unreadable("not base64; send the bytes of the file in base64")


def _once(pairs: Iterable[tuple[str, Any]]) -> Raw:
    """Members by name, one that is given twice as an Unreadable."""
    raw: Raw = {}
    for name, value in pairs:
        raw[name] = Unreadable(TWICE) if name in raw else value
    return raw


def _refuse(constant: str) -> None:
    raise ValueError("NaN and Infinity are not JSON")


def _form(body: bytes, boundary: bytes, pictures: Iterable[str]) -> Raw:
    """The fields of a form (RFC 7578): a part for each."""
    parts = Parts()
    try:
        parser = MultipartParser(boundary, parts.callbacks(), max_header_count=8, max_header_size=4096)
        parser.write(body)
        parser.finalize()
    except FormParserError:
        raise Malformed(f"the body is not {FORM} (RFC 7578) with the boundary that its Content-Type names") from None
    if not boundary or not parts.ended:
        raise Malformed(f"the body is not {FORM} (RFC 7578), or it is cut short")
    return _once((name, _field(name in pictures, kind, data)) for name, kind, data in parts.found)


def _field(picture: bool, media_type: str | None, data: bytes) -> Upload | str | Unreadable | None:
    if picture:
        return Upload(data, media_type)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return Unreadable("not text in UTF-8")


class Parts:
    """What the parser found: (name, media type or None, bytes) of each part, and whether the form came to its end."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str | None, bytes]] = []
        self.ended = False
        self._header = self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._data: list[bytes] = []

    def callbacks(self) -> Any:
        """What the parser is to call."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._name,
            "on_header_value": self._worth,
            "on_header_end": self._head,
            "on_part_data": self._piece,
            "on_part_end": self._part,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        if len(self.found) >= MOST_PARTS:
            raise Malformed(f"a form may have {MOST_PARTS} parts here")
        self._headers, self._data = {}, []

    def _name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _worth(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _head(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def _piece(self, data: bytes, start: int, end: int) -> None:
        self._data.append(data[start:end])

    def _part(self) -> None:
        disposition, options = parse_options_header(self._headers.get(b"content-disposition"))
        if disposition != b"form-data" or b"name" not in options:
            raise Malformed("each part of the form needs a name")
        kind = self._headers.get(b"content-type")
        name = options[b"name"].decode("utf-8", "replace")
        data = self._data[0] if len(self._data) == 1 else b"".join(self._data)
        self.found.append((name, None if kind is None else kind.decode("latin-1"), data))

    def _end(self) -> None:
        self.ended = True
