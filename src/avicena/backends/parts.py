"""Where the raw tables of imports are kept: small files whole, large ones in parts that files share."""

from collections.abc import Callable

from avicena.backends.blobs import Blobs
from avicena.backends.store import Store
from avicena.core import digest
from avicena.core.errors import Untrusted
from avicena.formats import record
from avicena.formats.parts import SHORT, Parts, parted

KIND = "file"
"""The kind of record that names the parts of a file, under the digest of the whole."""


def keep_file(blobs: Blobs, store: Store, keep: Callable[[str, str, Parts], None], data: bytes) -> str:
    """Keep a file and give its digest; a part that any file before had is not written again. Raises Unavailable."""
    if len(data) <= SHORT:
        return blobs.put(data, durable=True)
    name = digest.of_bytes(data)
    if store.get(KIND, name) is None:
        keep(KIND, name, Parts(tuple(blobs.put(part, durable=True) for part in parted(data))))
    return name


def read_file(blobs: Blobs, store: Store, name: str) -> bytes:
    """The file of that digest. Raises NotFound (none is kept), Untrusted (altered or incomplete), Unavailable."""
    found = store.get(KIND, name)
    if found is None:
        return blobs.get(name)
    data = b"".join(blobs.get(part) for part in record.load(Parts, found.body).parts)
    if digest.of_bytes(data) != name:
        raise Untrusted(f"file {name} is not what was imported; restore it from a backup")
    return data


def has_file(blobs: Blobs, store: Store, name: str) -> bool:
    """Whether a file of that digest is kept, whole or with all its parts. Raises Unavailable."""
    found = store.get(KIND, name)
    return blobs.has(name) if found is None else all(map(blobs.has, record.load(Parts, found.body).parts))
