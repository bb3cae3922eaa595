"""Blobs in a folder: one file each, in sub-folders named by the first two digits of its digest."""

import os
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

from avicena.backends.blobs import digits
from avicena.core.digest import of_bytes
from avicena.core.errors import Misconfigured, NotFound, Unavailable, Untrusted

STALE = 3600.0
"""Seconds after which a file that was never finished belongs to nobody."""
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def open_blobs(url: str) -> "DirectoryBlobs":
    """The blobs in the folder of a `file:///folder` address, taken as it stands (no %20)."""
    folder = url.removeprefix("file://")
    if not folder.strip("/"):
        raise Misconfigured("a folder's address has three slashes and a path: file:///folder")
    return DirectoryBlobs(Path(folder).absolute())


class DirectoryBlobs:
    """Blobs (see there) in one folder, made if it is not there.

    A file is written under a name of its own and renamed, so that no one ever sees half of it, whoever is killed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._unfinished = f"{folder}/unfinished"
        self._mark = f"{os.getpid()}-{os.urandom(4).hex()}"
        self._number = count()
        try:
            Path(self._unfinished).mkdir(parents=True, exist_ok=True, mode=0o700)
            _clear(Path(self._unfinished))
        except OSError as error:
            raise _unavailable(error) from None

    def put(self, data: bytes, *, durable: bool = False) -> str:
        """See `Blobs.put`."""
        digest = of_bytes(data)
        path = self._path(digest)
        try:
            if not _is_there(path, len(data)):
                self._write(path, data, durable)
            elif durable:
                _flush(path)
        except OSError as error:
            raise _unavailable(error) from None
        return digest

    def get(self, digest: str) -> bytes:
        """See `Blobs.get`."""
        path = self._path(digest)
        try:
            with open(path, "rb") as file:  # noqa: PTH123  a Path costs more than the reading
                data = file.read()
        except FileNotFoundError:
            raise NotFound(f"no file {digest} is kept") from None
        except OSError as error:
            raise _unavailable(error) from None
        if of_bytes(data) != digest:
            raise Untrusted(f"file {digest} was altered or is incomplete: restore it from a backup")
        return data

    def has(self, digest: str) -> bool:
        """See `Blobs.has`."""
        return os.path.exists(self._path(digest))  # noqa: PTH110

    def _path(self, digest: str) -> str:
        name = digits(digest)
        return f"{self._folder}/{name[:2]}/{name}"

    def _write(self, path: str, data: bytes, durable: bool) -> None:
        unfinished = f"{self._unfinished}/{self._mark}-{next(self._number)}"
        file = os.open(unfinished, _WRITE, 0o600)
        try:
            try:
                _write_all(file, data)
                if durable:
                    os.fsync(file)
            finally:
                os.close(file)
            _rename(unfinished, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(unfinished)  # noqa: PTH108
            raise
        if durable:
            _flush(os.path.dirname(path))  # noqa: PTH120


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _is_there(path: str, size: int) -> bool:
    """Whether the file is there in full; a power cut can leave an empty one, which is then written again."""
    try:
        return os.stat(path).st_size == size  # noqa: PTH116
    except FileNotFoundError:
        return False


def _rename(unfinished: str, path: str) -> None:
    try:
        os.replace(unfinished, path)  # noqa: PTH105
    except FileNotFoundError:
        Path(path).parent.mkdir(mode=0o700, exist_ok=True)
        _flush(str(Path(path).parent.parent))
        os.replace(unfinished, path)  # noqa: PTH105


def _flush(path: str) -> None:
    """Wait until a file or a folder's list of names is on disk."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _clear(folder: Path) -> None:
    """Remove what was begun long ago and never finished."""
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another process clears too
            if path.stat().st_mtime < time.time() - STALE:
                path.unlink()


def _unavailable(error: OSError) -> Unavailable:
    return Unavailable(f"the folder of files does not answer ({error.strerror}); nothing was kept")
