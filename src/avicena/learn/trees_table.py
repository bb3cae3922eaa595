"""What trees learn from: rows with labels, folds and families, made into numbers by what training rows alone tell."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from avicena.core import digest

Matrix = NDArray[np.float32]
Labels = NDArray[np.int64]
Mask = NDArray[np.bool_]

WIDE = 100
"""Columns of evidence from which on a table is wide: each says little, and all together nearly everything."""

KEPT = 4
"""Matrices of different training rows that a table remembers; one tuning asks for the same few again and again."""


@dataclass(frozen=True)
class Encoded:
    """Numbers by row: `rows` (n, columns) float32.

    `evidence` names the columns of evidence lists (1 where a code was found, 0 where not), in which augmentation may
    let a code vanish.
    """

    columns: tuple[str, ...]
    rows: Matrix
    evidence: frozenset[str] = frozenset()

    @property
    def wide(self) -> bool:
        """Whether evidences make up the table, so that all other columns are by the way."""
        return len(self.evidence) >= WIDE


class Encoding(Protocol):
    """Makes columns of all rows of one table by what the rows `inside` alone tell; `digest` names the rows and way."""

    @property
    def digest(self) -> str: ...

    def __call__(self, inside: Mask) -> Encoded:
        """The columns of all n rows, fitted on the rows `inside` (n,)."""


@dataclass(frozen=True)
class TreeTable:
    """What trees learn from: `rows` (n, columns) float32 with NaN for unknown; `labels`, `folds`, `families` (n,).

    `encodings` add columns that are fitted on training rows.
    """

    columns: tuple[str, ...]
    rows: Matrix
    labels: Labels
    folds: NDArray[np.int64]
    families: NDArray[Any]
    classes: int
    encodings: tuple[Encoding, ...] = ()
    _matrices: "OrderedDict[bytes, Encoded]" = field(default_factory=OrderedDict, init=False, compare=False, repr=False)

    @property
    def digest(self) -> str:
        """Names the content, so that finished work is found again."""
        parts = (self.rows.tobytes(), self.labels.tobytes(), self.folds.tobytes())
        names = [list(self.columns), self.families.astype(str).tolist()]
        made = [one.digest for one in self.encodings]
        return digest.of([*names, self.classes, *(digest.of_bytes(part) for part in parts), *made])

    def matrix(self, inside: Mask) -> Encoded:
        """All n rows as numbers, fitted on the rows `inside` (n,) alone: gaps at their median, and every encoding."""
        key = np.packbits(inside).tobytes()
        if key not in self._matrices:
            self._matrices[key] = self._made(inside)
            while len(self._matrices) > KEPT:
                self._matrices.popitem(last=False)
        self._matrices.move_to_end(key)
        return self._matrices[key]

    def everything(self) -> Encoded:
        """All rows as numbers, fitted on all of them: what the released model learns from."""
        return self.matrix(np.ones(len(self.labels), dtype=bool))

    def _made(self, inside: Mask) -> Encoded:
        plain = Encoded(self.columns, filled(self.rows, self.columns, median_by_column(self, inside)))
        parts = [plain, *(encoding(inside) for encoding in self.encodings)]
        return Encoded(
            tuple(name for part in parts for name in part.columns),
            np.ascontiguousarray(np.hstack([part.rows for part in parts]), dtype=np.float32),
            frozenset[str]().union(*(part.evidence for part in parts)),
        )


def median_by_column(table: TreeTable, inside: Mask | None = None) -> dict[str, float]:
    """The median of each column that has a gap or may have one, over the rows `inside`; 0 for one without any value."""
    rows = table.rows if inside is None else table.rows[inside]
    found = {}
    for name, column in zip(table.columns, rows.T, strict=True):
        known = column[~np.isnan(column)]
        found[name] = float(np.median(known)) if len(known) else 0.0
    return found


def filled(rows: Matrix, columns: tuple[str, ...], medians: Mapping[str, float]) -> Matrix:
    """The rows (n, columns) with each gap at the column's median."""
    values = np.array([medians[name] for name in columns], dtype=np.float32)
    return np.where(np.isnan(rows), values, rows).astype(np.float32)
