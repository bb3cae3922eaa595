"""Folds that never part a family, balanced by label, and the same on every machine."""

import hashlib
from collections import Counter
from collections.abc import Mapping


def assign(
    families: Mapping[str, Mapping[str, int]], folds: int, given: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Fold (0 to `folds` - 1) of each family, where `families` maps each to its number of rows by label.

    Families in `given` keep their fold. The others, largest first and equals in the order of their names' hashes, go
    where the folds' shares of each label stay most alike (least sum of squares; greedy, after the stratified group
    k-fold of scikit-learn). No random numbers, so no seed.
    """
    fixed = dict(given or {})
    totals = Counter[str]()
    for labels in families.values():
        totals.update(labels)
    filled = [Counter[str]() for _ in range(folds)]
    for family in sorted(fixed):
        filled[fixed[family]].update(families[family])
    for family in sorted(families.keys() - fixed.keys(), key=lambda name: _order(name, families[name])):
        labels = families[family]
        fixed[family] = min(
            range(folds), key=lambda fold: (_cost(filled[fold], labels, totals), _size(filled[fold]), fold)
        )
        filled[fixed[family]].update(labels)
    return fixed


def _order(name: str, labels: Mapping[str, int]) -> tuple[int, bytes]:
    return -_size(labels), hashlib.sha256(name.encode()).digest()


def _size(labels: Mapping[str, int]) -> int:
    return sum(labels.values())


def _cost(filled: Mapping[str, int], labels: Mapping[str, int], totals: Mapping[str, int]) -> float:
    """How much the sum of squared shares grows when `labels` join this fold."""
    return sum(
        ((filled.get(label, 0) + more) ** 2 - filled.get(label, 0) ** 2) / totals[label] ** 2
        for label, more in sorted(labels.items())
    )
