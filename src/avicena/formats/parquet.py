"""Parquet, by polars (the extra `tables`): tables of others a batch at a time, and our own rows whole."""

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, BinaryIO

import orjson

from avicena.core.errors import ContractViolation, Untrusted
from avicena.core.model import Row
from avicena.formats.batches import SIZE, Batch

try:
    import polars
    from polars.exceptions import PolarsError
except ModuleNotFoundError:  # whoever calls is told which extra to install
    from avicena.core.errors import Misconfigured

    raise Misconfigured("Parquet and Delta need an extra: pip install 'avicena[tables]'") from None

_VALUE, _LABEL = "value ", "label "
"""How the columns of our own Parquet files are called, before the name of the input or stage."""


def read_parquet(stream: BinaryIO, size: int = SIZE) -> tuple[Sequence[str], Iterator[Batch]]:
    """Column names and batches of a Parquet file; each cell as text that reads back to the same value.

    Raises ContractViolation (not a Parquet file).
    """
    try:
        frame = polars.scan_parquet(stream)
        names = frame.collect_schema().names()
    except (PolarsError, OSError):
        raise ContractViolation({"table": "not a Parquet file that can be read"}) from None
    return names, _batches(frame, names, size)


def _batches(frame: Any, names: Sequence[str], size: int) -> Iterator[Batch]:
    done = 0
    while True:
        try:
            part = frame.slice(done, size).collect()
        except PolarsError:
            raise ContractViolation({"table": "the Parquet file is incomplete or altered"}) from None
        if not part.height:
            return
        cells = {" ".join(name.split()): list(map(as_text, part[name].to_list())) for name in names}
        yield Batch(range(done + 2, done + 2 + part.height), cells)
        done += part.height


def as_text(cell: Any) -> str:
    """A typed cell as a CSV would hold it: a whole number without its point, nothing for null, a list as JSON."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if math.isfinite(cell) and cell == int(cell) and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()
    if isinstance(cell, (list, dict)):
        return orjson.dumps(cell, default=str).decode()
    return str(cell)


def rows_to_parquet(rows: Sequence[Row]) -> bytes | None:
    """The rows as a Parquet file of one column for each input and stage; None where a column would hold two types."""
    names = rows[0].values.keys()
    if any(row.values.keys() != names for row in rows):
        return None
    columns: dict[str, Any] = {
        "id": [row.id for row in rows],
        "family": [row.family for row in rows],
        "family_known": [row.family_known for row in rows],
        "source": [row.source for row in rows],
        "fold": [row.fold for row in rows],
        "box": polars.Series([row.box for row in rows], dtype=polars.List(polars.Float64)),
    }
    for name in names:
        cells = [row.values[name] for row in rows]
        if len({type(cell) for cell in cells} - {type(None)}) > 1:
            return None
        lists = any(isinstance(cell, tuple) for cell in cells)
        columns[_VALUE + name] = polars.Series(cells, dtype=polars.List(polars.String)) if lists else cells
    for stage in sorted({stage for row in rows for stage in row.labels}):
        columns[_LABEL + stage] = [row.labels.get(stage) for row in rows]
    file = BytesIO()
    polars.DataFrame(columns).write_parquet(file, compression="zstd", statistics=True)
    return file.getvalue()


def rows_from_parquet(data: bytes) -> list[Row]:
    """The rows that `rows_to_parquet` wrote. Raises Untrusted (not as it wrote them)."""
    try:
        frame = polars.read_parquet(BytesIO(data))
        parts = {name: frame[name].to_list() for name in frame.columns}
        values = _by_row(parts, _VALUE, frame.height)
        labels = _by_row(parts, _LABEL, frame.height)
        boxes = [None if box is None else tuple(box) for box in parts["box"]]
        where = (parts["family"], parts["family_known"], parts["source"], parts["fold"])
        said = [{stage: label for stage, label in one.items() if label is not None} for one in labels]
        return [Row(*cells) for cells in zip(parts["id"], values, said, *where, boxes, strict=True)]
    except (PolarsError, KeyError, TypeError, ValueError):
        raise Untrusted("a chunk of rows is not as it was written") from None


def _by_row(parts: dict[str, list[Any]], prefix: str, rows: int) -> list[dict[str, Any]]:
    """The columns of that prefix as one dictionary a row."""
    names = [name for name in parts if name.startswith(prefix)]
    short = [name.removeprefix(prefix) for name in names]
    if not names:
        return [{} for _ in range(rows)]
    columns = [[tuple(cell) if isinstance(cell, list) else cell for cell in parts[name]] for name in names]
    return [dict(zip(short, cells, strict=True)) for cells in zip(*columns, strict=True)]
