"""Finished steps of a ranker's training, so that one that was killed goes on where it stopped."""

from collections.abc import Callable, Sequence
from dataclasses import astuple

import numpy as np
from numpy.typing import NDArray

from avicena.core import digest
from avicena.core.progress import MemoryShelf, Shelf
from avicena.core.rank_recipe import RankRecipe
from avicena.learn.rank_table import Example
from avicena.learn.rank_taken import Taken
from avicena.measure.rank_columns import COLUMNS

MADE = 2
"""Counted up when code changes what a finished step would have given."""


class Steps:
    """The steps of one training, kept on a shelf under all that they follow from."""

    def __init__(
        self, shelf: Shelf | None, examples: Sequence[Example], knowledge: str, recipe: RankRecipe, seed: int
    ) -> None:
        self._shelf = MemoryShelf() if shelf is None else shelf
        told = [[*astuple(one.patient), one.disease, one.papers, one.family] for one in examples]
        self._name = digest.of([MADE, told, knowledge, repr(recipe), seed, COLUMNS])[7:39]

    def model(self, name: str, grow: Callable[[], bytes]) -> bytes:
        """The trees of a step, grown where they are not on the shelf."""
        found = self._shelf.get(f"rank-{self._name}-{name}")
        if found is None:
            found = {"ubj": np.frombuffer(grow(), dtype=np.uint8)}
            self._shelf.put(f"rank-{self._name}-{name}", found)
        return found["ubj"].tobytes()

    def taken(self, name: str, make: Callable[[], Taken]) -> Taken:
        """What is said of cases without their disease, asked where it is not on the shelf."""
        kept = self._shelf.get(f"taken-{self._name}-{name}")
        if kept is None:
            kept = _packed(make())
            self._shelf.put(f"taken-{self._name}-{name}", kept)
        return _unpacked(kept)


def _packed(taken: Taken) -> dict[str, NDArray[np.generic]]:
    """Cases as arrays: their numbers, the scores of each one after the other, and their summaries."""
    names = sorted(next(iter(taken.values()))[1]) if taken else []
    return {
        "numbers": np.array(list(taken), dtype=np.int64),
        "sizes": np.array([len(scores) for scores, _ in taken.values()], dtype=np.int64),
        "scores": np.concatenate([scores for scores, _ in taken.values()] or [np.zeros(0)]),
        "names": np.char.encode(np.array(names, dtype=str), "utf-8"),
        "about": np.array([[about[name] for name in names] for _, about in taken.values()], dtype=np.float64),
    }


def _unpacked(kept: dict[str, NDArray[np.generic]]) -> Taken:
    names = [name.decode() for name in kept["names"].tolist()]
    scores = np.split(kept["scores"].astype(np.float64), np.cumsum(kept["sizes"].astype(np.int64))[:-1])
    rows = zip(kept["numbers"].tolist(), scores, kept["about"].tolist(), strict=True)
    return {number: (mine, dict(zip(names, about, strict=True))) for number, mine, about in rows}
