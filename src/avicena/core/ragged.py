"""Many short lists in two flat arrays, and columns of texts as numbers, so that nothing loops over them in Python."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Ragged:
    """Row i is `items[start[i]:start[i + 1]]`; `start` has one entry more than there are rows."""

    start: Ints
    items: Ints

    def __len__(self) -> int:
        return len(self.start) - 1

    def row(self, index: int) -> Ints:
        """The items of one row: int32, a view."""
        return self.items[self.start[index] : self.start[index + 1]]

    def places(self, rows: NDArray[np.integer[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the items of these rows stand, and the place in `rows` that each belongs to: int64, equally long."""
        first = self.start[rows].astype(np.int64)
        length = self.start[np.asarray(rows) + 1] - first
        owner = np.repeat(np.arange(len(rows)), length)
        offset = np.arange(len(owner)) - np.repeat(np.cumsum(length) - length, length)
        return np.repeat(first, length) + offset, owner

    def turned(self, width: int) -> "tuple[Ragged, NDArray[np.int64]]":
        """Rows and items changed over (`width` distinct items), and for each new place the old one."""
        order = np.argsort(self.items, kind="stable")
        rows = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.start))
        return Ragged(starts(np.bincount(self.items, minlength=width)), rows[order]), order


def starts(lengths: NDArray[np.integer[Any]]) -> Ints:
    """Running sum with a zero in front, int32: where each row begins."""
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)


def ragged(rows: Sequence[Sequence[int]]) -> Ragged:
    """Lists of numbers as one Ragged.

    >>> ragged([[1, 2], [], [3]]).row(2).tolist()
    [3]
    """
    flat = [item for row in rows for item in row]
    return Ragged(starts(np.array([len(row) for row in rows], dtype=np.int64)), np.array(flat, dtype=np.int32))


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of texts: `number` int32 [R] into `words`, which are distinct and sorted."""

    words: tuple[str, ...]
    number: Ints

    def __len__(self) -> int:
        return len(self.number)

    def __getitem__(self, place: int) -> str:
        return self.words[int(self.number[place])]

    def at(self, places: NDArray[Any]) -> "Coded":
        """The column at these places (or where a mask says so), with the same words."""
        return Coded(self.words, self.number[places])


def coded(texts: Iterable[str]) -> Coded:
    """Texts as a column.

    >>> coded(["b", "a", "b"]).number.tolist()
    [1, 0, 1]
    """
    column = list(texts)
    words = tuple(sorted(set(column)))
    place = {word: number for number, word in enumerate(words)}
    return Coded(words, np.fromiter((place[text] for text in column), dtype=np.int32, count=len(column)))
