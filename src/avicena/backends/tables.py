"""The tables that a hospital has: a file of delimited text or Parquet, or the folder of a Delta table."""

from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from avicena.core.errors import Misconfigured


def open_table(path: Path) -> BinaryIO:
    """The bytes of a table file, or a Delta table's newest version as one Parquet file in the order of its files.

    Raises Misconfigured (a folder that is no Delta table, or one without the extra that reads it).
    """
    if not path.is_dir():
        return path.open("rb")
    if not (path / "_delta_log").is_dir():
        raise Misconfigured("the table is a folder, and no Delta table: it has no folder _delta_log")
    try:
        import polars
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError
    except ModuleNotFoundError:
        raise Misconfigured("Parquet and Delta need an extra: pip install 'avicena[tables]'") from None
    file = BytesIO()
    try:
        polars.scan_delta(DeltaTable(path)).collect().write_parquet(file)
    except (DeltaError, polars.exceptions.PolarsError, OSError) as error:
        raise Misconfigured(f"the Delta table cannot be read ({type(error).__name__})") from None
    file.seek(0)
    return file
