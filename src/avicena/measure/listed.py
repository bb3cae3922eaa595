"""Figures of ranked lists: how far down the right one stands."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.model import Measure
from avicena.measure.intervals import Interval, bootstrap_mean

TOPS = (1, 3, 10)
"""How far down the list the right one is looked for."""

CITED, NEW = "cited by the annotations", "not cited"
"""Levels of the group "paper": whether the knowledge of the right disease was written from the case itself."""

Doubles = NDArray[np.float64]


def tops(stage: str, ranks: Doubles, families: NDArray[Any], group: str = "", level: str = "") -> list[Measure]:
    """The share of cases whose right one is among the first 1, 3 and 10; `ranks` (n,), infinite where it is nowhere.

    `families` (n,) are drawn whole for the interval.
    """
    shares = {top: bootstrap_mean((ranks <= top).astype(float), families) for top in TOPS}
    return [measured(stage, f"top-{top}", found, group, level) for top, found in shares.items()]


def reciprocal(stage: str, ranks: Doubles, families: NDArray[Any]) -> Measure:
    """The mean reciprocal rank (Voorhees, TREC-8, 1999)."""
    return measured(stage, "MRR", bootstrap_mean(1 / ranks, families))


def by_disease(stage: str, ranks: Doubles, diseases: Sequence[str], families: NDArray[Any]) -> list[Measure]:
    """The same shares with every disease counted alike, however many of its cases there are."""
    _, place, counts = np.unique(np.array(diseases), return_inverse=True, return_counts=True)
    weights = 1 / counts[place]
    return [
        measured(
            stage, f"top-{top} by disease", bootstrap_mean((ranks <= top).astype(float), families, weights=weights)
        )
        for top in TOPS
    ]


def measured(stage: str, name: str, found: Interval, group: str = "", level: str = "") -> Measure:
    """A figure under its name."""
    return Measure(stage, name, found.value, found.low, found.high, found.units, group, level)
