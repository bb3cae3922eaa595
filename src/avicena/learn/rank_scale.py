"""From a ranker's scores of cases it never saw to probabilities that hold: temperature, none of these, threshold.

*None of these* is a logistic regression on summaries of a case. It learns from the cases whose right disease is no
candidate, and from the others ranked by a knowledge without their disease (`learn.rank_taken`), each of which weighs
`unknown` of a case.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from avicena.learn.rank_judge import loss
from avicena.learn.rank_table import RankTable
from avicena.learn.rank_taken import Taken
from avicena.measure.conformal import quantile
from avicena.measure.rank_list import INTERCEPT, probabilities, summaries

Doubles = NDArray[np.float64]

UNKNOWN = 0.1
RIDGE = 1.0
STEPS = 50


@dataclass(frozen=True)
class RankScale:
    """How scores become probabilities: the fields of the same names in a `RankStageSpec`."""

    temperature: float
    none: Mapping[str, float]
    alpha: float
    threshold: float


def temperature(table: RankTable, scores: Doubles) -> float:
    """The temperature at which the right disease is least surprising: one-dimensional search on ln T in [−3, 4]."""
    grid = np.linspace(-3.0, 4.0, 29)
    low = grid[int(np.argmin([loss(table, scores, float(np.exp(one))) for one in grid]))]
    fine = low + np.linspace(-0.25, 0.25, 21)
    return float(np.exp(fine[int(np.argmin([loss(table, scores, float(np.exp(one))) for one in fine]))]))


def scaled(
    table: RankTable,
    scores: Doubles,
    cases: Mapping[int, Mapping[str, float]],
    groups: NDArray[np.int64],
    alpha: float,
    gone: Taken,
    unknown: float = UNKNOWN,
) -> RankScale:
    """The scale of scores (N,) that their model did not learn from.

    `cases` are further summaries of each case, by number; `groups` (n,) the component of each case, which the
    threshold takes as one (`measure.conformal`); `gone` what is said of cases without their disease.
    """
    heat = temperature(table, scores)
    rows: list[dict[str, float]] = []
    absent, weight = [], []
    for number, mine, hit in _lists(table, scores):
        rows.append({**cases[number], **summaries(mine, heat)})
        absent.append(not hit.any())
        weight.append(1.0)
        if hit.any() and number in gone:
            left, about = gone[number]
            rows.append({**about, **summaries(left, heat)})
            absent.append(True)
            weight.append(unknown)
    names = tuple(sorted(rows[0]))
    values = np.array([[row[name] for name in names] for row in rows])
    weights = logistic(values, np.array(absent), np.array(weight), names.index(INTERCEPT))
    none = dict(zip(names, weights.tolist(), strict=True))
    surprise, owner = [], []
    for number, mine, hit in _lists(table, scores):
        chances, missing = probabilities(mine, heat, none, cases[number])
        surprise.append(1 - (float(chances[hit].sum()) if hit.any() else missing))
        owner.append(groups[number])
    limit = min(quantile(np.array(surprise), np.array(owner), alpha), 1.0)
    return RankScale(heat, none, alpha, limit)


def logistic(values: Doubles, labels: NDArray[np.bool_], weight: Doubles, free: int) -> Doubles:
    """Coefficients (c,) of a logistic regression with a ridge on standardised columns, `free` (the constant) spared.

    Newton's method; the coefficients are those of the columns as they came.
    """
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    middle[free], spread[free] = 0.0, 1.0
    x = (values - middle) / spread
    ridge = np.full(x.shape[1], RIDGE)
    ridge[free] = 1e-6
    beta = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        slope = x.T @ (weight * (p - labels)) + ridge * beta
        bend = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        beta -= step
        if np.abs(step).max() < 1e-8:
            break
    out: Doubles = beta / spread
    out[free] = beta[free] - (beta * middle / spread)[np.arange(len(beta)) != free].sum()
    return out


def _lists(table: RankTable, scores: Doubles) -> Iterator[tuple[int, Doubles, NDArray[np.bool_]]]:
    """Of each case its number, its scores and its hits."""
    edges = np.append(table.begins, len(table.query)).tolist()
    for start, end in pairwise(edges):
        yield int(table.query[start]), np.asarray(scores[start:end], dtype=np.float64), table.hit[start:end]
