"""A large file in parts whose borders its own lines tell, so that two files share the parts in which they are alike."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

SHORT = 4 << 20
"""Bytes of a file that is still kept whole."""

LEAST, MOST, ONE_IN = 64 << 10, 1 << 20, 512
"""Bytes of a part at least and at most, and how many lines there are, beyond the least, to one that ends a part."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The digests of a file's parts, in order; kept as a record under the digest of the whole."""

    parts: tuple[str, ...]


def parted(data: bytes) -> Iterator[bytes]:
    """The file in parts; a change moves the border of its own part and at most some of those that follow at once."""
    start = 0
    while start < len(data):
        end = _end(data, start)
        yield data[start:end]
        start = end


def _end(data: bytes, start: int) -> int:
    """Where the part that begins at `start` ends: behind a line whose checksum says so, or at the most bytes."""
    last = min(start + MOST, len(data))
    line = data.find(b"\n", start + LEAST, last) + 1
    while line:
        behind = data.find(b"\n", line, last) + 1
        if behind and zlib.crc32(data[line:behind]) % ONE_IN == 0:
            return behind
        line = behind
    return last
