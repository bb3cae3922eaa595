"""What the audit looks at: a dataset version or a bare table, in one shape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from avicena.core.application import Application, TreeStage
from avicena.core.case import Value
from avicena.core.errors import ContractViolation
from avicena.core.model import Row
from avicena.formats.table import Table

_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "."})


@dataclass(frozen=True)
class Sheet:
    """Rows in the order in which they stand. Every sequence has one entry per row.

    `columns` hold values as given (numbers, text, or None); `labels` the classes by label; `given` names, for a label,
    the earlier label that its model is told; `units` is the family of each row and `told` whether the data say so;
    `pictures` the digest of each row's picture, empty where there are none; `folds` the split, None without one;
    `places` the place of each row in the table that it was drawn from, empty where the sheet is the whole table.
    """

    ids: tuple[str, ...]
    columns: Mapping[str, tuple[Value, ...]]
    labels: Mapping[str, tuple[str | None, ...]]
    units: tuple[str, ...]
    told: tuple[bool, ...]
    sources: tuple[str, ...] | None = None
    folds: tuple[int, ...] | None = None
    pictures: tuple[str | None, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    places: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        return len(self.ids)


def sheet_of(application: Application, rows: Sequence[Row]) -> Sheet:
    """A frozen dataset version as the audit sees it."""
    kinds = application.inputs
    image = next((name for name, kind in kinds.items() if hasattr(kind, "modality")), None)
    columns: dict[str, tuple[Value, ...]] = {}
    for name in kinds:
        values = tuple(row.values.get(name) for row in rows)
        if name != image and any(value is not None for value in values):
            columns[name] = values
    labels = {
        stage.name: tuple(row.labels.get(stage.name) for row in rows)
        for stage in application.chain
        if any(stage.name in row.labels for row in rows)
    }
    earlier = {one.name: one.given for one in application.chain if isinstance(one, TreeStage) and one.given is not None}
    pictures = tuple(row.values.get(image) for row in rows) if image is not None else ()
    return Sheet(
        ids=tuple(row.id for row in rows),
        columns=columns,
        labels=labels,
        units=tuple(row.family for row in rows),
        told=tuple(row.family_known for row in rows),
        sources=tuple(row.source for row in rows) if len({row.source for row in rows}) > 1 else None,
        folds=tuple(row.fold for row in rows) if len({row.fold for row in rows}) > 1 else None,
        pictures=tuple(None if one is None else str(one) for one in pictures),
        given={name: one for name, one in earlier.items() if {name, one} <= labels.keys()},
    )


def sheet_of_table(
    table: Table,
    label: str,
    *,
    group: str | None = None,
    fold: str | None = None,
    source: str | None = None,
    key: str | None = None,
    pictures: Mapping[str, str] | None = None,
) -> Sheet:
    """A bare table as the audit sees it; numbers are read where a whole column holds them.

    `key` names the column that `pictures` (name or stem of a file → digest) is looked up by.
    Raises ContractViolation (a column that is not there, or no row carries the label).
    """
    wanted = {"label": label, "group": group, "fold": fold, "source": source, "key": key}
    missing = {of: "no such column in the table" for of, name in wanted.items() if name and name not in table.columns}
    if missing:
        raise ContractViolation(missing)
    rows = [row.cells for row in table.rows]
    said = tuple(_text(cells[label]) for cells in rows)
    if not any(said):
        raise ContractViolation({"label": "no row carries it"})
    special = {name for name in (label, group, fold, source) if name}
    columns = {name: _column([cells[name] for cells in rows]) for name in table.columns if name not in special}
    units = tuple((_text(cells[group]) if group else None) or f"row {i}" for i, cells in enumerate(rows))
    held = [_text(cells[fold]) or "" for cells in rows] if fold else []
    numbers = {name: i for i, name in enumerate(sorted(set(held)))}
    found = pictures or {}
    return Sheet(
        ids=tuple((_text(cells[key]) if key else None) or f"{i}" for i, cells in enumerate(rows)),
        columns=columns,
        labels={label: said},
        units=units,
        told=tuple(group is not None for _ in rows),
        sources=tuple(_text(cells[source]) or "" for cells in rows) if source else None,
        folds=tuple(numbers[one] for one in held) if fold else None,
        pictures=tuple(found.get(cells[key].strip()) for cells in rows) if key and pictures is not None else (),
    )


def _text(cell: str) -> str | None:
    text = cell.strip()
    return None if text.casefold() in _MISSING else text


def _column(cells: list[str]) -> tuple[Value, ...]:
    texts = [_text(cell) for cell in cells]
    try:
        return tuple(None if text is None else _number(text) for text in texts)
    except ValueError:
        return tuple(None if text is None else cell for text, cell in zip(texts, cells, strict=True))


def _number(text: str) -> float:
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")) or "_" in text:
        raise ValueError
    return value
