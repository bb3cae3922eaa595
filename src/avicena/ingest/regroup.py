"""A dataset split anew by groups that were found in it: pictures that are copies belong to one family."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from avicena.core import digest
from avicena.core.errors import Blocked
from avicena.core.model import DatasetVersion, Row
from avicena.ingest.freeze import named
from avicena.ingest.split import assign
from avicena.measure.components import joined


def regroup(rows: Sequence[Row], groups: Mapping[str, str], folds: int) -> tuple[Row, ...]:
    """The rows with one family for all that share a family or a group, and folds that part no such family.

    `groups` maps row ids to groups. A family keeps its name where the data told it; whether the patient is known
    stays as it was, for a group of copies is not a patient. Raises Blocked (the groups join no two families).
    """
    root = joined((f"family {row.family}", f"group {groups[row.id]}") for row in rows if row.id in groups)
    names: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: (not row.family_known, row.family)):
        names.setdefault(root(f"family {row.family}"), row.family)
    families = [names[root(f"family {row.family}")] for row in rows]
    if all(row.family == family for row, family in zip(rows, families, strict=True)):
        raise Blocked("the groups that were found join no two families, so the split stays as it is")
    labels: dict[str, Counter[str]] = {}
    for row, family in zip(rows, families, strict=True):
        labels.setdefault(family, Counter()).update(f"{stage}={label}" for stage, label in row.labels.items())
    fold_of = assign(labels, max(folds, 2))
    return tuple(replace(row, family=family, fold=fold_of[family]) for row, family in zip(rows, families, strict=True))


def version_regrouped(old: DatasetVersion, rows: Sequence[Row], kept: str, groups: Mapping[str, str]) -> DatasetVersion:
    """The dataset version of regrouped rows that are kept under the digest `kept`; its parent is the old one."""
    counts = {**old.counts, "families": len({row.family for row in rows})}
    folds = 1 + max((row.fold for row in rows), default=-1)
    files = {**old.files, "groups": digest.of(dict(groups))}
    return named(replace(old, id="", rows=kept, counts=counts, folds=folds, files=files, parents=(old.id,)))
