"""Tables for spreadsheets: Excel opens them right and runs nothing in them, and their cells read back as written."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_BOM = b"\xef\xbb\xbf"


def write_sheet(header: Sequence[str], rows: Iterable[Sequence[str]], separator: str = ";", bom: bool = True) -> bytes:
    """A CSV file in UTF-8 (RFC 4180 but for the separator), with a byte order mark for Excel unless `bom` is off.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV injection"); `unguarded`
    takes it away again. Raises ValueError (the separator is not one that spreadsheets use).
    """
    if separator not in (";", ",", "\t"):
        raise ValueError("the separator must be ';', ',' or a tab")
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerows([guarded(cell) for cell in row] for row in (header, *rows))
    return (_BOM if bom else b"") + text.getvalue().encode()


def guarded(cell: str) -> str:
    """The cell as text in any spreadsheet; a plain number stays a number."""
    risky = cell.startswith(_RISKY) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if risky or cell.startswith("'") else cell


def unguarded(cell: str) -> str:
    """What a guarded cell says."""
    return cell[1:] if cell.startswith(("'", "’")) and cell[1:].startswith((*_RISKY, "'")) else cell
