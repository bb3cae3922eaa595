"""Encodings fitted on training rows, and on nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core import digest
from avicena.core.encoder import Encoder, Fitted, Material, Told, arrays_of, levels_of, material
from avicena.core.encoding import (
    Encoding,
    EvidenceList,
    ImageEmbedding,
    Impute,
    NoteEmbedding,
    OneHot,
    Ordinal,
    axis,
    missing,
    of,
    unlisted,
)
from avicena.learn.trees_table import Encoded, Mask, Matrix, filled

Arrays = dict[str, NDArray[Any]]
Floats = NDArray[np.float64]

FLAT = 1e-6
"""An axis along which training rows vary by less than this share of the first one is left out."""


@dataclass(frozen=True)
class Encodings:
    """The encodings of a stage over all its rows; each call fits them anew, on the rows it is given alone.

    `families` (n,) names the family of each row: whose it is.
    """

    declared: tuple[Encoding, ...]
    told: Sequence[Told]
    families: Sequence[str] | NDArray[Any]

    @property
    def digest(self) -> str:
        """Names the declarations, all that they read, and whose it is."""
        families = [str(family) for family in self.families]
        return digest.of([self.declared, [_read(one) for one in self._materials], families])

    def __call__(self, inside: Mask) -> Encoded:
        """The columns of all n rows, gaps filled, as the rows `inside` (n,) alone tell."""
        encoder = self.encoder(inside)
        lists = [one for one in encoder.fitted if isinstance(one.declared, EvidenceList)]
        evidence = frozenset(of(code, one.declared) for one in lists for code in one.levels)
        fills = {name: encoder.fills.get(name, 0.0) for name in encoder.columns}
        return Encoded(encoder.columns, filled(self.rows(encoder), encoder.columns, fills), evidence)

    def encoder(self, inside: Mask) -> Encoder:
        """The encodings fitted on the rows `inside` (n,)."""
        return Encoder(*self.fit(inside))

    def fit(self, inside: Mask) -> tuple[tuple[Fitted, ...], Arrays]:
        """The same, as a bundle keeps it: fitted encodings, and the arrays of the embeddings by name."""
        chosen = np.flatnonzero(inside).tolist()
        families = [str(self.families[row]) for row in chosen]
        pairs = zip(self.declared, self._materials, strict=True)
        found = [fit(one, [materials[row] for row in chosen], families) for one, materials in pairs]
        return tuple(one for one, _ in found), {name: array for _, arrays in found for name, array in arrays.items()}

    def rows(self, encoder: Encoder) -> Matrix:
        """What an encoder says of every row, (n, columns) float32, NaN in gaps."""
        parts = [[way(one) for one in materials] for way, materials in zip(encoder.ways, self._materials, strict=True)]
        if not parts or not self.told:
            return np.empty((len(self.told), len(encoder.columns)), np.float32)
        return np.hstack([np.stack(part) for part in parts])

    @cached_property
    def _materials(self) -> list[list[Material]]:
        return [[material(one, row) for row in self.told] for one in self.declared]


def fit(one: Encoding, given: Sequence[Material], families: Sequence[str]) -> tuple[Fitted, Arrays]:
    """One encoding as training rows tell it, from what it reads of each; and its arrays, where it is an embedding.

    `families` names the family of each row.
    """
    if isinstance(one, OneHot):
        return _one_hot(one, given, families), {}
    if isinstance(one, EvidenceList):
        return _evidence(one, given, families), {}
    if isinstance(one, Ordinal):
        return _ordinal(one, given), {}
    if isinstance(one, Impute):
        return _impute(one, given), {}
    return _embedding(one, given)


def _one_hot(one: OneHot, given: Sequence[Material], families: Sequence[str]) -> Fitted:
    levels = one.levels or _frequent(given, families, one.least)
    rest = (unlisted(one),) * one.unlisted + (missing(one),) * one.indicator
    return Fitted(one, (*(of(level, one) for level in levels), *rest), levels)


def _evidence(one: EvidenceList, given: Sequence[Material], families: Sequence[str]) -> Fitted:
    codes = one.codes or _frequent(given, families, one.least)
    rest = (unlisted(one), *(missing(one),) * one.indicator)
    return Fitted(one, (*(of(code, one) for code in codes), *rest), codes)


def _frequent(given: Sequence[Material], families: Sequence[str], least: int) -> tuple[str, ...]:
    """The levels or codes that at least so many families have, in alphabetical order."""
    held: dict[str, set[str]] = {}
    for row, family in zip(given, families, strict=True):
        for level in levels_of(row) or ():
            held.setdefault(level, set()).add(family)
    return tuple(sorted(level for level, whose in held.items() if len(whose) >= least))


def _ordinal(one: Ordinal, given: Sequence[Material]) -> Fitted:
    places = {level: place for place, level in enumerate(one.order)}
    found = [places[level] for row in given for level in (levels_of(row) or ())[:1] if level in places]
    fill = float(np.median(found)) if found else 0.0
    return Fitted(one, (one.input, *(missing(one),) * one.indicator), one.order, {one.input: fill})


def _impute(one: Impute, given: Sequence[Material]) -> Fitted:
    known = np.array([row for row in given if isinstance(row, int | float)], np.float32)
    if isinstance(one.by, float):
        fill = one.by
    elif not len(known):
        fill = 0.0
    else:
        fill = float(np.median(known) if one.by == "median" else known.mean(dtype=np.float64))
    return Fitted(one, (one.input, *(missing(one),) * one.indicator), (), {one.input: fill})


def _embedding(one: NoteEmbedding | ImageEmbedding, given: Sequence[Material]) -> tuple[Fitted, Arrays]:
    vectors = [row for row in given if isinstance(row, np.ndarray)]
    centre, axes = principal(
        np.array(vectors, np.float64).reshape(len(vectors), vectors[0].size if vectors else 0), one.dimensions
    )
    columns = tuple(axis(one, number) for number in range(1, axes.shape[1] + 1))
    said = (missing(one),) if isinstance(one, NoteEmbedding) and one.indicator else ()
    arrays = dict(zip(arrays_of(one), (centre.astype(np.float32), axes.astype(np.float32)), strict=True))
    return Fitted(one, (*columns, *said), (), dict.fromkeys(columns, 0.0)), arrays


def principal(vectors: Floats, count: int) -> tuple[Floats, Floats]:
    """The mean (c,) of `vectors` (n, c) and at most `count` principal axes (c, k), each pointing to its largest part.

    Axes along which they hardly vary are left out (Jolliffe 2002, chapter 1). Where n is 0, nothing is known: k is 0.
    """
    if not vectors.size:
        return np.zeros(vectors.shape[1]), np.zeros((vectors.shape[1], 0))
    centre = vectors.mean(axis=0)
    _, spread, axes = np.linalg.svd(vectors - centre, full_matrices=False)
    axes = axes[: min(count, int((spread > FLAT * max(spread.max(initial=0.0), 1e-9)).sum()))]
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    return centre, (axes * signs[:, None]).T


def _read(materials: Sequence[Material]) -> Any:
    """The content of what an encoding reads of all rows, as JSON can say it."""
    return [digest.of_bytes(one.tobytes()) if isinstance(one, np.ndarray) else one for one in materials]
