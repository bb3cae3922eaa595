"""The secret in a file that only its owner may read."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from avicena.core.errors import Misconfigured


def secret_in(name: str) -> bytes:
    """The 32 bytes in a file, made on first use with mode 0600.

    Raises Misconfigured (others may read the file, or it cannot be read or made).
    """
    path = Path(name)
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & 0o077:
            raise Misconfigured(f"{path} may be read by others; run: chmod 600 {path}")
        return path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"the key file {path} cannot be used: {error.strerror}") from error


def _make(path: Path) -> None:
    """Write a fresh secret beside its place and link it there: of two that start at once, one wins for both."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{secrets.token_hex(6)}.half")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(half)
    finally:
        half.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # a key that a power cut takes away would leave a chain that nobody can verify
    finally:
        os.close(folder)
