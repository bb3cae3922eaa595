"""Tables as hospitals export them: comma, semicolon or tab, any of the usual encodings, nothing silently cut."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from avicena.formats.batches import Fault, read_batches


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number as a spreadsheet shows it (the header is row 1), and column name → cell as written."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table: `rows` and `faults` together are every row under the header but wholly empty lines."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    faults: tuple[Fault, ...]
    encoding: str
    separator: str


def read_table(data: bytes) -> Table:
    """The table in these bytes: what `batches.read_batches` reads, all at once.

    Raises ContractViolation (not a table, no header, a column name that is blank or there twice, a quotation mark that
    is never closed), Misconfigured (Parquet without the extra that reads it).
    """
    found = read_batches(BytesIO(data))
    rows: list[TableRow] = []
    faults: list[Fault] = []
    for batch in found:
        faults += batch.faults
        for number, *cells in zip(batch.numbers, *batch.cells.values(), strict=True):
            rows.append(TableRow(number, dict(zip(found.columns, cells, strict=True))))
    return Table(found.columns, tuple(rows), tuple(faults), found.encoding, found.separator)
