"""Counting rows and the families behind them: rows in, counts and cross tables out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from avicena.core.model import Row
from avicena.core.profile import FEWEST, OTHERS, Count, Crosstab, Families, Split

MOST = 12
"""Levels of a group or source that are shown by name; the rest are one level."""

SIZES: tuple[tuple[str, int, int], ...] = (
    ("1", 1, 1),
    ("2", 2, 2),
    ("3–5", 3, 5),
    ("6–10", 6, 10),
    ("11–20", 11, 20),
    ("21–50", 21, 50),
    ("> 50", 51, 10**12),
)
"""Name, least and most rows of each class of family size."""

Key = Callable[[Row], str | None]


def label(stage: str) -> Key:
    """What gives a row's label of that stage."""
    return lambda row: row.labels.get(stage)


def source(row: Row) -> str:
    """Where a row comes from; empty where the data do not say."""
    return row.source


def fold(row: Row) -> str:
    """The fold of a row."""
    return str(row.fold)


def count(rows: Iterable[Row], key: Key, order: Sequence[str] | None = None, most: int = MOST) -> tuple[Count, ...]:
    """Rows and families by level, in the given order (levels of it without any row stay), else most rows first.

    Without an order, all but the `most` frequent levels are one, named `OTHERS`.
    """
    held: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        level = key(row)
        if level is not None:
            held[level].append(row)
    if order is not None:
        return tuple(_count(level, held.get(level, [])) for level in order)
    ranked = sorted(held, key=lambda level: (-len(held[level]), level))
    found = [_count(level, held[level]) for level in ranked[:most]]
    rest = [row for level in ranked[most:] for row in held[level]]
    return (*found, _count(OTHERS, rest)) if rest else tuple(found)


def codes_of(row: Row, name: str) -> tuple[str, ...]:
    """The codes that a row lists under an input; none where it lists nothing."""
    value = row.values.get(name)
    return value if isinstance(value, tuple) else ()


def codes(rows: Iterable[Row], name: str, most: int = MOST) -> tuple[Count, ...]:
    """Rows and families of the commonest codes of lists, most rows first; none of them of fewer than FEWEST families.

    A row counts once for each of its codes, so that the counts sum to more than the rows.
    """
    held: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for code in codes_of(row, name):
            held[code].append(row)
    found = (_count(code, held[code]) for code in sorted(held, key=lambda code: (-len(held[code]), code)))
    return tuple([one for one in found if one.families >= FEWEST][:most])


def crosstab(
    rows: Sequence[Row], stage: str, classes: Sequence[str], by: str, key: Key, levels: Sequence[str]
) -> Crosstab:
    """How the classes of a stage are spread over levels; a level that is not named counts as `OTHERS`."""
    cells: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        level, said = key(row), row.labels.get(stage)
        if level is not None and said is not None:
            cells[level if level in levels else OTHERS, said].append(row)
    return Crosstab(
        stage,
        by,
        tuple(levels),
        tuple(classes),
        tuple(tuple(len(cells[level, one]) for one in classes) for level in levels),
        tuple(tuple(len({row.family for row in cells[level, one]}) for one in classes) for level in levels),
    )


def splits(
    rows: Iterable[Row], stage: str, classes: Sequence[str], folds: Sequence[str], sources: Sequence[str]
) -> list[Split]:
    """Folds × class × source: one line for each class and source that has a row."""
    cells: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if stage in row.labels:
            place = row.source if row.source in sources else OTHERS
            cells[row.labels[stage], place, fold(row)].append(row)
    found = []
    for one in classes:
        for place in sources:
            held = [cells[one, place, number] for number in folds]
            if any(held):
                families = tuple(len({row.family for row in cell}) for cell in held)
                found.append(Split(stage, one, place, tuple(map(len, held)), families))
    return found


def families(rows: Sequence[Row], stages: Iterable[str]) -> Families:
    """How rows gather in families, and what ought to be one within a family and is not."""
    held: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        held[row.family].append(row)
    sizes = Counter(len(one) for one in held.values())
    return Families(
        len(held),
        sum(row.family_known for row in rows),
        tuple((name, sum(n for size, n in sizes.items() if low <= size <= high)) for name, low, high in SIZES),
        {stage: sum(len(_levels(one, label(stage))) > 1 for one in held.values()) for stage in stages},
        sum(len(_levels(one, source)) > 1 for one in held.values()),
        sum(len(_levels(one, fold)) > 1 for one in held.values()),
    )


def _count(name: str, rows: Sequence[Row]) -> Count:
    return Count(name, len(rows), len({row.family for row in rows}))


def _levels(rows: Iterable[Row], key: Key) -> set[str]:
    return {level for row in rows if (level := key(row)) is not None}
