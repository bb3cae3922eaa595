"""Rows made up for rare classes, each from two real training rows of one class."""

import numpy as np
from numpy.typing import NDArray

from avicena.core.tree_recipe import Augmentation
from avicena.learn.trees_table import Encoded, Labels, Mask, Matrix

STRANGERS = 4
"""Rows of any class that count beside a class's own when a wide table is asked how old, or of what sex, cases are."""


def augmented(encoded: Encoded, labels: Labels, inside: Mask, how: Augmentation, seed: int) -> tuple[Matrix, Labels]:
    """The rows `inside` and after them those made up of them alone, all thinned: (m, columns) and their labels (m,).

    Each class comes to `how.rows` rows, or to as many as the largest class has, if these are fewer. A row's parents are
    of its class; numbers lie between theirs (mixup, Zhang et al., ICLR 2018, within the class), columns of evidence
    come from either parent each by itself, and all other columns of two values together from the nearer parent, so
    that a one-hot stays whole. In a wide table what is not evidence comes from a stranger instead, as often as the
    class has few rows: two infants with a disease must not teach that only infants have it. Then in every row, real
    ones and those of common classes as well, each evidence vanishes with probability `how.drop`: were only made-up rows
    thinned, to tell little would speak for a rare disease. The same seed gives the same rows.
    """
    rows, known = encoded.rows[inside], labels[inside]
    counts = np.bincount(known, minlength=1)
    least = min(how.rows, int(counts.max()))
    random = np.random.default_rng(seed)
    evidence = np.array([name in encoded.evidence for name in encoded.columns], dtype=bool)
    made, named = [rows], [known]
    for label in np.flatnonzero((counts > 0) & (counts < least)):
        own, more = rows[known == label], least - int(counts[label])
        children = _children(own, more, evidence, _whole(rows, evidence), how, random)
        if encoded.wide:
            _estrange(children, ~evidence, rows, 1 / counts[known], STRANGERS / (STRANGERS + len(own)), random)
        made.append(children)
        named.append(np.full(more, label, dtype=np.int64))
    found = np.concatenate(made)
    found[:, evidence] *= random.random((len(found), int(evidence.sum()))) >= how.drop
    return found, np.concatenate(named)


def lacking(labels: Labels, how: Augmentation) -> bool:
    """Whether any class has fewer rows than augmentation would give it."""
    counts = np.bincount(labels)
    return bool(((counts > 0) & (counts < min(how.rows, int(counts.max())))).any())


def _whole(rows: Matrix, evidence: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The columns (columns,) that are not evidence and hold nothing but 0 and 1."""
    found: NDArray[np.bool_] = ((rows == 0) | (rows == 1)).all(axis=0) & ~evidence
    return found


def _estrange(
    children: Matrix,
    plain: NDArray[np.bool_],
    rows: Matrix,
    weights: NDArray[np.float64],
    chance: float,
    random: np.random.Generator,
) -> None:
    """Give children (m, columns), by chance, the `plain` columns of a row (n, columns) drawn by its weight (n,)."""
    strangers = rows[random.choice(len(rows), len(children), p=weights / weights.sum())]
    moved = random.random(len(children)) < chance
    children[np.ix_(moved, plain)] = strangers[np.ix_(moved, plain)]


def _children(
    own: Matrix,
    more: int,
    evidence: NDArray[np.bool_],
    whole: NDArray[np.bool_],
    how: Augmentation,
    random: np.random.Generator,
) -> Matrix:
    """So many rows (more, columns) of parents from `own` (n, columns)."""
    first, second = own[random.integers(0, len(own), more)], own[random.integers(0, len(own), more)]
    share = random.beta(how.mix, how.mix, (more, 1)) if how.mix > 0 else np.ones((more, 1))
    either = np.where(random.random((more, int(evidence.sum()))) < share, first[:, evidence], second[:, evidence])
    found = share * first + (1 - share) * second
    found = np.where(np.isnan(first) | np.isnan(second), np.where(share >= 0.5, first, second), found)
    found[:, whole] = np.where(share >= 0.5, first[:, whole], second[:, whole])
    found[:, evidence] = either
    return found.astype(np.float32)
