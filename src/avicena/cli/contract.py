"""What an application's tables must be like, and whether one is."""

import csv
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, TextIO

import orjson
import typer
from rich.table import Table

from avicena import catalogue
from avicena.cli.console import LANGUAGE, LanguageOption, SiteOption, console, opened
from avicena.core.errors import Misconfigured
from avicena.core.reasons import REASONS
from avicena.core.table_contract import ColumnRule, TableCheck, TableContract
from avicena.core.text import Language, Text

_KINDS = {
    "number": Text("number", "número"),
    "choice": Text("word", "palabra"),
    "codes": Text("codes", "códigos"),
    "text": Text("text", "texto"),
    "picture": Text("picture", "imagen"),
    "label": Text("label", "etiqueta"),
    "other": Text("other", "otro"),
}
_MOST = {
    "text": Text("at most {} characters", "{} caracteres como máximo"),
    "codes": Text("at most {} codes", "{} códigos como máximo"),
}
_HEAD = (
    Text("column", "columna"),
    Text("kind", "tipo"),
    Text("unit", "unidad"),
    Text("may hold", "puede contener"),
    Text("a blank means", "en blanco significa"),
    Text("in the tables", "en las tablas"),
)
_FAULTS = (Text("column", "columna"), Text("fault", "fallo"), Text("count", "número"), Text("rows", "filas"))


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("contract")(contract)


def contract(
    application: Annotated[str, typer.Argument(help="The application, such as brain-tumour.")],
    json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    check: Annotated[
        Path | None, typer.Option(help="Check this table (CSV, TSV, gzip, Parquet, Delta folder).", exists=True)
    ] = None,
    faults: Annotated[Path | None, typer.Option(help="Write every fault of every row to this CSV file.")] = None,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Say what an application's tables must be like; with --check, every fault of every row of one, counted.

    A check changes and keeps nothing; the exit code is 1 when a row would be refused.

    Examples:

        avicena contract brain-tumour --json

        avicena contract brain-tumour --check clinical.csv --faults faults.csv
    """
    with opened(site) as here, ExitStack() as files:
        if check is None:
            found = catalogue.table_contract(here, application)
            typer.echo(orjson.dumps(found).decode()) if json else _print_contract(found, lang)
            return
        each = None
        if faults is not None:
            writer = csv.writer(files.enter_context(_new(faults)))
            writer.writerow(("row", "column", "fault"))
            each = lambda number, column, problem: writer.writerow((number, column, problem))  # noqa: E731
        result = catalogue.check_table(here, application, check, each)
    typer.echo(orjson.dumps(result).decode()) if json else _print_check(result, lang)
    if result.refused:
        raise typer.Exit(1)


def _print_contract(contract: TableContract, language: Language) -> None:
    table = Table(*(word.say(language) for word in _HEAD), box=None)
    for rule in contract.columns:
        columns = ", ".join(dict.fromkeys(rule.column.values()))
        said = (_KINDS[rule.kind].say(language), rule.unit, _may_hold(rule, language), rule.missing.say(language))
        table.add_row(rule.name, *said, columns)
    console.print(table)
    for layout in contract.layouts:
        parts = (layout.key, *layout.needs, *layout.family, layout.source, layout.fold, *layout.box)
        console.print(f"\n{layout.name}: {', '.join(dict.fromkeys(part for part in parts if part))}", markup=False)


def _may_hold(rule: ColumnRule, language: Language) -> str:
    said = []
    if rule.low is not None and rule.high is not None:
        said.append(f"{rule.low:g} – {rule.high:g}")
    if rule.plausible is not None:
        said.append(Text("plausible", "plausible").say(language) + f" {rule.plausible[0]:g} – {rule.plausible[1]:g}")
    if rule.codes:
        said.append(", ".join(rule.codes))
    if rule.longest is not None:
        most = _MOST["codes" if rule.kind == "codes" else "text"]
        said.append(most.say(language).format(rule.longest))
    if rule.kind != "label":
        asked = Text("asked for", "se pide") if rule.required else Text("may be left out", "puede faltar")
        said.append(asked.say(language))
    return "; ".join(said)


def _print_check(check: TableCheck, language: Language) -> None:
    table = Table(*(word.say(language) for word in _FAULTS), box=None)
    for one in check.faults:
        words = REASONS[one.problem].say(language) if one.problem in REASONS else one.problem
        more = " …" if one.count > len(one.rows) else ""
        table.add_row(one.column, words, str(one.count), ", ".join(map(str, one.rows)) + more)
    console.print(table)
    words = Text("{} rows, {} of them would be refused", "{} filas, de las que {} se rechazarían").say(language)
    console.print(words.format(check.rows, check.refused))


def _new(path: Path) -> TextIO:
    """A file to write, which was not there. Raises Misconfigured (it was, or it cannot be made)."""
    try:
        return path.open("x", newline="", encoding="utf-8")
    except OSError as error:
        raise Misconfigured(
            f"the file of --faults cannot be made ({error.strerror}); name one that is not there yet"
        ) from None
