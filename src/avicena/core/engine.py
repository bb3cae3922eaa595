"""What inference offers to the rooms that use it; `backends/engine` holds the implementations."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


class Network(Protocol):
    """An image network with a global-average-pooling and linear head."""

    def run(self, planes: FloatArray, alone: bool = False) -> tuple[FloatArray, FloatArray]:
        """Logits (n, k) and last feature map (n, c, h, w) of `planes` (n, 1, side, side).

        `alone` says that nothing else is asked now, so that more of the machine may be used for this.
        """


def pooled(maps: FloatArray) -> FloatArray:
    """The mean of each feature map (c, h, w): float32 (c,); as a matrix product, five times faster than `mean`."""
    flat = maps.reshape(len(maps), -1)
    return flat @ np.full(flat.shape[1], 1 / flat.shape[1], dtype=np.float32)


class Trees(Protocol):
    """A boosted or bagged ensemble of trees with one margin per class; a ranker has one margin in all."""

    def margins(self, rows: FloatArray) -> FloatArray:
        """Margins (n, k) alone, of many rows at once."""

    def run(self, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Margins (n, k) and exact TreeSHAP contributions (n, k, features + 1; the last is the base value)."""


class Sentences(Protocol):
    """A model of what texts mean, whatever their language."""

    def run(self, text: str) -> FloatArray:
        """A vector (c,) float32 of length 1 whose angle to another text's is small where both mean much the same."""


Result = TypeVar("Result")


class Meanwhile(Protocol):
    """Has work done while something else goes on; what it gives back waits for the result and returns it."""

    def __call__(self, work: Callable[[], Result], /) -> Callable[[], Result]: ...


def at_once(work: Callable[[], Result]) -> Callable[[], Result]:
    """The plainest `Meanwhile`: the work is done here and now."""
    result = work()
    return lambda: result
