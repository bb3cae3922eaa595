"""Blobs in a folder: the embedded default."""

import os
import secrets
import time
from pathlib import Path

from avicena.core.digest import of_bytes
from avicena.core.errors import Misconfigured, NotFound, Unavailable, Untrusted

STALE = 24 * 3600.0
"""Age in seconds after which a half-written file is nobody's any more."""


class DirectoryBlobs:
    """One file per blob, in 256 subfolders by the first two digits of its digest.

    A file is written beside its place and moved there, so that it is whole or not there; it is not forced to disk,
    so that a power cut, unlike a crash of the program, can lose the newest: `get` then says so.
    """

    def __init__(self, folder: str) -> None:
        """Open or make the folder. Raises Misconfigured (it cannot be made or written)."""
        self._folder = Path(folder).absolute()
        try:
            for number in range(256):
                (self._folder / f"{number:02x}").mkdir(parents=True, exist_ok=True)
            self._clean()
        except OSError as error:
            raise Misconfigured(f"the blob folder {folder} cannot be written: {error.strerror}") from error

    def put(self, data: bytes) -> str:
        """See `Blobs.put`."""
        digest = of_bytes(data)
        path = self._path(digest)
        half = f"{path}.{secrets.token_hex(6)}.half"
        try:
            if not os.path.exists(path):  # noqa: PTH110 - on the path of every answer, and three times faster
                with open(half, "xb", buffering=0) as file:  # noqa: PTH123
                    file.write(data)
                os.replace(half, path)  # noqa: PTH105
        except OSError as error:
            Path(half).unlink(missing_ok=True)
            raise Unavailable(f"a blob could not be kept: {error.strerror}") from error
        return digest

    def get(self, digest: str) -> bytes:
        """See `Blobs.get`."""
        try:
            data = Path(self._path(digest)).read_bytes()
        except FileNotFoundError:
            raise NotFound("no blob of that digest here") from None
        except OSError as error:
            raise Unavailable(f"a blob could not be read: {error.strerror}") from error
        if of_bytes(data) != digest:
            raise Untrusted(f"blob {digest[:19]} was altered; restore it from a copy")
        return data

    def has(self, digest: str) -> bool:
        """See `Blobs.has`."""
        return Path(self._path(digest)).exists()

    def _path(self, digest: str) -> str:
        name = digest.removeprefix("sha256:")
        if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            raise NotFound("that is not a digest")
        return f"{self._folder}/{name[:2]}/{name}"

    def _clean(self) -> None:
        for half in self._folder.glob("*/*.half"):
            if time.time() - half.stat().st_mtime > STALE:
                half.unlink(missing_ok=True)
