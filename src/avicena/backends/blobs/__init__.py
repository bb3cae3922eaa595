"""Where files are kept, each under the digest of its bytes: a folder (default) or an object store."""

from importlib import import_module
from typing import Protocol, cast

from avicena.core.errors import Misconfigured, NotFound

SCHEMES = {
    "file": "directory",
    "memory": "objects",
    "s3": "objects",
    "az": "objects",
    "azure": "objects",
    "abfs": "objects",
    "abfss": "objects",
}
"""The scheme of an address, and the module that opens it."""

_DIGITS = frozenset("0123456789abcdef")


class Blobs(Protocol):
    """Bytes by their digest; written once, never changed; may be used by many threads."""

    def put(self, data: bytes, *, durable: bool = False) -> str:
        """Keep the bytes, whole or not at all, and give their digest; putting them again changes nothing.

        A killed process loses nothing that was put. A power cut within the next half minute can, unless `durable`
        has this wait for the disk (some 10 ms): for what exists nowhere else, such as a bundle or a dataset's rows.
        Raises Unavailable (no room, no right, no answer).
        """

    def get(self, digest: str) -> bytes:
        """The bytes. Raises NotFound, Untrusted (they no longer have that digest), Unavailable."""

    def has(self, digest: str) -> bool:
        """Whether such bytes are kept. Raises Unavailable."""


def open_blobs(url: str) -> Blobs:
    """The blobs at an address such as `file:///site/blobs`, `s3://bucket/folder`, `az://container/folder`, `memory://`.

    Object stores take their credentials from the environment. Raises Misconfigured (unknown scheme, missing extra,
    wrong address).
    """
    scheme = url.partition("://")[0]
    if scheme not in SCHEMES:
        raise Misconfigured(f"the blobs' address must begin with one of: {', '.join(f'{s}://' for s in SCHEMES)}")
    try:
        module = import_module(f"{__name__}.{SCHEMES[scheme]}")
    except ModuleNotFoundError as error:
        raise Misconfigured(f"{scheme}:// needs {error.name}: pip install 'avicena[cloud]'") from None
    return cast(Blobs, module.open_blobs(url))


def digits(digest: str) -> str:
    """The 64 hexadecimal digits of a digest, which name its file. Raises NotFound (it is no digest of ours)."""
    name = digest.removeprefix("sha256:")
    if len(digest) != 71 or len(name) != 64 or not _DIGITS.issuperset(name):
        raise NotFound("no such file is kept: a digest is 'sha256:' and 64 hexadecimal digits")
    return name
