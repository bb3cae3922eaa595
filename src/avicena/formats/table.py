"""Tables as hospitals export them: comma, semicolon or tab, any of the usual encodings, nothing silently cut."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from avicena.core.errors import ContractViolation
from avicena.core.layout import plain

_SEPARATORS = (",", ";", "\t", "|")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number as a spreadsheet shows it (the header is row 1), and column name → cell as written."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be read as the header says: its number, a code of core/reasons, and words without values."""

    number: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table: `rows` and `faults` together are every row under the header but wholly empty lines."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    faults: tuple[Fault, ...]
    encoding: str
    separator: str


def read_table(data: bytes) -> Table:
    """The table in these bytes (RFC 4180, or as Excel writes it in Europe).

    Raises ContractViolation (not text, no header, a column name that is blank or there twice, a quotation mark that
    is never closed).
    """
    text, encoding = _decode(data)
    separator = _separator(text)
    records = _records(text, separator)
    columns = _header(next(records, (1, [])))
    rows: list[TableRow] = []
    faults: list[Fault] = []
    for number, cells in records:
        if isinstance(cells, Fault):
            faults.append(cells)
        elif len(cells) != len(columns):
            faults.append(Fault(number, "ragged-row", f"{len(cells)} cells under {len(columns)} column names"))
        else:
            rows.append(TableRow(number, dict(zip(columns, cells, strict=True))))
    return Table(columns, tuple(rows), tuple(faults), encoding, separator)


def _decode(data: bytes) -> tuple[str, str]:
    """Text and encoding: by byte order mark, else UTF-8, else Windows-1252, whose use is said in `Table.encoding`."""
    marked = [name for mark, name in _BOMS if data.startswith(mark)]
    for encoding in marked or ["utf-8", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or data.startswith(b"PK\x03\x04"):
            break
        return text, encoding
    raise ContractViolation({"table": "not a text table; save it as CSV in UTF-8"})


def _separator(text: str) -> str:
    """The separator that stands most often outside quotation marks in the first line; a comma where none does."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(first.split('"')[::2])
    return max(_SEPARATORS, key=lambda mark: outside.count(mark))


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str] | Fault]]:
    """Record number and cells, or the fault of a record with stray quotation marks; empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error) or "field larger" in str(error):
                raise ContractViolation({"table": f"a quotation mark in row {number} is never closed"}) from None
            yield number, Fault(number, "malformed-row", "a quotation mark stands where none may")
            continue
        if cells:
            yield number, cells


def _header(record: tuple[int, list[str] | Fault]) -> tuple[str, ...]:
    _, cells = record
    if isinstance(cells, Fault) or not cells:
        raise ContractViolation({"header": "the first row must hold the column names"})
    names = tuple(" ".join(cell.split()) for cell in cells)
    if not all(names):
        raise ContractViolation({"header": f"column {names.index('') + 1} has no name"})
    counted = Counter(plain(name) for name in names)
    twice = [str(place) for place, name in enumerate(names, start=1) if counted[plain(name)] > 1]
    if twice:
        raise ContractViolation({"header": f"columns {', '.join(twice)} carry the same name"})
    return names
