"""Folds that never part a family, balanced by label, and the same on every machine."""

import hashlib
from collections import Counter
from collections.abc import Mapping

MANY = 10_000
"""Families from which on a split goes by the hash of their names."""

COMMON = 100
"""Families of each fold that make a label common enough for chance to balance it."""


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


def assign_many(
    families: Mapping[str, Mapping[str, int]], folds: int, given: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Like `assign`, for so many families that chance balances what is common: by the hash of each family's name.

    Families with a label that fewer than `COMMON` families of each fold have are balanced as `assign` does it. So a
    change of one row moves no other family, but where its label is rare.
    """
    counted = Counter[str]()
    for labels in families.values():
        counted.update(labels.keys())
    rare = {label for label, number in counted.items() if number < COMMON * folds}
    fixed = dict(given or {})
    scarce = {family: labels for family, labels in families.items() if not rare.isdisjoint(labels)}
    for family in families.keys() - fixed.keys() - scarce.keys():
        fixed[family] = int.from_bytes(hashlib.sha256(family.encode()).digest()[:8]) % folds
    return fixed | assign(scarce, folds, {family: fixed[family] for family in scarce.keys() & fixed.keys()})


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
