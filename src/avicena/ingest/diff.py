"""What changed from one dataset version to another: rows, values, classes, and how far each column moved."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from avicena.core.application import Application
from avicena.core.case import Value
from avicena.core.difference import Change, Difference, Shift
from avicena.core.model import Row
from avicena.ingest.doubt import choices, column, pictures, quantities, stages, told
from avicena.measure import drift


def diff(application: Application, before: Sequence[Row], after: Sequence[Row]) -> Difference:
    """The difference of two versions' rows, which are the same row where they have the same id."""
    old, new = ({row.id: row for row in rows} for rows in (before, after))
    changes = [one for id in sorted(old.keys() & new.keys()) for one in _changes(application, old[id], new[id])]
    return Difference(
        (len(old), len(new)),
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        tuple(changes),
        {stage: _classes(stage, before, after) for stage in stages(application)},
        _shifts(application, before, after) if before and after else {},
    )


def _changes(application: Application, before: Row, after: Row) -> list[Change]:
    pairs: dict[str, tuple[Value, Value]] = {
        name: (told(before, name), told(after, name)) for name in (*stages(application), *application.inputs)
    }
    pairs |= {"fold": (before.fold, after.fold), "family": (before.family, after.family)}
    pairs |= {"source": (before.source, after.source)}
    found = [Change(before.id, name, was, now) for name, (was, now) in pairs.items() if was != now]
    return found + ([Change(before.id, "box", None, None)] if before.box != after.box else [])


def _classes(stage: str, before: Sequence[Row], after: Sequence[Row]) -> dict[str, tuple[int, int]]:
    old, new = (Counter(row.labels[stage] for row in rows if stage in row.labels) for rows in (before, after))
    return {label: (old[label], new[label]) for label in sorted(old | new)}


def _shifts(application: Application, before: Sequence[Row], after: Sequence[Row]) -> dict[str, Shift]:
    """How far each number, choice, note (by its length), label and the source moved; pictures are not compared."""
    found = {name: drift.numbers(column(before, name), column(after, name)) for name in quantities(application)}
    for name in (*choices(application), *stages(application)):
        found[name] = drift.words(_words(before, name), _words(after, name))
    for name in (one for one in application.inputs if one not in found and one not in pictures(application)):
        found[f"{name} (length)"] = drift.numbers(_lengths(before, name), _lengths(after, name))
    found["source"] = drift.words([row.source for row in before], [row.source for row in after])
    return found


def _words(rows: Sequence[Row], name: str) -> list[str | None]:
    found = (told(row, name) for row in rows)
    return [None if one is None else str(one) for one in found]


def _lengths(rows: Sequence[Row], name: str) -> NDArray[np.float64]:
    found = (row.values.get(name) for row in rows)
    return np.array([np.nan if one is None else len(one if isinstance(one, tuple) else str(one)) for one in found])
