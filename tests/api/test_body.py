"""From bodies to raw fields."""

import asyncio
import contextlib
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.api import body
from avicena.api.errors import Gone, Malformed, TooLarge, TooSlow, WrongMediaType
from avicena.core.case import Upload
from avicena.core.errors import Unreadable
from tests.small import application

NAMES = st.text("abcdefgh_-.", min_size=1, max_size=12)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=50)


def encoded(data: dict[str, str], files: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    request = httpx.Request("POST", "http://127.0.0.1", data=data, files=files)
    return dict(request.headers), request.read()


@given(st.dictionaries(NAMES, TEXTS, max_size=6), st.binary(max_size=2000))
def test_what_a_client_puts_into_a_form_comes_out_of_it(fields: dict[str, str], data: bytes) -> None:
    fields.pop("mri", None)
    headers, sent = encoded(fields, {"mri": ('a;name="x".png', data, "image/png")})
    assert body.parse(headers, sent, application) == {**fields, "mri": Upload(data, "image/png")}


@given(st.binary(max_size=400))
def test_no_form_breaks_the_parser(sent: bytes) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    for whole in (sent, b"--x\r\n" + sent + b"\r\n--x--\r\n"):
        with contextlib.suppress(Malformed):
            assert isinstance(body.parse(headers, whole, application), dict)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_json_breaks_the_parser(sent: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert isinstance(body.parse({"content-type": "application/json"}, sent, application), dict)


def test_a_picture_in_json_comes_out_as_its_bytes() -> None:
    raw = body.parse({"content-type": "application/json; charset=utf-8"}, b'{"mri": "AQID", "age": 5}', application)
    assert raw == {"mri": Upload(b"\x01\x02\x03"), "age": 5}


def test_a_field_given_twice_is_unreadable() -> None:
    raw = body.parse({"content-type": "application/json"}, b'{"age": 1, "age": 2}', application)
    assert isinstance(raw["age"], Unreadable)


def test_a_form_without_a_media_type_for_its_picture_is_read() -> None:
    sent = b'--x\r\nContent-Disposition: form-data; name="mri"\r\n\r\n\x89PNG\r\n--x--\r\n'
    raw = body.parse({"content-type": "multipart/form-data; boundary=x"}, sent, application)
    assert raw == {"mri": Upload(b"\x89PNG", None)}


def test_no_media_type_is_refused() -> None:
    with pytest.raises(WrongMediaType):
        body.parse({}, b"{}", application)


def receiver(*chunks: bytes, wait: float = 0.0) -> body.Receive:
    left = list(chunks)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(wait)
        if not left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": True}

    return receive


def test_a_body_is_collected_until_its_limit() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"abc", "more_body": False}

    assert asyncio.run(body.collect(receive, {}, 3)) == b"abc"
    with pytest.raises(TooLarge):
        asyncio.run(body.collect(receive, {}, 2))


@pytest.mark.parametrize("length", ["10", "1e3", "-1", "9" * 40, "²"])
def test_a_length_that_is_too_large_or_none_at_all_is_refused_unread(length: str) -> None:
    async def receive() -> dict[str, Any]:
        raise AssertionError("the body was read")

    with pytest.raises(TooLarge):
        asyncio.run(body.collect(receive, {"content-length": length}, 9))


def test_a_client_that_goes_away_is_noticed() -> None:
    with pytest.raises(Gone):
        asyncio.run(body.collect(receiver(b"a", b"b"), {}, 9))


def test_a_body_that_never_comes_is_given_up() -> None:
    with pytest.raises(TooSlow):
        asyncio.run(body.collect(receiver(b"a", b"b", wait=0.2), {}, 9, patience=0.05))
