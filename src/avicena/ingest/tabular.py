"""A table without pictures, one row per patient: checked, split and frozen, whatever its size."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from io import BytesIO
from typing import Any, BinaryIO

from avicena.core import digest
from avicena.core.application import Application
from avicena.core.case import Value
from avicena.core.errors import ContractViolation
from avicena.core.held import Held
from avicena.core.layout import TableLayout
from avicena.core.model import DatasetVersion, Refused, Row
from avicena.core.progress import Progress, silent
from avicena.core.table_contract import TableCheck
from avicena.formats.batches import Batch, Batches, read_batches
from avicena.ingest.contract import Checker, Looked, layout_of
from avicena.ingest.freeze import named, refused_lines
from avicena.ingest.hold import MOST
from avicena.ingest.split import MANY, assign, assign_many


@dataclass(slots=True)
class _Kept:
    """The usable rows so far, by column; equal values are one object, so that a million rows stay small."""

    inputs: tuple[str, ...]
    ids: list[str] = field(default_factory=list)
    values: dict[str, list[Value]] = field(default_factory=dict)
    labels: dict[str, list[str | None]] = field(default_factory=dict)
    families: list[str | None] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    folds: list[int | None] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def add(self, looked: Looked, ids: Sequence[str]) -> None:
        """Add the rows of a batch that were not refused."""
        good = [place for place in range(len(ids)) if place not in looked.refused]
        for ours, theirs in (
            (self.ids, ids),
            (self.families, looked.family),
            (self.sources, looked.source),
            (self.folds, looked.fold),
            (self.numbers, looked.numbers),
            *((self.values.setdefault(name, []), values) for name, values in looked.values.items()),
            *((self.labels.setdefault(name, []), labels) for name, labels in looked.labels.items()),
        ):
            ours.extend(theirs[place] for place in good)  # type: ignore[attr-defined]

    def drop(self, why: Mapping[int, str]) -> list[Refused]:
        """Take rows out again, each for the reason of its place, and say so."""
        fallen = [Refused(f"table row {self.numbers[place]}", reason) for place, reason in why.items()]
        if why:
            columns: list[Any] = [self.ids, self.families, self.sources, self.folds, self.numbers]
            for column in (*columns, *self.values.values(), *self.labels.values()):
                column[:] = [one for place, one in enumerate(column) if place not in why]
        return fallen

    def family(self, place: int) -> str:
        """The family of a row: as told, else the row alone."""
        return self.families[place] or f"row:{self.ids[place]}"

    def row(self, place: int, fold_of: Mapping[str, int]) -> Row:
        """The row at that place as the dataset keeps it."""
        return Row(
            id=self.ids[place],
            values={name: column[place] if (column := self.values.get(name)) else None for name in self.inputs},
            labels={stage: label for stage, column in self.labels.items() if (label := column[place]) is not None},
            family=self.family(place),
            family_known=self.families[place] is not None,
            source=self.sources[place],
            fold=fold_of[self.family(place)],
        )


@dataclass(slots=True)
class _Holding:
    """The refused rows so far that a person could mend; those over `MOST` are only counted."""

    rows: list[Held] = field(default_factory=list)
    beyond: int = 0

    def add(self, looked: Looked, ids: Sequence[str]) -> None:
        """Hold the rows of a batch that can be mended."""
        for place, wrong in looked.wrong.items():
            if len(self.rows) >= MOST:
                self.beyond += 1
                continue
            values = {name: column[place] for name, column in looked.values.items() if name not in wrong}
            labels = {name: label for name, column in looked.labels.items() if (label := column[place]) is not None}
            where = f"table row {looked.numbers[place]}"
            belongs = (looked.family[place], looked.source[place], looked.fold[place])
            self.rows.append(Held(where, ids[place], values, labels, dict(wrong), *belongs))


@dataclass(frozen=True, slots=True)
class Tabular:
    """What became of a table: its usable rows by id (to be read once), the refused ones, counts and number of folds.

    `held` are those of the refused rows that a person could mend, `beyond` the number of more that are too many.
    """

    rows: Iterator[Row]
    refused: bytes
    counts: Mapping[str, int]
    folds: int
    held: tuple[Held, ...] = ()
    beyond: int = 0


def is_tabular(application: Application, tables: Mapping[str, bytes], *, pictures: bool) -> bool:
    """Whether what is imported is one table without pictures.

    Raises ContractViolation (no layout reads the table, pictures or a manifest of them are given beside a table
    without pictures, or no pictures are given where the tables are about some).
    """
    alone = "table" in tables and any(not layout.image for layout in application.layouts)
    alone = alone and not layout_of(application.layouts, read_batches(BytesIO(tables["table"]))).image
    if alone and (pictures or "manifest" in tables):
        raise ContractViolation({"images": "the table is one without pictures; give it alone"})
    if tables and not alone and not pictures:
        raise ContractViolation({"images": "the tables are about pictures; give the folder that holds them"})
    return alone


def tabulate(application: Application, data: BinaryIO, *, folds: int = 4, progress: Progress = silent) -> Tabular:
    """The rows of a table without pictures, checked and split; the same whatever the order of the rows.

    A row's family is that of the first family column that is filled, else the row alone; `folds` is used where the
    data give no folds. Raises ContractViolation (not a table, or no layout for tables without pictures reads it).
    """
    if folds < 2:
        raise ValueError("a split has at least 2 folds")
    size = data.seek(0, 2)
    data.seek(0)
    batches = read_batches(data)
    layout = layout_of(application.layouts, batches)
    if layout.image:
        raise ContractViolation({"table": "its rows are about pictures; give the folder that holds them"})
    checker = Checker(application, layout, batches.columns)
    kept = _Kept(tuple(application.inputs))
    holding = _Holding()
    refused = _read(kept, holding, checker, layout, batches, lambda: progress("table", min(data.tell(), size), size))
    refused += kept.drop({place: "duplicate-id" for place, id in enumerate(kept.ids) if id in checker.doubted})
    torn = _torn(kept)
    refused += kept.drop({place: "family-in-two-folds" for place, one in enumerate(kept.families) if one in torn})
    fold_of = _split(kept, folds)
    order = sorted(range(len(kept.ids)), key=kept.ids.__getitem__)
    return Tabular(
        rows=(kept.row(place, fold_of) for place in order),
        refused=refused_lines(refused),
        counts=_counts(kept, refused, checker.check()),
        folds=1 + max(fold_of.values(), default=-1),
        held=tuple(one for one in holding.rows if one.id not in checker.doubted),
        beyond=holding.beyond,
    )


def version_of(
    application: Application, made: Tabular, rows: str, files: Mapping[str, str], parents: tuple[str, ...] = ()
) -> DatasetVersion:
    """The dataset version of a table whose rows are kept under the digest `rows`; `files` are digests by role."""
    version = DatasetVersion(
        id="",
        application=application.name,
        contract=application.contract_digest,
        rows=rows,
        refused=digest.of_bytes(made.refused),
        files=dict(files),
        counts=made.counts,
        folds=made.folds,
        parents=parents,
    )
    return named(version)


def _read(
    kept: _Kept, holding: _Holding, checker: Checker, layout: TableLayout, table: Batches, tell: Callable[[], None]
) -> list[Refused]:
    """Look at every row: the usable ones go into `kept`, the others come back, those to be mended also in `holding`."""
    refused: list[Refused] = []
    named = Counter[str]()
    for batch in table:
        looked = checker.look(batch)
        refused += [Refused(f"table row {fault.number}", fault.reason, (), fault.detail) for fault in batch.faults]
        refused += [
            Refused(f"table row {batch.numbers[place]}", reason, (), detail)
            for place, (reason, detail) in looked.refused.items()
        ]
        ids = looked.keys if layout.key else _content_ids(batch, named)
        kept.add(looked, ids)
        holding.add(looked, ids)
        tell()
    return refused


def _content_ids(batch: Batch, named: Counter[str]) -> list[str]:
    """A name for each row from what it says, with a number where several say the same."""
    ids = []
    for cells in zip(*batch.cells.values(), strict=True):
        name = blake2b("\x1f".join(cells).encode(), digest_size=10).hexdigest()
        named[name] += 1
        ids.append(f"row:{name}" + (f"-{named[name]}" if named[name] > 1 else ""))
    return ids


def _torn(kept: _Kept) -> set[str]:
    """The families that the data give more than one fold."""
    given: dict[str, int] = {}
    told = (
        (family, fold) for family, fold in zip(kept.families, kept.folds, strict=True) if family and fold is not None
    )
    return {family for family, fold in told if given.setdefault(family, fold) != fold}


def _split(kept: _Kept, folds: int) -> dict[str, int]:
    """The fold of each family."""
    given: dict[str, int] = {}
    labels: dict[str, Counter[str]] = {}
    columns = [[None if one is None else f"{stage}={one}" for one in column] for stage, column in kept.labels.items()]
    for place, fold in enumerate(kept.folds):
        family = kept.family(place)
        if fold is not None:
            given[family] = fold
        labels.setdefault(family, Counter()).update(said for column in columns if (said := column[place]) is not None)
    most = max(given.values(), default=0)
    balance = assign_many if len(labels) > MANY else assign
    return balance(labels, most + 1 if most else folds, given)


def _counts(kept: _Kept, refused: list[Refused], check: TableCheck) -> dict[str, int]:
    """Rows, families, classes by stage, refusals by reason and faults of the table."""
    counts = Counter[str](
        {
            "table-rows": check.rows,
            "rows": len(kept.ids),
            "refused": len(refused),
            "families": len({kept.family(place) for place in range(len(kept.ids))}),
            "family-known": sum(family is not None for family in kept.families),
        }
    )
    for stage, column in kept.labels.items():
        counts.update({f"{stage}={label}": number for label, number in Counter(column).items() if label is not None})
    counts.update(f"refused:{one.reason}" for one in refused)
    return dict(sorted({**counts, **check.counts}.items()))
