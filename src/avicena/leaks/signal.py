"""What columns and phrases say together: too much, or nothing at all."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from avicena.core.leak import LeakFinding
from avicena.core.leak_words import viewed
from avicena.core.text import Text
from avicena.leaks.sheet import Sheet
from avicena.leaks.tells import Labels, of_scores
from avicena.leaks.views import View
from avicena.leaks.words import PLAIN, said
from avicena.measure.association import one_against_rest, out_of_fold, signal

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOTHING = 0.01
"""The p of permuted labels above which nothing was found."""

_WEAK = 0.6  # AUROC that the interval must stay under before labels are said to be without signal
_ENOUGH = 200  # families that must stand behind it to be serious
_FEW_LEVELS = 12
_PAIRS = 400
_PHRASES = 400


def note_as_a_whole(labels: Labels, seen: Sequence[View], alone: set[str]) -> list[LeakFinding]:
    """A note whose phrases tell the label together; the likeliest phrases are named."""
    phrases = [view for view in seen if view.kind == "phrase"]
    findings = []
    for column in sorted({view.what.partition(":")[0] for view in phrases}):
        mine = [view for view in phrases if view.what.partition(":")[0] == column][:_PHRASES]
        if any(view.what in alone for view in mine):
            continue
        present = np.stack([view.codes[labels.rows] for view in mine], axis=1).astype(np.float64)
        scores = _bayes(present, labels)
        strength = np.abs(np.corrcoef(present.T, labels.codes == _best_class(scores, labels))[-1, :-1])
        telling = ", ".join(mine[i].what.partition(": ")[2] for i in np.argsort(-np.nan_to_num(strength))[:3])
        found = of_scores(labels, "note", f"{column}: {telling}", scores)
        findings += [found] if found is not None else []
    return findings


def pairs_of_columns(labels: Labels, seen: Sequence[View], alone: set[str]) -> list[LeakFinding]:
    """Two columns of few levels that tell the label together while neither does alone."""
    few = [view for view in seen if view.kind == "column" and 0 < view.codes.max() < _FEW_LEVELS]
    few = [view for view in few if view.what not in alone]
    best: tuple[float, LeakFinding] | None = None
    for one, other in list(combinations(few, 2))[:_PAIRS]:
        codes = (one.codes * (int(other.codes.max()) + 1) + other.codes)[labels.rows]
        scores = out_of_fold(codes, labels.codes, labels.folds)
        found = of_scores(labels, "pair", f"{one.what} and {other.what}", scores)
        if found is not None and (best is None or found.low > best[0]):
            best = (found.low, found)
    return [best[1]] if best is not None else []


def absent(sheet: Sheet, labels: Labels, seen: Sequence[View], bodies: Floats | None) -> list[LeakFinding]:
    """That nothing tells the label, beyond the earlier label that its model is given, better than chance."""
    strata = None
    earlier = sheet.given.get(labels.name)
    if earlier is not None:
        names = sheet.labels[earlier]
        strata = np.unique([str(names[i]) for i in labels.rows], return_inverse=True)[1].ravel().astype(np.int64)
    rows = _features(labels, seen, bodies)
    if not rows.shape[1]:
        return []
    found = signal(rows, labels.codes, labels.units, strata)
    if found.p <= NOTHING or found.high > _WEAK:
        return []
    beyond = f"p = {found.p:.2f}" + (f", beyond {earlier}" if earlier is not None else "")
    text, advice = PLAIN["no signal"]
    words: dict[str, str | Text] = {
        "label": labels.name,
        "what": viewed("no signal", beyond),
        "effect": f"{found.value:.3f}",
    }
    return [
        LeakFinding(
            "no signal",
            labels.name,
            beyond,
            "AUROC",
            round(found.value, 6),
            round(found.low, 6),
            round(found.high, 6),
            found.units,
            "serious" if found.units >= _ENOUGH else "notice",
            said(text, **words),
            said(advice, **words),
        )
    ]


def _features(labels: Labels, seen: Sequence[View], bodies: Floats | None) -> Floats:
    """Columns one-hot by level, phrases as marks, pictures as 16 x 16 pixels: float (n, d)."""
    parts = []
    phrases = 0
    for view in seen:
        phrases += view.kind == "phrase"
        if view.kind in ("column", "future", "missing") or (view.kind == "phrase" and phrases <= _PHRASES):
            codes = np.unique(view.codes[labels.rows], return_inverse=True)[1].ravel()
            if 0 < codes.max() <= 40:
                parts.append(np.eye(int(codes.max()) + 1)[codes][:, 1:])
    if bodies is not None:
        parts.append(bodies)
    return np.concatenate(parts, axis=1) if parts else np.zeros((len(labels.rows), 0))


def _bayes(present: Floats, labels: Labels) -> Floats:
    """The chance of each class against the rest, (n, k), by naive Bayes on marks (n, d) of the other folds."""
    marks = np.eye(len(labels.classes))[labels.codes]
    scores = np.zeros_like(marks)
    for fold in np.unique(labels.folds):
        known, asked = labels.folds != fold, labels.folds == fold
        counts = marks[known].sum(axis=0)
        held = (present[known].T @ marks[known] + 0.5) / (counts + 1)
        rest = counts.sum() - counts
        others = (present[known].sum(axis=0)[:, None] - present[known].T @ marks[known] + 0.5) / (rest + 1)
        yes, no = np.log(held / others), np.log((1 - held) / (1 - others))
        odds = present[asked] @ yes + (1 - present[asked]) @ no + np.log(counts / rest)
        scores[asked] = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    return scores


def _best_class(scores: Floats, labels: Labels) -> int:
    return int(one_against_rest(scores, labels.codes).argmax())
