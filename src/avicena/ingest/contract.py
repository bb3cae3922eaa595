"""A whole table against the contract: every fault of every row, counted, in one pass and a batch at a time.

Table and service can never disagree, for both read a text with the same `parse`. What is kept of the rows that went by
is one byte each and their names.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from avicena.core.application import Application
from avicena.core.case import Value
from avicena.core.errors import ContractViolation
from avicena.core.held import MENDABLE
from avicena.core.layout import TableLayout, plain
from avicena.core.table_contract import SHOWN, TableCheck, TableFault
from avicena.formats.batches import SIZE, Batch, Batches, read_batches
from avicena.ingest import cells
from avicena.ingest.hold import cut

Each = Callable[[int, str, str], None]
"""Told of each fault as it is found: row number, column, problem; in no order of the rows."""

_Refusals = dict[int, list[tuple[str, str, str]]]
"""Place in the batch → reason code, column and problem, in the order of their weight."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A batch as the application reads it, one entry a row in each list; None where the table says nothing.

    `content` tells rows apart within one process. `refused` maps a row's place in the batch to a code of core/reasons
    and words without values; `wrong` maps those that a person could mend to what is wrong, as `core.held` has it.
    """

    numbers: Sequence[int]
    keys: Sequence[str]
    content: Sequence[int]
    values: Mapping[str, Sequence[Value]]
    labels: Mapping[str, Sequence[str | None]]
    family: Sequence[str | None]
    source: Sequence[str]
    fold: Sequence[int | None]
    refused: Mapping[int, tuple[str, str]]
    wrong: Mapping[int, Mapping[str, str | None]]


def check(application: Application, data: BinaryIO, each: Each | None = None, size: int = SIZE) -> TableCheck:
    """What is wrong with the table in `data`, a stream that can be read again from its start, `size` rows at a time.

    Raises ContractViolation (not a table, or one that no layout of the application reads).
    """
    batches = read_batches(data, size)
    checker = Checker(application, layout_of(application.layouts, batches), batches.columns, each)
    for batch in batches:
        checker.look(batch)
    return checker.check()


def faults(application: Application, tables: Mapping[str, bytes]) -> dict[str, int]:
    """How often each fault stands in the tables of one import, under the names that a dataset's counts hold."""
    counted = Counter[str]()
    for role, data in tables.items():
        try:
            counted.update(check(application, BytesIO(data)).counts)
        except ContractViolation as error:
            raise ContractViolation({role: "; ".join(error.problems.values())}) from None
    return dict(counted)


def layout_of(layouts: Collection[TableLayout], table: Batches) -> TableLayout:
    """The layout that reads most of a table's columns. Raises ContractViolation (none reads it)."""
    header = {plain(name) for name in table.columns}
    fitting = [layout for layout in layouts if layout.fits(table.columns)]
    if not fitting:
        wanted = "; ".join(f"{one.name}: {', '.join(filter(None, (one.key, *one.needs)))}" for one in layouts)
        raise ContractViolation({"table": f"its columns are those of no layout that the application knows ({wanted})"})
    return max(fitting, key=lambda layout: len(header & set(layout.columns)))


class Checker:
    """Looks at the batches of one table in their order and counts what is wrong.

    `doubted` maps a key that several rows share and fill differently to the number of the first such row: which is
    right cannot be told, so all of them are refused, those that went by too.
    """

    def __init__(
        self, application: Application, layout: TableLayout, columns: tuple[str, ...], each: Each | None = None
    ) -> None:
        self.doubted: dict[str, int] = {}
        self._layout = layout
        self._alone = not layout.image
        self._each = each
        self._header = {plain(name): name for name in columns}
        self._key = cells.key_column(layout) if layout.key else None
        self._fold = cells.fold_column(layout) if layout.fold else None
        self._box = cells.box_column(layout) if layout.box else None
        self._inputs = [cells.input_column(layout, name, application.inputs[name]) for name in layout.inputs]
        classes = {stage.name: stage.classes for stage in application.chain}
        self._labels = [cells.label_column(layout, stage, classes[stage]) for stage in layout.labels]
        self._found: dict[tuple[str, str, bool], tuple[list[int], list[int]]] = {}
        self._first: dict[str, tuple[int, int]] = {}
        self._rows = 0
        self._bad = bytearray(1)

    def look(self, batch: Batch) -> Looked:
        """The batch as the application reads it; its faults are counted."""
        refusals: _Refusals = {}
        for fault in batch.faults:
            self._count("", fault.reason, True, [fault.number])
        content = list(map(hash, zip(*batch.cells.values(), strict=True)))
        keys = self._column(self._key, batch, refusals)
        self._repeats(keys, content, batch.numbers, refusals)
        fold = self._column(self._fold, batch, refusals)
        self._column(self._box, batch, refusals)
        values = {one.name: self._column(one, batch, refusals) for one in self._inputs}
        labels = {one.name: self._column(one, batch, refusals) for one in self._labels}
        self._silent(labels, batch.numbers, refusals)
        self._mark([*(fault.number for fault in batch.faults), *(batch.numbers[place] for place in refusals)])
        self._rows += len(batch.numbers) + len(batch.faults)
        families = [self._cells(name, batch) for name in self._layout.family]
        family = [_first_said(names) for names in zip(*families, strict=True)] if families else [None] * len(keys)
        source = [text.strip() for text in self._cells(self._layout.source or "", batch)]
        refused = {place: _why(problems) for place, problems in refusals.items()}
        wrong = {place: self._wrong(batch, place, told) for place, told in refusals.items() if _mendable(told)}
        return Looked(batch.numbers, keys, content, values, labels, family, source, fold, refused, wrong)

    def _wrong(self, batch: Batch, place: int, told: list[tuple[str, str, str]]) -> dict[str, str | None]:
        """What is wrong with a row, as it was written; each stage as missing where no label is given."""
        columns = {**self._layout.inputs, **self._layout.labels}
        found: dict[str, str | None] = {
            name: cut(self._cells(columns[name], batch)[place].strip()) for _, name, _ in told if name
        }
        return found | (dict.fromkeys(self._layout.labels) if any(code == "no-label" for code, _, _ in told) else {})

    def check(self) -> TableCheck:
        """What was found in the batches so far, the most frequent fault first."""
        faults = [
            TableFault(column, problem, refuses, counted[0], tuple(sorted(rows)))
            for (column, problem, refuses), (counted, rows) in self._found.items()
        ]
        order = sorted(faults, key=lambda one: (-one.count, one.column, one.problem))
        return TableCheck(self._layout.name, self._rows, sum(self._bad), tuple(order))

    def _cells(self, column: str, batch: Batch) -> Sequence[str]:
        name = self._header.get(plain(column))
        return batch.cells[name] if name is not None else [""] * len(batch.numbers)

    def _column(self, column: cells.Column | None, batch: Batch, refusals: _Refusals) -> list[Any]:
        """The values of one column; what is wrong with it is counted, and refused where it refuses."""
        if column is None:
            return [None] * len(batch.numbers)
        texts = [self._cells(name, batch) for name in column.columns]
        values, wrong = column.look(texts[0] if len(texts) == 1 else list(zip(*texts, strict=True)))
        for said, places in wrong.items():
            self._count(column.name, said.problem, bool(said.reason), [batch.numbers[place] for place in places])
            for place in places if said.reason else ():
                refusals.setdefault(place, []).append((said.reason, column.name, said.problem))
        return values

    def _repeats(self, keys: list[Any], content: list[int], numbers: Sequence[int], refusals: _Refusals) -> None:
        """Rows whose key went by before: repeated word for word, or saying something else."""
        for place, (key, said, number) in enumerate(zip(keys, content, numbers, strict=True)):
            if not key:
                continue
            first, before = self._first.setdefault(key, (number, said))
            if first == number:
                continue
            reason = "repeated-row" if before == said else "duplicate-id"
            if reason == "duplicate-id" and key not in self.doubted:
                self.doubted[key] = first
                self._count("key", reason, True, [first])
                self._mark([first])
            self._count("key", reason, True, [number])
            refusals.setdefault(place, []).append((reason, "key", f"row {first}"))

    def _silent(self, labels: Mapping[str, list[Any]], numbers: Sequence[int], refusals: _Refusals) -> None:
        """Rows of a table without pictures that give no stage a label; of others the folder may still say it."""
        if not self._alone:
            return
        said = zip(*labels.values(), strict=True) if labels else [()] * len(numbers)
        places = [
            place
            for place, one in enumerate(said)
            if not any(one) and all(reason != "unknown-label" for reason, _, _ in refusals.get(place, ()))
        ]
        if places:
            self._count("", "no-label", True, [numbers[place] for place in places])
        for place in places:
            refusals.setdefault(place, []).append(("no-label", "", ""))

    def _mark(self, numbers: Sequence[int]) -> None:
        """Remember these rows as refused."""
        self._bad.extend(bytes(max(0, 1 + max(numbers, default=0) - len(self._bad))))
        for number in numbers:
            self._bad[number] = 1

    def _count(self, column: str, problem: str, refuses: bool, numbers: Sequence[int]) -> None:
        counted, rows = self._found.setdefault((column, problem, refuses), ([0], []))
        counted[0] += len(numbers)
        rows += numbers[: max(0, SHOWN - len(rows))]
        for number in numbers if self._each is not None else ():
            self._each(number, column, problem)  # type: ignore[misc]


def _first_said(names: tuple[str, ...]) -> str | None:
    """The first name that is not blank, or None."""
    return next((name for name in map(str.strip, names) if name), None)


def _mendable(told: list[tuple[str, str, str]]) -> bool:
    """Whether a person could put right all that a row is refused for."""
    return all(reason in MENDABLE for reason, _, _ in told)


def _why(problems: list[tuple[str, str, str]]) -> tuple[str, str]:
    """The weightiest reason, and all that stands behind it."""
    reason = problems[0][0]
    same = [(column, problem) for code, column, problem in problems if code == reason]
    if reason == "outside-contract":
        return reason, "; ".join(f"{column}: {problem}" for column, problem in same)
    if reason == "unknown-label":
        return reason, same[0][0]
    return reason, same[0][1] if reason in ("repeated-row", "duplicate-id") else ""
