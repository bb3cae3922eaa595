"""Blobs in an object store: S3, Azure Blob, or memory (obstore; extra `cloud`)."""

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import MemoryStore, from_url

from avicena.core.digest import of_bytes
from avicena.core.errors import Misconfigured, NotFound, Unavailable, Untrusted


class ObjectBlobs:
    """One object per blob; it is created and never overwritten."""

    def __init__(self, url: str) -> None:
        """Open the store; credentials come from the environment. Raises Misconfigured (the URL names no store)."""
        try:
            self._store = MemoryStore() if url.startswith("memory:") else from_url(url)
        except (BaseError, ValueError) as error:
            raise Misconfigured("the blob URL names no object store; write s3://BUCKET or az://CONTAINER") from error

    def put(self, data: bytes) -> str:
        """See `Blobs.put`."""
        digest = of_bytes(data)
        try:
            obstore.put(self._store, _key(digest), data, mode="create")
        except AlreadyExistsError:
            pass
        except (BaseError, OSError) as error:
            raise Unavailable(f"a blob could not be kept ({type(error).__name__})") from error
        return digest

    def get(self, digest: str) -> bytes:
        """See `Blobs.get`."""
        try:
            data = bytes(obstore.get(self._store, _key(digest)).bytes())
        except FileNotFoundError:
            raise NotFound("no blob of that digest here") from None
        except (BaseError, OSError) as error:
            raise Unavailable(f"a blob could not be read ({type(error).__name__})") from error
        if of_bytes(data) != digest:
            raise Untrusted(f"blob {digest[:19]} was altered; restore it from a copy")
        return data

    def has(self, digest: str) -> bool:
        """See `Blobs.has`."""
        try:
            obstore.head(self._store, _key(digest))
        except FileNotFoundError:
            return False
        except (BaseError, OSError) as error:
            raise Unavailable(f"a blob could not be looked for ({type(error).__name__})") from error
        return True


def _key(digest: str) -> str:
    name = digest.removeprefix("sha256:")
    if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise NotFound("that is not a digest")
    return f"{name[:2]}/{name}"
