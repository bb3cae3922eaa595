"""Universal Binary JSON (draft 12), the format of XGBoost's models: bytes to plain values."""

import gzip
import zlib
from typing import Any

import numpy as np

from avicena.core.errors import Untrusted

_NUMBERS = {b"i": ">i1", b"U": ">u1", b"I": ">i2", b"l": ">i4", b"L": ">i8", b"d": ">f4", b"D": ">f8"}
_WORDS = {b"T": True, b"F": False, b"Z": None}

LARGEST = 1 << 28
"""Bytes that packed trees may have when unpacked."""


def load(data: bytes) -> Any:
    """The value that `data` (packed with gzip or not) holds; a typed array of numbers becomes a native NumPy array.

    Raises Untrusted (cut short, not UBJSON, or over 256 MiB when unpacked).
    """
    data = _plain(data)
    try:
        value, end = _value(data, 1, data[:1])
    except (IndexError, KeyError, ValueError, RecursionError):
        raise Untrusted("the trees are not whole UBJSON; install the bundle again") from None
    if end != len(data):
        raise Untrusted("the trees have something after their end; install the bundle again")
    return value


def packed(data: bytes) -> bytes:
    """The same packed with gzip, without a time in it: a third of the size."""
    return gzip.compress(data, 9, mtime=0)


def _plain(data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    opened = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        found = opened.decompress(data, LARGEST)
    except zlib.error:
        raise Untrusted("the packed trees are damaged; install the bundle again") from None
    if not opened.eof or opened.unused_data:
        raise Untrusted("the packed trees are not whole, or too large; install the bundle again")
    return found


def _next(data: bytes, at: int) -> tuple[Any, int]:
    return _value(data, at + 1, data[at : at + 1])


def _value(data: bytes, at: int, kind: bytes) -> tuple[Any, int]:
    """One value of a kind that was already read, and where the next begins."""
    if kind in _NUMBERS:
        number = np.frombuffer(data, _NUMBERS[kind], 1, at)
        return number[0].item(), at + number.nbytes
    if kind == b"S":
        return _text(data, at)
    if kind == b"{":
        return _object(data, at)
    if kind == b"[":
        return _array(data, at)
    return _WORDS[kind], at


def _text(data: bytes, at: int) -> tuple[str, int]:
    length, at = _next(data, at)
    if length < 0 or at + length > len(data):
        raise ValueError("a text longer than the file")
    return data[at : at + length].decode("utf-8"), at + length


def _object(data: bytes, at: int) -> tuple[dict[str, Any], int]:
    found = {}
    while data[at : at + 1] != b"}":
        key, at = _text(data, at)
        found[key], at = _next(data, at)
    return found, at + 1


def _array(data: bytes, at: int) -> tuple[Any, int]:
    if data[at : at + 1] == b"$":
        return _numbers(data, at + 1)
    found = []
    if data[at : at + 1] == b"#":
        count, at = _next(data, at + 1)
        for _ in range(count):
            value, at = _next(data, at)
            found.append(value)
        return found, at
    while data[at : at + 1] != b"]":
        value, at = _next(data, at)
        found.append(value)
    return found, at + 1


def _numbers(data: bytes, at: int) -> tuple[Any, int]:
    kind = np.dtype(_NUMBERS[data[at : at + 1]])
    if data[at + 1 : at + 2] != b"#":
        raise ValueError("a typed array without a length")
    count, at = _next(data, at + 2)
    numbers = np.frombuffer(data, kind, count, at) if count else np.zeros(0, kind)
    return numbers.astype(kind.newbyteorder("=")), at + numbers.nbytes
