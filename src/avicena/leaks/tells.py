"""What tells a label that should not: every view tried on families that it was not learnt from."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avicena.core.leak import LeakFinding, Severity
from avicena.core.leak_words import viewed
from avicena.core.text import Text
from avicena.leaks.views import View
from avicena.leaks.words import PURE, TELLS, said
from avicena.measure.association import (
    Separation,
    grouped_folds,
    one_against_rest,
    out_of_fold,
    separation,
)
from avicena.measure.intervals import Interval, wilson

Ints = NDArray[np.int64]

CONTENT = frozenset({"column", "phrase", "pair", "note"})
"""What may tell a label because medicine is so; only near certainty is a leak."""

CERTAIN = 0.9
"""Skill (0 chance, 1 certain) that the lower bound must reach before content is called a leak."""

SHORTCUT, TRACE = 0.5, 0.35
"""The same for what cannot be medicine: from here it is serious, from there a notice."""

BARS = {"future": (TRACE, TRACE), "intensity": (0.7, 0.5), "rim": (0.7, 0.5)}
"""Other bars by kind: a name that says "afterwards" needs little more; how a body fills a picture may be anatomy."""

_PURE, _COMMON, _LIFT = 0.95, 0.3, 1.3
_FEWEST = 20  # families
_EACH = 5  # families of each class that is judged


@dataclass(frozen=True)
class Labels:
    """One label as the audit reads it: rows that carry it, their classes 0 to k - 1, families and folds."""

    name: str
    rows: Ints
    codes: Ints
    classes: tuple[str, ...]
    units: NDArray[np.int64]
    folds: Ints

    @property
    def families(self) -> int:
        return len(np.unique(self.units))


def labels_of(name: str, said: tuple[str | None, ...], units: NDArray[np.int64]) -> Labels | None:
    """A label ready to be judged; None when fewer than two classes have families enough.

    Classes of fewer than _EACH families are left out; numbers of many values are cut into four ranges.
    """
    rows = np.array([i for i, one in enumerate(said) if one is not None], np.int64)
    given = [str(said[i]) for i in rows]
    families: dict[str, set[int]] = defaultdict(set)
    for i, one in zip(rows, given, strict=True):
        families[one].add(int(units[i]))
    kept = sorted(name for name, members in families.items() if len(members) >= _EACH)
    if len(kept) < 2 or len({unit for one in kept for unit in families[one]}) < _FEWEST:
        return None
    chosen = np.array([i for i, one in zip(rows, given, strict=True) if one in set(kept)], np.int64)
    place = {one: i for i, one in enumerate(kept)}
    codes = np.array([place[str(said[i])] for i in chosen], np.int64)
    return Labels(name, chosen, codes, tuple(kept), units[chosen], grouped_folds(units[chosen]))


def told(labels: Labels, views: Iterable[View]) -> list[LeakFinding]:
    """The findings of all views on one label, the strongest of each kind and column."""
    found: dict[tuple[str, str], tuple[float, LeakFinding]] = {}
    for view in views:
        one = judged(labels, view)
        if one is not None:
            key = (view.kind, "" if view.kind == "rim" else view.what.partition(":")[0])
            strength = one.low
            if key not in found or strength > found[key][0]:
                found[key] = (strength, one)
    return [finding for _, finding in sorted(found.values(), key=lambda pair: -pair[0])]


def judged(labels: Labels, view: View) -> LeakFinding | None:
    """What one view tells of a label, or None when that is no more than may be."""
    codes = np.unique(view.codes[labels.rows], return_inverse=True)[1].ravel().astype(np.int64)
    if not codes.any():
        return None
    pure = _pure(labels, view.kind, view.what, codes) if view.kind in CONTENT else None
    least = TRACE if view.kind not in CONTENT else CERTAIN
    if codes.max() == 1 and _crude(codes, labels) < least * 0.9:
        return pure
    return of_scores(labels, view.kind, view.what, out_of_fold(codes, labels.codes, labels.folds)) or pure


def of_scores(labels: Labels, kind: str, what: str, scores: NDArray[np.float64]) -> LeakFinding | None:
    """The finding that out-of-fold probabilities (n, k) of a view make, or None."""
    best = 2 * float(one_against_rest(scores, labels.codes).max()) - 1
    if best < (CERTAIN if kind in CONTENT else TRACE):
        return None
    found = separation(scores, labels.codes, labels.units)
    severity = _severity(kind, found)
    if severity is None:
        return None
    right = float(np.mean((scores[:, found.target] > 0.5) == (labels.codes == found.target)))
    words = {"effect": f"{found.value:.3f}", "right": f"{100 * right:.1f} %"}
    figures = Interval(found.value, found.low, found.high, found.units)
    return _finding(labels, kind, what, found.target, TELLS[kind], "AUROC", figures, severity, words)


def _severity(kind: str, found: Separation) -> Severity | None:
    if kind in CONTENT:
        return "serious" if found.skill_low >= CERTAIN else None
    serious, notice = BARS.get(kind, (SHORTCUT, TRACE))
    if found.skill_low >= serious:
        return "serious"
    return "notice" if found.skill_low >= notice else None


def _crude(codes: Ints, labels: Labels) -> float:
    """The skill of a yes-or-no view without folds: the largest difference of its share between class and rest."""
    counts = np.bincount(labels.codes)
    held = np.bincount(labels.codes, weights=codes)
    rest = (held.sum() - held) / np.maximum(counts.sum() - counts, 1)
    return float(np.abs(held / np.maximum(counts, 1) - rest).max())


def _pure(labels: Labels, kind: str, what: str, codes: Ints) -> LeakFinding | None:
    """The finding that a level of a view stands for one class alone, in much of that class, more than by chance.

    Counted by families; the rule of three bounds the share of exceptions (Hanley & Lippman-Hand 1983).
    """
    if codes.max() > 60 or not _nearly(labels, codes):
        return None
    seen = np.unique(np.stack([codes, labels.codes, labels.units], axis=1), axis=0)
    table = np.zeros((int(codes.max()) + 1, len(labels.classes)))
    np.add.at(table, (seen[:, 0], seen[:, 1]), 1)
    families = np.array([len(np.unique(labels.units[labels.codes == c])) for c in range(len(labels.classes))])
    total = np.maximum(table.sum(axis=1, keepdims=True), 1)
    share, base = table / total, families / families.sum()
    sure = share - 3 / total
    pure = (sure >= _PURE) & (table >= _COMMON * families) & (share >= _LIFT * base)
    if kind == "phrase":
        pure[0] = False  # that a phrase is not there says nothing of it
    if not pure.any():
        return None
    level, target = (int(one) for one in np.unravel_index(np.where(pure, table, -1).argmax(), table.shape))
    value, count = float(share[level, target]), int(total[level, 0])
    low, high = wilson(float(table[level, target]), count)
    words = {"effect": f"{100 * value:.1f} %", "base": f"{100 * base[target]:.1f} %"}
    figures = Interval(value, low, high, count)
    return _finding(labels, kind, what, target, PURE, "share of families", figures, "serious", words)


def _nearly(labels: Labels, codes: Ints) -> bool:
    """Whether counting rows, which is cheap, leaves it possible that a level stands for one class alone."""
    k = len(labels.classes)
    table = np.bincount(codes * k + labels.codes, minlength=(int(codes.max()) + 1) * k).reshape(-1, k)
    return bool((table.max(axis=1) >= 0.8 * np.maximum(table.sum(axis=1), 1)).any())


def _finding(
    labels: Labels,
    kind: str,
    what: str,
    target: int,
    said_of: tuple[Text, Text],
    measure: str,
    found: Interval,
    severity: Severity,
    figures: dict[str, str],
) -> LeakFinding:
    words: dict[str, str | Text] = {
        "label": labels.name,
        "target": labels.classes[target],
        "what": viewed(kind, what),
        **figures,
    }
    value, low, high = (round(one, 6) for one in found[:3])
    text, advice = (said(one, **words) for one in said_of)
    return LeakFinding(kind, labels.name, what, measure, value, low, high, found.units, severity, text, advice)
