"""SECRETS: the site's key, with which it signs reviews and bundles and seals the end of the audit chain."""

import base64
import binascii
import os
from typing import Protocol

from avicena.core.errors import Misconfigured


class Keys(Protocol):
    """The site's secret key, used but never shown."""

    @property
    def key_id(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of the public key."""

    def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature (64 bytes; RFC 8032)."""

    def public_key(self) -> bytes:
        """The public key of `sign` (32 bytes)."""

    def seal(self, data: bytes) -> str:
        """HMAC-SHA256 (RFC 2104) in hexadecimal, with a key of its own derived from the same secret."""


def open_keys(url: str) -> Keys:
    """The key in file:///PATH (made on first use) or in the environment variable of env:NAME (32 bytes in base64).

    Raises Misconfigured (another scheme, no such variable, or a file that others may read).
    """
    from avicena.backends.keys.file import secret_in
    from avicena.backends.keys.secret import SecretKeys

    scheme, _, rest = url.partition(":")
    if scheme == "file":
        return SecretKeys(secret_in(rest.removeprefix("//")))
    if scheme == "env":
        try:
            secret = base64.b64decode(os.environ[rest].strip(), validate=True)
        except (KeyError, binascii.Error):
            raise Misconfigured(f"the variable {rest} must hold a key of 32 bytes in base64") from None
        return SecretKeys(secret)
    raise Misconfigured("the key is at file:///PATH or env:NAME")
