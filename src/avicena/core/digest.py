"""Names for bytes and nouns that are the same on every machine."""

import hashlib
from typing import Any

import orjson


def of_bytes(data: bytes) -> str:
    """The name of these bytes: "sha256:" and 64 hexadecimal digits (FIPS 180-4)."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical(noun: Any) -> bytes:
    """A noun as JSON with sorted keys, no spaces and shortest floats: equal nouns give equal bytes.

    Raises TypeError (a value that JSON cannot say, such as an array).
    """
    return orjson.dumps(noun, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def of(noun: Any) -> str:
    """The digest of a noun's canonical JSON."""
    return of_bytes(canonical(noun))
