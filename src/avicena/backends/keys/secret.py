"""Signing and sealing with one secret of 32 bytes."""

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from avicena.core.errors import Misconfigured


class SecretKeys:
    """The keys that follow from a secret, one for each use (HKDF; RFC 5869)."""

    def __init__(self, secret: bytes) -> None:
        """Raises Misconfigured (the secret has not 32 bytes)."""
        if len(secret) != 32:
            raise Misconfigured("the site's key must have 32 bytes; restore it from a copy")
        self._signing = Ed25519PrivateKey.from_private_bytes(_derived(secret, b"avicena signing"))
        self._sealing = _derived(secret, b"avicena sealing")

    @property
    def key_id(self) -> str:
        """See `Keys.key_id`."""
        return hashlib.sha256(self.public_key()).hexdigest()[:16]

    def sign(self, data: bytes) -> bytes:
        """See `Keys.sign`."""
        return self._signing.sign(data)

    def public_key(self) -> bytes:
        """See `Keys.public_key`."""
        return self._signing.public_key().public_bytes_raw()

    def seal(self, data: bytes) -> str:
        """See `Keys.seal`."""
        return hmac.digest(self._sealing, data, "sha256").hex()


def _derived(secret: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, use).derive(secret)
