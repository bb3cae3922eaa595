"""FILES BY DIGEST: what is put once under the name of its content is never changed."""

from typing import Protocol

from avicena.core.errors import Misconfigured


class Blobs(Protocol):
    """Keeps bytes under their digest."""

    def put(self, data: bytes) -> str:
        """Keep `data`, whole or not at all, and give its digest; putting it again changes nothing.

        Raises Unavailable (it could not be kept).
        """

    def get(self, digest: str) -> bytes:
        """The bytes of that digest. Raises NotFound (never put), Untrusted (altered since), Unavailable."""

    def has(self, digest: str) -> bool:
        """Whether bytes of that digest are kept."""


def open_blobs(url: str) -> Blobs:
    """The blobs at file:///FOLDER, or at s3://BUCKET, az://CONTAINER or memory:// (extra `cloud`).

    Raises Misconfigured (another scheme, or the extra is not installed).
    """
    scheme, _, rest = url.partition("://")
    if scheme == "file":
        from avicena.backends.blobs.directory import DirectoryBlobs

        return DirectoryBlobs(rest)
    if scheme in ("s3", "az", "memory"):
        try:
            from avicena.backends.blobs.objects import ObjectBlobs
        except ModuleNotFoundError as error:
            raise Misconfigured(f"{scheme}:// needs {error.name}: pip install 'avicena[cloud]'") from error
        return ObjectBlobs(url)
    raise Misconfigured("blobs are kept at file:///FOLDER, s3://BUCKET, az://CONTAINER or memory://")
