"""What long work needs from whoever started it: somewhere to report to, and a shelf for finished steps."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[np.generic]]


class Progress(Protocol):
    """Told how far a stage has come; called often, so it must be cheap."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Say that `done` of `total` steps of `stage` are finished (`done == total` ends the stage)."""


class Shelf(Protocol):
    """Keeps the arrays of finished steps, so that work that was killed goes on where it stopped."""

    def get(self, key: str) -> dict[str, NDArray[np.generic]] | None:
        """The arrays put under `key`, or None."""

    def put(self, key: str, arrays: Arrays) -> None:
        """Keep `arrays` under `key`, whole or not at all."""


def silent(stage: str, done: int, total: int) -> None:
    """The Progress of a caller who does not want to hear."""


class MemoryShelf:
    """A Shelf that forgets with the process; for tests and for short work."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, NDArray[np.generic]]] = {}

    def get(self, key: str) -> dict[str, NDArray[np.generic]] | None:
        return self._kept.get(key)

    def put(self, key: str, arrays: Arrays) -> None:
        self._kept[key] = dict(arrays)
