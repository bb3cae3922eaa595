"""A table of any size, some thousand rows at a time and by column: delimited text, plain or gzipped, or Parquet."""

import codecs
import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from avicena.core.errors import ContractViolation
from avicena.core.layout import plain

SIZE = 20_000
"""Rows of a batch."""

_SEPARATORS = (",", ";", "\t", "|")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be read as the header says: its number, a code of core/reasons, and words without values."""

    number: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows: their numbers as a spreadsheet shows them (the header is row 1), and the cells of each column as text.

    `faults` are the rows between them that have no cells, because they cannot be read.
    """

    numbers: Sequence[int]
    cells: Mapping[str, Sequence[str]]
    faults: tuple[Fault, ...] = ()


class Batches:
    """The rows of one table, read once from first to last; nothing is read before they are asked for but the header.

    The rows and faults of all batches together are every row under the header but wholly empty lines.
    """

    def __init__(self, columns: tuple[str, ...], encoding: str, separator: str, batches: Iterator[Batch]) -> None:
        self.columns = columns
        self.encoding = encoding
        self.separator = separator
        self._batches = batches

    def __iter__(self) -> Iterator[Batch]:
        """Raises ContractViolation (the rest of the file cannot be read)."""
        return self._batches


def read_batches(stream: BinaryIO, size: int = SIZE) -> Batches:
    """The table in a stream that can be read again from its start (RFC 4180, or as Excel writes it in Europe).

    Raises ContractViolation (not a table, no header, a column name that is blank or there twice), Misconfigured
    (Parquet without the extra that reads it).
    """
    start = stream.read(4)
    stream.seek(0)
    if start == b"PAR1":
        from avicena.formats.parquet import read_parquet  # an extra

        return Batches(*_parquet(read_parquet(stream, size)))
    if start[:2] == b"\x1f\x8b":
        return _text(_Unzipped(stream), size)
    return _text(stream, size)


def header(cells: Sequence[str]) -> tuple[str, ...]:
    """The column names with single spaces. Raises ContractViolation (none, one is blank, or one is there twice)."""
    if not cells:
        raise ContractViolation({"header": "the first row must hold the column names"})
    names = tuple(" ".join(cell.split()) for cell in cells)
    if not all(names):
        raise ContractViolation({"header": f"column {names.index('') + 1} has no name"})
    counted = Counter(plain(name) for name in names)
    twice = [str(place) for place, name in enumerate(names, start=1) if counted[plain(name)] > 1]
    if twice:
        raise ContractViolation({"header": f"columns {', '.join(twice)} carry the same name"})
    return names


class _Unzipped(io.BufferedReader):
    """The bytes in a gzip file; what is wrong with it is said as of any table."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(gzip.GzipFile(fileobj=stream))


def _parquet(found: tuple[Sequence[str], Iterator[Batch]]) -> tuple[tuple[str, ...], str, str, Iterator[Batch]]:
    names, batches = found
    return header(names), "parquet", "", batches


def _text(stream: BinaryIO, size: int) -> Batches:
    try:
        encoding = _encoding(stream)
        separator = _separator(_lines(stream, encoding))
        records = _records(_lines(stream, encoding), separator)
        _, first = next(records, (1, []))
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise ContractViolation({"table": "the gzip file is incomplete or altered"}) from None
    columns = header(() if isinstance(first, Fault) else first)
    return Batches(columns, encoding, separator, _grouped(records, columns, size))


def _lines(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """The lines from the start, their ends as written; the stream stays open when they are let go."""
    stream.seek(0)
    return io.TextIOWrapper(io.BufferedReader(_Kept(stream), _BLOCK), encoding=encoding, newline="")


class _Kept(io.RawIOBase):
    """A stream that its readers cannot close."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return int(self._stream.readinto(buffer))  # type: ignore[attr-defined]


def _encoding(stream: BinaryIO) -> str:
    """By byte order mark, else UTF-8, else Windows-1252, whose use is said in `Batches.encoding`."""
    stream.seek(0)
    start = stream.read(4)
    marked = [name for mark, name in _BOMS if start.startswith(mark)]
    if start != b"PK\x03\x04":
        for encoding in marked or ["utf-8", "cp1252"]:
            found = _decodes(stream, encoding)
            if found is not None:
                if found:
                    return encoding
                break
    raise ContractViolation({"table": "not a text table; save it as CSV in UTF-8"})


def _decodes(stream: BinaryIO, encoding: str) -> bool | None:
    """Whether the stream is text in this encoding: None where it does not decode, False where it holds a NUL."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := stream.read(_BLOCK):
            if "\0" in decoder.decode(block):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return True


def _separator(lines: Iterable[str]) -> str:
    """The separator that stands most often outside quotation marks in the first line; a comma where none does."""
    first = next((line for line in lines if line.strip()), "")
    outside = "".join(first.split('"')[::2])
    return max(_SEPARATORS, key=lambda mark: outside.count(mark))


def _records(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str] | Fault]]:
    """Record number and cells, or the fault of a record with stray quotation marks; empty lines are passed over."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
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


def _grouped(records: Iterator[tuple[int, list[str] | Fault]], columns: tuple[str, ...], size: int) -> Iterator[Batch]:
    """The records in batches by column."""
    width = len(columns)
    numbers: list[int] = []
    rows: list[list[str]] = []
    faults: list[Fault] = []
    for number, cells in records:
        if isinstance(cells, Fault):
            faults.append(cells)
        elif len(cells) != width:
            faults.append(Fault(number, "ragged-row", f"{len(cells)} cells under {width} column names"))
        else:
            numbers.append(number)
            rows.append(cells)
        if len(rows) == size or len(faults) == size:
            yield _batch(numbers, rows, columns, faults)
            numbers, rows, faults = [], [], []
    if rows or faults:
        yield _batch(numbers, rows, columns, faults)


def _batch(numbers: list[int], rows: list[list[str]], columns: tuple[str, ...], faults: list[Fault]) -> Batch:
    cells = zip(*rows, strict=True) if rows else [()] * len(columns)
    return Batch(numbers, dict(zip(columns, cells, strict=True)), tuple(faults))
