"""A model judged on labelled pictures of one's own."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from avicena import catalogue, lifecycle, queries
from avicena.cli.console import LANGUAGE, Bars, LanguageOption, SiteOption, actor, console, opened
from avicena.cli.data import ENDINGS
from avicena.cli.score_cases import score_cases
from avicena.cli.score_common import score_common
from avicena.core.errors import Misconfigured, Unreadable
from avicena.core.model import Measure
from avicena.core.reasons import REASONS
from avicena.core.score import FEWEST, Score, enough
from avicena.core.text import Language, Text
from avicena.formats.score import to_csv, to_json

NAMED = 10
"""Rows or files named for each reason; all of them stand in the file of --out."""

FORMS = (".csv", ".json")

TITLES = {
    "measure": Text("measure", "medida"),
    "group": Text("of", "de"),
    "value": Text("value", "valor"),
    "interval": Text("95 % interval", "intervalo del 95 %"),
    "families": Text("families", "familias"),
    "insufficient": Text("INSUFFICIENT", "INSUFICIENTE"),
    "all": Text("all", "todas"),
}

MEASURES = {
    "accuracy by patient": "acierto por paciente",
    "accuracy of the surest 80% of patients": "acierto en el 80% de pacientes más seguros",
    "accuracy": "acierto por imagen",
    "log loss": "pérdida logarítmica",
    "balanced accuracy": "acierto equilibrado",
    "Brier score": "índice de Brier",
    "ECE": "ECE (error de calibración)",
    "AUROC": "AUROC",
    "recall": "sensibilidad",
    "size of sets": "tamaño de los conjuntos",
    "coverage of sets": "cobertura de los conjuntos",
    "refused as unfamiliar": "rechazadas por desconocidas",
    "map peaks inside the lesion's box": "el mapa culmina dentro de la caja de la lesión",
    "map's peak cell touches the lesion's box": "la celda máxima del mapa toca la caja de la lesión",
    "accuracy of slices with a box": "acierto en imágenes con caja",
    "accuracy with the lesion's box erased": "acierto con la caja de la lesión borrada",
}
"""What each measure is called in Spanish."""


def add(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(score)


def score(
    application: Annotated[str, typer.Argument(help="The application, such as brain-tumour.")],
    images: Annotated[
        Path | None, typer.Option(help="Folder of pictures; its subfolders are read too.", exists=True, file_okay=False)
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(help="Table that names each picture and its true class.", exists=True, dir_okay=False),
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(
            help="Cases whose disease is known, one a line: JSON Lines of id, pmids, gold and phenopacket, or in gzip.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    common: Annotated[
        Path | None,
        typer.Option(
            help="Table of patients with coded evidence whose common disease is known: CSV, plain or gzip.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    knowledge: Annotated[
        str | None,
        typer.Option(
            help="With --cases: the version of the knowledge, the beginning of its id. Left out: the newest of the "
            "kind that the model learnt with.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Version number, candidate, 'deployed', 'released', or folder of a signed bundle. Left out: the "
            "model that answers, or the released one where none was deployed.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="New file to write: .csv has a line per picture or case, .json all of the result.", dir_okay=False
        ),
    ] = None,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Judge a model on labelled pictures, or on diagnosed cases, that it never saw, with the table of its evaluation.

    The manifest needs the picture's file and its class; the columns family (or patient), source and the lesion's box
    add figures where they are there. Rows and files that cannot be scored are counted and named. Nothing is kept but
    one audit line, and nothing leaves this machine.

    Examples:

        avicena score brain-tumour --images brain/images --manifest brain/manifest.csv

        avicena score brain-tumour --images ours --manifest ours.csv --model released --out scores.csv

        avicena score diagnosis --cases ours.jsonl.gz --knowledge 2476cf --out ranks.csv

        avicena score diagnosis --common ours.csv.gz --out rows.csv
    """
    language: Language = "es" if lang == "es" else "en"
    if out is not None and out.suffix.lower() not in FORMS:
        raise typer.BadParameter(f"--out must end in {' or '.join(FORMS)}")
    if out is not None and not out.parent.is_dir():
        raise Misconfigured("the folder of --out is not there; make it first")
    if out is not None and out.exists():
        raise Misconfigured("the file of --out is there already and is not overwritten; name another or remove it")
    if common is not None:
        if images is not None or manifest is not None or cases is not None or knowledge is not None:
            raise Misconfigured("give --common alone, --cases alone, or --images with --manifest")
        score_common(application, common, model, out, language, site)
        return
    if cases is not None:
        if images is not None or manifest is not None:
            raise Misconfigured("give --cases alone, or --images with --manifest")
        score_cases(application, cases, model, knowledge, out, language, site)
        return
    if images is None or manifest is None:
        raise Misconfigured("give --images and --manifest, --cases or --common: nothing says what there is to score")
    table = catalogue.table_bytes(manifest)
    with opened(site) as here, Bars() as bars:
        chosen = queries.choose(here, application, model)
        found = lifecycle.score(
            here,
            application,
            chosen.model,
            table,
            pictures(images),
            reader(images),
            chosen.trained,
            actor(),
            bars,
        )
    if out is not None:
        out.write_bytes(to_csv(found) if out.suffix.lower() == ".csv" else to_json(found, chosen.said.en))
    _show(found, chosen.said.say(language), language)


def pictures(folder: Path) -> list[str]:
    """The files below a folder that may be pictures, by their path in it."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix.lower() in ENDINGS and not path.name.startswith(".")
    )


def reader(folder: Path) -> Callable[[str], bytes]:
    """How to read one of the `pictures` of a folder; it raises Unreadable where the file does not open."""

    def read(path: str) -> bytes:
        try:
            return (folder / path).read_bytes()
        except OSError as error:
            raise Unreadable(f"the file does not open ({type(error).__name__})") from None

    return read


def _show(found: Score, model: str, language: Language) -> None:
    """Print the figures, what was not scored, and what the figures may not be taken for."""
    said = {name: text.say(language) for name, text in TITLES.items()}
    table = Table(*(said[name] for name in ("measure", "group", "value", "interval", "families")), "", box=None)
    for one in found.measures:
        table.add_row(*_row(one, said, language))
    console.print(table)
    line = Text(
        f"{len(found.images)} pictures scored with {model} (candidate {found.candidate[7:19]}), all of them counted, "
        f"also those refused as unfamiliar; {said['insufficient']}: fewer than {FEWEST} families, or not defined",
        f"{len(found.images)} imágenes evaluadas con {model} (candidato {found.candidate[7:19]}); cuentan todas, "
        f"también las rechazadas por desconocidas; {said['insufficient']}: menos de {FEWEST} familias, o no definido",
    )
    console.print(line.say(language), markup=False)
    _show_refused(found, language)
    for notice in found.notices:
        console.print(f"• {notice.say(language)}", markup=False)
    _warn(found, language)


def _row(one: Measure, said: dict[str, str], language: Language) -> tuple[str, ...]:
    name = one.name if language == "en" else MEASURES.get(one.name, one.name)
    named = name if one.name != "accuracy" or language == "es" else "accuracy by slice"
    interval = f"{one.low:.3f} – {one.high:.3f}"
    few = "" if enough(one) else f"[yellow]{said['insufficient']}[/]"
    return named, escape(one.level) or said["all"], f"{one.value:.3f}", interval, str(one.units), few


def _show_refused(found: Score, language: Language) -> None:
    """Every row and file that was not scored, counted by reason; the first of each by name."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for one in found.refused:
        by_reason[one.reason].append(one.where)
    for reason, places in sorted(by_reason.items()):
        words = REASONS[reason].say(language) if reason in REASONS else reason
        more = "" if len(places) <= NAMED else f" … + {len(places) - NAMED} (--out)"
        not_scored = Text("not scored", "no evaluadas").say(language)
        console.print(f"{not_scored}: {len(places)}, {words}: {', '.join(places[:NAMED])}{more}", markup=False)
    if found.unclaimed:
        text = Text(
            f"{found.unclaimed} files of the folder have no row in the manifest",
            f"{found.unclaimed} archivos de la carpeta no tienen fila en el manifiesto",
        )
        console.print(text.say(language), markup=False)


def _warn(found: Score, language: Language) -> None:
    """Say loudly when the model learnt from these pictures or patients, and plainly when nobody here knows."""
    if found.honest is None and found.trained_on == 0:
        text = Text(
            f"By the marks in its bundle the model learnt from none of these {len(found.images)} files. Whether it "
            "learnt from other slices of these patients, or from the same pictures saved otherwise, is not known here.",
            f"Según las marcas de su paquete, el modelo no aprendió de ninguno de estos {len(found.images)} archivos. "
            "Aquí no se sabe si aprendió de otros cortes de estos pacientes o de las mismas imágenes guardadas de otra "
            "forma.",
        )
        console.print(f"[yellow]{text.say(language)}[/]")
    elif found.honest is None:
        text = Text(
            "Whether the model learnt from these pictures is not known here (its training data are not in this site): "
            "believe the figures only if you know that it did not.",
            "Aquí no se sabe si el modelo aprendió de estas imágenes (sus datos de entrenamiento no están en esta "
            "instalación): confíe en las cifras solo si sabe que no fue así.",
        )
        console.print(f"[yellow]{text.say(language)}[/]")
    elif not found.honest:
        number = found.trained_families
        names = Text(
            "" if number is None else f", and {number} families have the name of one it learnt from",
            "" if number is None else f", y {number} familias llevan el nombre de una de la que aprendió",
        )
        text = Text(
            f"THESE FIGURES ARE NOT HONEST: the model learnt from {found.trained_on} of these {len(found.images)} "
            f"pictures{names.en}. They say how well it remembers, not how well it judges patients it never saw.",
            f"ESTAS CIFRAS NO SON VÁLIDAS: el modelo aprendió de {found.trained_on} de estas {len(found.images)} "
            f"imágenes{names.es}. Dicen cuánto recuerda, no cómo juzga a pacientes que nunca vio.",
        )
        console.print(f"[bold red]{text.say(language)}[/]")
