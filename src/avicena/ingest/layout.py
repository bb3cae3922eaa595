"""Rows and files joined: which images can be used and as what, and why the others cannot."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from avicena.core import digest
from avicena.core.errors import ContractViolation
from avicena.core.layout import TableLayout, plain
from avicena.core.model import Refused
from avicena.formats.table import Table, TableRow, read_table
from avicena.ingest.claim import Box, Claim, ClaimError, merge, read_claim
from avicena.ingest.match import Images


@dataclass(frozen=True, slots=True)
class Planned:
    """One image and all that is said of it, not parsed yet.

    `id` is its path as every machine writes it; `places` are the file and the rows it stands for.
    """

    id: str
    values: Mapping[str, str]
    labels: Mapping[str, str]
    family: str | None
    source: str
    fold: int | None
    box: Box | None
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import will do: `planned`, `refused` and `unclaimed` (files without a row) are all rows and files.

    `image` is the input that the files are; `paths` are the files to read, as given; `files` the digests of the
    tables by role; `totals` the numbers of files and rows; `unread` the columns that no layout reads, by role.
    """

    image: str
    paths: tuple[str, ...]
    planned: tuple[Planned, ...]
    refused: tuple[Refused, ...]
    unclaimed: tuple[Refused, ...]
    files: Mapping[str, str]
    totals: Mapping[str, int]
    unread: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Sheet:
    role: str
    layout: TableLayout
    table: Table

    def place(self, number: int) -> str:
        return f"{self.role} row {number}"


def plan(
    layouts: Iterable[TableLayout], paths: Iterable[str], table: bytes | None = None, manifest: bytes | None = None
) -> Plan:
    """Join the rows of a table, a manifest or both with the images at `paths` (relative, forward slashes).

    With both, the table says which images count and the manifest adds to them. Raises ContractViolation (no table at
    all, one that cannot be read or has none of the layouts, layouts that name different image inputs).
    """
    given = {role: data for role, data in (("table", table), ("manifest", manifest)) if data is not None}
    if not given:
        raise ContractViolation({"table": "give a table, a manifest or both"})
    known, found = tuple(layouts), tuple(sorted(paths))
    sheets = [_sheet(role, data, known) for role, data in given.items()]
    if len({sheet.layout.image for sheet in sheets}) > 1:
        raise ContractViolation({"manifest": "its layout is about another image input than the table's"})
    images = Images(found)
    refused: list[Refused] = []
    rows: dict[str, list[tuple[_Sheet, TableRow]]] = {name: [] for name in images.names}
    for sheet in sheets:
        _match(sheet, images, rows, refused)
    settled = [_settle(name, rows[name], sheets) for name in images.names]
    refusals = [one for one in settled if isinstance(one, Refused)]
    return Plan(
        image=sheets[0].layout.image,
        paths=found,
        planned=tuple(one for one in settled if isinstance(one, Planned)),
        refused=tuple(refused + [one for one in refusals if one.reason != "no-table-row"]),
        unclaimed=tuple(one for one in refusals if one.reason == "no-table-row"),
        files={role: digest.of_bytes(data) for role, data in given.items()},
        totals={"files": len(found)} | {f"{s.role}-rows": len(s.table.rows) + len(s.table.faults) for s in sheets},
        unread={sheet.role: _unread(sheet) for sheet in sheets},
    )


def _sheet(role: str, data: bytes, layouts: tuple[TableLayout, ...]) -> _Sheet:
    """The table with the layout that reads most of its columns."""
    try:
        table = read_table(data)
    except ContractViolation as error:
        raise ContractViolation({role: "; ".join(error.problems.values())}) from None
    header = {plain(name) for name in table.columns}
    fitting = [layout for layout in layouts if layout.fits(table.columns)]
    if not fitting:
        wanted = "; ".join(f"{layout.name}: {', '.join((layout.key, *layout.needs))}" for layout in layouts)
        raise ContractViolation({role: f"its columns are those of no layout that the application knows ({wanted})"})
    return _Sheet(role, max(fitting, key=lambda layout: len(header & set(layout.columns))), table)


def _unread(sheet: _Sheet) -> tuple[str, ...]:
    read = set(sheet.layout.columns)
    return tuple(name for name in sheet.table.columns if plain(name) not in read)


def _match(
    sheet: _Sheet, images: Images, rows: dict[str, list[tuple[_Sheet, TableRow]]], refused: list[Refused]
) -> None:
    """Put each row beside its image in `rows`, or into `refused`."""
    key = next(name for name in sheet.table.columns if plain(name) == plain(sheet.layout.key))
    refused += [Refused(sheet.place(fault.number), fault.reason, (), fault.detail) for fault in sheet.table.faults]
    seen: dict[str, dict[int, TableRow]] = defaultdict(dict)
    for row in sheet.table.rows:
        place = sheet.place(row.number)
        found = images.find(row.cells[key]) if row.cells[key].strip() else ()
        if not row.cells[key].strip():
            refused.append(Refused(place, "blank-case-id"))
        elif len(found) != 1:
            refused.append(Refused(place, "ambiguous-image" if found else "no-image"))
        elif earlier := [n for n, other in seen[found[0]].items() if other.cells == row.cells]:
            refused.append(Refused(place, "repeated-row", (), f"the same as row {earlier[0]}"))
        else:
            seen[found[0]][row.number] = row
            rows[found[0]].append((sheet, row))


def _settle(name: str, rows: list[tuple[_Sheet, TableRow]], sheets: list[_Sheet]) -> Planned | Refused:
    """What becomes of one image and the rows about it."""
    places = tuple(sheet.place(row.number) for sheet, row in rows)
    roles = [sheet.role for sheet, _ in rows]
    if sheets[0].role not in roles:
        return Refused(name, "no-table-row", places)
    try:
        claim = _claim(name, rows, roles, sheets)
    except ClaimError as error:
        return Refused(name, error.reason, places, error.detail)
    return Planned(
        id=name,
        values=claim.values,
        labels=claim.labels,
        family=claim.family,
        source=claim.source or "",
        fold=claim.fold,
        box=claim.box,
        places=(name, *places),
    )


def _claim(name: str, rows: list[tuple[_Sheet, TableRow]], roles: list[str], sheets: list[_Sheet]) -> Claim:
    """The one claim on this image, its folder heard too. Raises ClaimError (rows or folder contradict each other)."""
    if len(set(roles)) < len(roles):
        raise ClaimError("duplicate-id")
    claim = merge([read_claim(sheet.layout, row) for sheet, row in rows])
    for sheet in sheets:
        folders = sheet.layout.folder_labels(name)
        if any(plain(claim.labels.get(stage, label)) != plain(label) for stage, label in folders.items()):
            raise ClaimError("label-contradicts-folder")
        claim = Claim(claim.values, folders | dict(claim.labels), claim.family, claim.source, claim.fold, claim.box)
    return claim
