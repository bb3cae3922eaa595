"""Large tables: whole families of some tens of thousands of rows stand for all where labels and near copies are
judged."""

from dataclasses import replace
from hashlib import blake2b

from avicena.leaks.sheet import Sheet

MOST = 50_000
"""Rows from which on labels are judged on a sample; every figure of an audit is stable long before."""


def sampled(sheet: Sheet, most: int = MOST) -> tuple[Sheet, tuple[int, ...]]:
    """The sheet of a sample of whole families with at least `most` rows, and the places of its rows in the whole.

    The families come in the order of their names' hashes, so the same sheet gives the same sample. A sheet of no more
    rows is given back as it is.
    """
    if sheet.size <= most:
        return sheet, tuple(range(sheet.size))
    sizes: dict[str, int] = {}
    for unit in sheet.units:
        sizes[unit] = sizes.get(unit, 0) + 1
    chosen: set[str] = set()
    rows = 0
    for unit in sorted(sizes, key=lambda name: blake2b(name.encode(), digest_size=8).digest()):
        if rows >= most:
            break
        chosen.add(unit)
        rows += sizes[unit]
    places = tuple(place for place, unit in enumerate(sheet.units) if unit in chosen)
    return _cut(sheet, places), places


def _cut(sheet: Sheet, places: tuple[int, ...]) -> Sheet:
    return replace(
        sheet,
        ids=tuple(sheet.ids[i] for i in places),
        columns={name: tuple(values[i] for i in places) for name, values in sheet.columns.items()},
        labels={name: tuple(values[i] for i in places) for name, values in sheet.labels.items()},
        units=tuple(sheet.units[i] for i in places),
        told=tuple(sheet.told[i] for i in places),
        sources=None if sheet.sources is None else tuple(sheet.sources[i] for i in places),
        folds=None if sheet.folds is None else tuple(sheet.folds[i] for i in places),
        pictures=tuple(sheet.pictures[i] for i in places) if sheet.pictures else (),
        places=places,
    )
