"""Bringing data in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from avicena import catalogue, curation
from avicena.cli.console import Bars, SiteOption, actor, console, opened
from avicena.core.errors import Misconfigured
from avicena.core.model import DatasetVersion

ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".dcm", ".dicom", ""})
"""File names that may be pictures; others in the folder are not read."""


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("import")(bring)
    app.command("review-list")(review_list)


def bring(
    application: Annotated[str, typer.Argument(help="The application whose data these are, such as brain-tumour.")],
    images: Annotated[
        Path | None, typer.Option(help="Folder of pictures; its subfolders are read too.", exists=True, file_okay=False)
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            help="Table with a row per case: CSV, TSV, either with gzip, Parquet, or Delta folder.", exists=True
        ),
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="CSV with patient family, source, lesion box.", exists=True, dir_okay=False)
    ] = None,
    cases: Annotated[
        list[Path] | None,
        typer.Option(
            help="Published cases, a phenopacket with its disease a line: JSON Lines, plain or gzip. Repeatable.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    site: SiteOption = None,
) -> None:
    """Freeze pictures, tables or cases into a dataset version; the same input gives the same version everywhere.

    Nothing is dropped silently: what cannot be used is counted by reason and kept in the review list. Safe to stop and
    repeat.

    Examples:

        avicena import brain-tumour --images brain/images --manifest brain/manifest.csv

        avicena import brain-tumour --images challenge/images --table challenge/clinical.csv

        avicena import diagnosis --cases published.jsonl.gz --cases ours.jsonl

        avicena import diagnosis --table coded.csv.gz
    """
    if cases:
        if table is not None or manifest is not None or images is not None:
            raise Misconfigured("give --cases alone; tables and pictures make another dataset version")
        with opened(site) as here, Bars() as bars:
            files = {path.name: path.read_bytes() for path in cases}
            _told(application, curation.freeze_cases(here, application, files, actor(), bars))
        return
    if table is None and manifest is None:
        raise Misconfigured(
            "give --cases, --table or --manifest (or the last two): nothing says what there is to learn"
        )
    given = (("table", table), ("manifest", manifest))
    tables = {role: catalogue.table_bytes(path) for role, path in given if path is not None}
    folder = images or Path()
    paths = pictures(images) if images is not None else []
    with opened(site) as here, Bars() as bars:
        version = curation.freeze(
            here, application, paths, lambda path: (folder / path).read_bytes(), tables, actor(), bars
        )
    _told(application, version)


def pictures(folder: Path) -> list[str]:
    """The files below a folder that may be pictures, by their path in it."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix.lower() in ENDINGS and not path.name.startswith(".")
    )


def _told(application: str, version: DatasetVersion) -> None:
    """Print what became of an import."""
    _print_counts(version.counts)
    console.print(f"dataset version [bold]{version.id}[/]")
    if version.counts.get("refused"):
        console.print(f"see what was not used: avicena review-list {application} {version.id[7:19]}")


def _print_counts(counts: Mapping[str, int]) -> None:
    table = Table("count", "number", box=None)
    for name, number in counts.items():
        table.add_row(name, str(number))
    console.print(table)


def datasets(application: Annotated[str, typer.Argument(help="The application.")], site: SiteOption = None) -> None:
    """List the dataset versions, oldest first.

    Example: avicena datasets brain-tumour
    """
    table = Table("version", "rows", "families", "refused", "labels", box=None)
    with opened(site) as here:
        for one in catalogue.datasets(here, application):
            labels = sorted({name.split("=")[0] for name in one.counts if "=" in name})
            counts = [str(one.counts.get(name, 0)) for name in ("rows", "families", "refused")]
            table.add_row(one.id[7:19], *counts, ", ".join(labels))
    console.print(table)


def review_list(
    application: Annotated[str, typer.Argument(help="The application.")],
    dataset: Annotated[str, typer.Argument(help="The dataset version, or the beginning of its name.")],
    site: SiteOption = None,
) -> None:
    """Print every row and file that an import could not use, with its reason, as tab-separated lines.

    Example: avicena review-list brain-tumour 3fd2c1 > review.tsv
    """
    with opened(site) as here:
        for one in catalogue.refused(here, application, dataset):
            typer.echo(f"{one.reason}\t{one.where}")
