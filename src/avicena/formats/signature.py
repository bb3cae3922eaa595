"""Whether a signature fits."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def verify(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Whether an Ed25519 `signature` (64 bytes; RFC 8032) of `data` was made with `public_key`'s key (32 bytes)."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True
