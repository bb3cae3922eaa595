"""The version of this installation of Avicena, and of the code that makes models."""

import hashlib
from pathlib import Path

__version__ = "0.1.0"

MAKING = ("core", "measure", "formats", "ingest", "learn")
"""The rooms whose code decides what a model becomes and what is measured on it."""


def code() -> str:
    """Version and digest of the sources that make a model: equal code gives an equal name on every machine."""
    home, whole = Path(__file__).parent, hashlib.sha256()
    for path in sorted(path for room in MAKING for path in (home / room).rglob("*.py")):
        whole.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"avicena {__version__} ({whole.hexdigest()[:16]})"
