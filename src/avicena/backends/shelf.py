"""Unfinished work of long tasks, in a folder."""

import os
import secrets
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avicena.core.progress import Arrays


class FolderShelf:
    """A Shelf in a folder, one NumPy archive per key; unfinished work only, safe to delete."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> dict[str, NDArray[np.generic]] | None:
        """The arrays put under `key`; None when there are none or the archive was cut short."""
        path = self._path(key)
        try:
            with np.load(path, allow_pickle=False) as archive:
                return {name: archive[name] for name in archive.files}
        except FileNotFoundError:
            return None
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error):
            path.unlink(missing_ok=True)
            return None

    def put(self, key: str, arrays: Arrays) -> None:
        """Keep `arrays` under `key`, whole or not at all."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(f".{secrets.token_hex(4)}.half")
        with half.open("wb") as file:
            np.savez(file, **dict(arrays))  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)

    def _path(self, key: str) -> Path:
        return self._folder / ("".join(c if c.isalnum() or c in "-_." else "_" for c in key) + ".npz")
