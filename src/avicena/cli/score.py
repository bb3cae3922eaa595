"""A model judged on labelled pictures of one's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from avicena import catalogue, lifecycle, queries
from avicena.cli.console import LANGUAGE, Bars, LanguageOption, SiteOption, actor, opened
from avicena.cli.data import pictures
from avicena.cli.new_file import must_be_new, write_new
from avicena.cli.score_cases import score_cases
from avicena.cli.score_common import score_common
from avicena.cli.score_shown import (
    FORMS,
    INSUFFICIENT,
    is_csv,
    say,
    show_figures,
    show_notices,
    show_refused,
    warn,
)
from avicena.core.errors import Misconfigured, Unreadable
from avicena.core.model import Measure
from avicena.core.score import FEWEST, Score
from avicena.core.text import Language, Text
from avicena.formats.score import to_csv, to_json

_ALL, _FAMILIES = Text("all", "todas"), Text("families", "familias")
_MISSED = Text("not scored", "no evaluadas")

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
            help="New file to write: .csv has a line per picture, case or row, .json all of the result.", dir_okay=False
        ),
    ] = None,
    lang: LanguageOption = LANGUAGE,
    site: SiteOption = None,
) -> None:
    """Judge a model on pictures, cases or rows that it never saw and whose truth is known, as its evaluation does.

    A manifest needs the picture's file and its class; the columns family (or patient), source and the lesion's box add
    figures where they are there. Cases are ranked by the knowledge. A table of --common has the columns that it is
    trained on, for diagnosis PATHOLOGY, EVIDENCES, AGE and SEX. What cannot be scored is counted and named. Nothing is
    kept but one audit line, and nothing leaves this machine.

    Examples:

        avicena score brain-tumour --images brain/images --manifest brain/manifest.csv

        avicena score brain-tumour --images ours --manifest ours.csv --model released --out scores.csv

        avicena score diagnosis --cases ours.jsonl.gz --knowledge 2476cf --out ranks.csv

        avicena score diagnosis --common ours.csv.gz --out rows.csv
    """
    if out is not None and out.suffix.lower() not in FORMS:
        raise typer.BadParameter(f"--out must end in {' or '.join(FORMS)}")
    if out is not None:
        must_be_new(out, "--out")
    if knowledge is not None and cases is None:
        raise Misconfigured("--knowledge goes with --cases: pictures and tables are not ranked by it")
    if common is not None:
        if images is not None or manifest is not None or cases is not None:
            raise Misconfigured("give --common alone, --cases alone, or --images with --manifest")
        score_common(application, common, model, out, lang, site)
        return
    if cases is not None:
        if images is not None or manifest is not None:
            raise Misconfigured("give --cases alone, or --images with --manifest")
        score_cases(application, cases, model, knowledge, out, lang, site)
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
    _show(found, chosen.said.say(lang), lang)
    if out is not None:
        write_new(out, to_csv(found) if is_csv(out) else to_json(found, chosen.said.en), "--out")


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
    show_figures(found.measures, lambda one: _named(one, language), _FAMILIES, language)
    line = Text(
        f"{len(found.images)} pictures scored with {model} (candidate {found.candidate[7:19]}), all of them counted, "
        f"also those refused as unfamiliar; {INSUFFICIENT.en}: fewer than {FEWEST} families, or not defined",
        f"{len(found.images)} imágenes evaluadas con {model} (candidato {found.candidate[7:19]}); cuentan todas, "
        f"también las rechazadas por desconocidas; {INSUFFICIENT.es}: menos de {FEWEST} familias, o no definido",
    )
    say(line, language)
    show_refused(found.refused, _MISSED, language)
    if found.unclaimed:
        text = Text(
            f"{found.unclaimed} files of the folder have no row in the manifest",
            f"{found.unclaimed} archivos de la carpeta no tienen fila en el manifiesto",
        )
        say(text, language)
    show_notices(found.notices, language)
    _warn(found, language)


def _named(one: Measure, language: Language) -> tuple[str, str]:
    english = "accuracy by slice" if one.name == "accuracy" else one.name
    name = english if language == "en" else MEASURES.get(one.name, one.name)
    return name, one.level or _ALL.say(language)


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
        warn(text, language, loud=False)
    elif found.honest is None:
        text = Text(
            "Whether the model learnt from these pictures is not known here (its training data are not in this site): "
            "believe the figures only if you know that it did not.",
            "Aquí no se sabe si el modelo aprendió de estas imágenes (sus datos de entrenamiento no están en esta "
            "instalación): confíe en las cifras solo si sabe que no fue así.",
        )
        warn(text, language, loud=False)
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
        warn(text, language, loud=True)
