"""What a ranker is worth: figures of blind lists, for diseases that the knowledge holds and for others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.model import Measure
from avicena.measure.discrimination import auroc
from avicena.measure.intervals import Interval, bootstrap, bootstrap_mean, paired_difference, wilson
from avicena.measure.listed import by_disease, measured, reciprocal, tops

UNKNOWN = "AUROC of none of these"
"""How well the probability of none of these tells cases whose disease was taken out of the knowledge from the rest."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Blind:
    """What models, and scales, that saw no case of its fold said of each case; (n,) each.

    `ranks` of the right disease, infinite where it is no candidate, and `first` the same without training. `sure` is
    the largest probability of an outcome and `right` whether that outcome is the true one, where a case whose disease
    is no candidate is one of *none of these*. `truth` is the probability of the true outcome, `none` of none of these,
    `size` and `held` say how many outcomes the set has and whether the truth is one. `gone` is the probability of none
    of these when the right disease was taken out of the knowledge, NaN where it was not in it, and `gone_sure` the
    largest probability of a disease then.
    """

    ranks: Doubles
    first: Doubles
    sure: Doubles
    right: NDArray[np.bool_]
    truth: Doubles
    none: Doubles
    size: Doubles
    held: NDArray[np.bool_]
    gone: Doubles
    gone_sure: Doubles

    def at(self, rows: NDArray[Any]) -> "Blind":
        """The same of these cases alone."""
        return Blind(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})


def figures(
    stage: str, blind: Blind, diseases: Sequence[str], families: NDArray[Any], groups: Mapping[str, NDArray[Any]]
) -> list[Measure]:
    """All figures of a ranking stage; `families` (n,) are components of disease and paper, drawn whole."""
    made = [
        *tops(stage, blind.ranks, families),
        reciprocal(stage, blind.ranks, families),
        *by_disease(stage, blind.ranks, diseases, families),
        _gain(stage, blind, families),
        _ece(stage, "ECE", blind.sure, blind.right, families),
        measured(stage, "log loss", bootstrap_mean(-np.log(np.maximum(blind.truth, 1e-12)), families)),
        _coverage(stage, blind, families),
        measured(stage, "size of sets", bootstrap_mean(blind.size, families)),
    ]
    out = ~np.isnan(blind.gone)
    if out.any():
        made.append(measured(stage, UNKNOWN, _told_apart(blind, families)))
        made.append(measured(stage, "disease above 50 % though taken out", _over(blind.gone_sure[out], families[out])))
        made.append(_ece(stage, "ECE when taken out", *_outcomes(blind.at(out)), families[out]))
    for name, levels in groups.items():
        for level in sorted(set(levels.tolist())):
            rows = levels == level
            part = blind.at(rows)
            made += tops(stage, part.ranks, families[rows], name, str(level))
            made.append(_coverage(stage, part, families[rows], name, str(level)))
    return made


def _gain(stage: str, blind: Blind, families: NDArray[Any]) -> Measure:
    learnt, plain = ((one <= 1).astype(float) for one in (blind.ranks, blind.first))
    return measured(stage, "gain of top-1 over the score without training", paired_difference(learnt, plain, families))


def _ece(stage: str, name: str, sure: Doubles, right: NDArray[np.bool_], families: NDArray[Any]) -> Measure:
    """Expected calibration error of the most probable outcome, over 15 equal widths of probability."""
    found = bootstrap(lambda rows: _gap(sure[rows], right[rows]), families, draws=400)
    return measured(stage, name, found)


def _gap(sure: Doubles, right: NDArray[np.bool_], bins: int = 15) -> float:
    """Mean distance of probability and frequency over equal widths (Guo et al., ICML 2017, eq. 3)."""
    place = np.minimum((sure * bins).astype(int), bins - 1)
    distance = np.abs(np.bincount(place, sure, bins) - np.bincount(place, right, bins))
    return float(distance.sum() / len(sure))


def _coverage(stage: str, blind: Blind, families: NDArray[Any], group: str = "", level: str = "") -> Measure:
    """How often the set holds the truth, each family weighing 1 (Wilson's interval on families)."""
    _, place = np.unique(families, return_inverse=True)
    shares = np.bincount(place, blind.held) / np.bincount(place)
    low, high = wilson(float(shares.sum()), len(shares))
    return Measure(stage, "coverage of sets", float(shares.mean()), low, high, len(shares), group, level)


def _told_apart(blind: Blind, families: NDArray[Any]) -> Interval:
    """The same cases with and without their disease in the knowledge: AUROC of the probability of none of these."""

    def area(rows: NDArray[np.intp]) -> float:
        rows = rows[~np.isnan(blind.gone[rows])]
        scores = np.concatenate([blind.gone[rows], blind.none[rows]])
        return auroc(scores, np.repeat([True, False], len(rows)))

    return bootstrap(area, families, draws=200)


def _over(sure: Doubles, families: NDArray[Any], limit: float = 0.5) -> Interval:
    return bootstrap_mean((sure > limit).astype(float), families)


def _outcomes(blind: Blind) -> tuple[Doubles, NDArray[np.bool_]]:
    """The most probable outcome where the disease was taken out: none of these is then the right one."""
    return np.maximum(blind.gone, blind.gone_sure), blind.gone >= blind.gone_sure
