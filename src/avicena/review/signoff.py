"""What a reviewer signs."""

from dataclasses import replace

from avicena.core import digest
from avicena.core.model import Review


def signed_bytes(review: Review) -> bytes:
    """The bytes of a review under its signature: all of it but the signature itself."""
    return digest.canonical(replace(review, signature=""))
