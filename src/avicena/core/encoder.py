"""Fitted encodings, and the one way from a case to their columns.

`Encoder` is applied to one case at a time, in training as at serving, so that both give the same numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import isfinite, isnan, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.case import Value
from avicena.core.encoding import (
    Encoding,
    ImageEmbedding,
    Impute,
    NoteEmbedding,
    Ordinal,
    missing,
    of,
    source,
    unlisted,
)

Vector = NDArray[np.float32]
Arrays = Mapping[str, NDArray[Any]]

Material = Value | Vector
"""What an encoding reads of one case: a value, or a vector (c,) float32; None where nothing was given."""

_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A declaration with what training rows told of it.

    It gives `columns`, in this order. `levels` are the levels or codes that have a column of their own; `fills` maps
    columns to what the trees take there in a gap. Embeddings also have arrays, which the bundle keeps in a file.
    """

    declared: Encoding
    columns: tuple[str, ...]
    levels: tuple[str, ...] = ()
    fills: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told of one case: values of inputs, columns of `features`, and vectors (c,) float32.

    `notes` holds what the model of sentences makes of each note, by input, and `looks` the pooled features of each
    picture, by image stage; what is not given is not in them.
    """

    values: Mapping[str, Value]
    columns: Mapping[str, float] = field(default_factory=dict)
    notes: Mapping[str, Vector] = field(default_factory=dict)
    looks: Mapping[str, Vector] = field(default_factory=dict)


def material(one: Encoding, told: Told) -> Material:
    """What an encoding reads of a case."""
    if isinstance(one, NoteEmbedding):
        return told.notes.get(one.input)
    if isinstance(one, ImageEmbedding):
        return told.looks.get(one.stage)
    if isinstance(one, Impute) and one.input not in told.values:
        found = told.columns.get(one.input, nan)
        return None if isnan(found) else found
    return told.values.get(one.input)


def arrays_of(one: Encoding) -> tuple[str, str]:
    """The names of an embedding's two arrays: its centre (c,) and its axes (c, dimensions), both float32."""
    return f"{one.kind}.{source(one)}.centre", f"{one.kind}.{source(one)}.axes"


Way = partial[Vector]
"""From what an encoding reads of one case to its columns."""


class Encoder:
    """Fitted encodings, ready to make columns of any case; `columns` are theirs, in order.

    Raises ValueError (an embedding's arrays are missing or do not fit its columns).
    """

    def __init__(self, fitted: Sequence[Fitted], arrays: Arrays) -> None:
        self.fitted = tuple(fitted)
        self.columns = tuple(name for one in fitted for name in one.columns)
        self.ways = tuple(_way(one, arrays) for one in fitted)

    def row(self, told: Told) -> Vector:
        """What the encodings say of one case, (columns,) float32; NaN where a gap is to be filled."""
        parts = [way(material(one.declared, told)) for one, way in zip(self.fitted, self.ways, strict=True)]
        return np.concatenate(parts) if parts else np.empty(0, np.float32)

    def named(self, told: Told) -> dict[str, float]:
        """The same by column."""
        return dict(zip(self.columns, self.row(told).tolist(), strict=True))

    @property
    def lengths(self) -> dict[str, int]:
        """How long the vectors are that each embedding reads, by input or image stage; 0 where it reads none."""
        pairs = zip(self.fitted, self.ways, strict=True)
        return {source(one.declared): way.args[1].size for one, way in pairs if way.func is _projected}

    @property
    def fills(self) -> dict[str, float]:
        """What the trees take in a gap, by column."""
        return {name: value for one in self.fitted for name, value in one.fills.items()}


def _way(fitted: Fitted, arrays: Arrays) -> Way:
    one = fitted.declared
    if isinstance(one, NoteEmbedding | ImageEmbedding):
        return partial(_projected, fitted, *_axes(fitted, arrays))
    if isinstance(one, Ordinal | Impute):
        places = {level: float(place) for place, level in enumerate(fitted.levels)}
        return partial(_number, fitted, places)
    return partial(_marked, fitted, {name: place for place, name in enumerate(fitted.columns)})


def _axes(fitted: Fitted, arrays: Arrays) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Raises ValueError (they are missing, or do not fit the columns)."""
    first, second = arrays_of(fitted.declared)
    centre, axes = arrays.get(first), arrays.get(second)
    count = sum(name != missing(fitted.declared) for name in fitted.columns)
    if centre is None or axes is None or centre.ndim != 1 or axes.shape != (len(centre), count):
        raise ValueError(f"the arrays of the embedding of {source(fitted.declared)} are not as its columns need them")
    return centre.astype(np.float64), axes.astype(np.float64)


def _marked(fitted: Fitted, places: Mapping[str, int], given: Material) -> Vector:
    """A mark at each level or code of the case."""
    one, found = fitted.declared, np.zeros(len(fitted.columns), np.float32)
    levels = levels_of(given)
    if levels is None:
        if missing(one) in places:
            found[places[missing(one)]] = 1
        return found
    for level in levels:
        if of(level, one) in places:
            found[places[of(level, one)]] = 1
        elif unlisted(one) in places:
            found[places[unlisted(one)]] += 1
    return found


def _number(fitted: Fitted, places: Mapping[str, float], given: Material) -> Vector:
    """A number, or the place of a level; NaN where there is none, and whether so."""
    value = nan
    if isinstance(fitted.declared, Ordinal):
        value = places.get((levels_of(given) or ("",))[0], nan)
    elif isinstance(given, int | float):
        value = min(max(float(given), -_LARGEST), _LARGEST)
    gap = float(isnan(value))
    return np.array([value, gap][: len(fitted.columns)], np.float32)


def _projected(fitted: Fitted, centre: NDArray[np.float64], axes: NDArray[np.float64], given: Material) -> Vector:
    """Where a vector lies on each axis, from the centre; NaN where there is none, and whether so."""
    if isinstance(given, np.ndarray) and axes.shape[1]:
        if given.shape != centre.shape:
            raise ValueError(f"the embedding of {source(fitted.declared)} was fitted on vectors of another length")
        lies = (given.astype(np.float64) - centre) @ axes
    else:
        lies = np.full(axes.shape[1], nan)
    gap = float(not isinstance(given, np.ndarray))
    return np.append(lies, gap)[: len(fitted.columns)].astype(np.float32)


def levels_of(given: Material) -> tuple[str, ...] | None:
    """The level of a choice or number as text, or the codes of a list; None where nothing was given."""
    if given is None or isinstance(given, np.ndarray):
        return None
    if isinstance(given, tuple):
        return given
    if isinstance(given, str):
        return (given,)
    return (f"{given:g}",) if isfinite(given) else None
