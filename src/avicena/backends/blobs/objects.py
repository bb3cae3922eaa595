"""Blobs in an object store (Amazon S3, Azure Blob Storage) or in memory, by obstore."""

from urllib.parse import urlsplit

from obstore import get, head, put
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.exceptions import NotFoundError as MissingError
from obstore.store import MemoryStore, ObjectStore, from_url

from avicena.backends.blobs import digits
from avicena.core.digest import of_bytes
from avicena.core.errors import Misconfigured, NotFound, Unavailable, Untrusted


def open_blobs(url: str) -> "ObjectBlobs":
    """The blobs of a `memory://`, `s3://bucket/folder` or `az://container/folder` address."""
    if urlsplit(url).scheme == "memory":
        return ObjectBlobs(MemoryStore())
    try:
        return ObjectBlobs(from_url(url))
    except (BaseError, ValueError) as error:
        raise Misconfigured(f"the object store's address or credentials are wrong ({type(error).__name__})") from None


class ObjectBlobs:
    """Blobs (see there) in an object store; what it has acknowledged is durable."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, data: bytes, *, durable: bool = False) -> str:
        """See `Blobs.put`."""
        digest = of_bytes(data)
        try:
            put(self._store, _path(digest), data, mode="create")
        except AlreadyExistsError:
            pass
        except BaseError as error:
            raise _unavailable(error) from None
        return digest

    def get(self, digest: str) -> bytes:
        """See `Blobs.get`."""
        try:
            data = bytes(get(self._store, _path(digest)).bytes())
        except (FileNotFoundError, MissingError):
            raise NotFound(f"no file {digest} is kept") from None
        except BaseError as error:
            raise _unavailable(error) from None
        if of_bytes(data) != digest:
            raise Untrusted(f"file {digest} was altered or is incomplete: restore it from a backup")
        return data

    def has(self, digest: str) -> bool:
        """See `Blobs.has`."""
        try:
            head(self._store, _path(digest))
        except (FileNotFoundError, MissingError):
            return False
        except BaseError as error:
            raise _unavailable(error) from None
        return True


def _path(digest: str) -> str:
    name = digits(digest)
    return f"{name[:2]}/{name}"


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable(f"the object store does not answer ({type(error).__name__})")
