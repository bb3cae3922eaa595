"""The model of common diseases judged on a table of patients of one's own."""

from pathlib import Path

from avicena import catalogue, lifecycle, queries
from avicena.cli.console import Bars, actor, opened
from avicena.cli.new_file import write_new
from avicena.cli.score_shown import INSUFFICIENT, is_csv, say, show_figures, show_notices, show_refused, warn
from avicena.core.application import Application
from avicena.core.common_score import CommonScore
from avicena.core.model import Measure
from avicena.core.score import FEWEST
from avicena.core.text import Language, Text
from avicena.formats.common_score import to_csv, to_json

MEASURES = {
    "balanced accuracy": "acierto equilibrado",
    "accuracy": "acierto",
    "top-3": "entre las 3 primeras",
    "top-10": "entre las 10 primeras",
    "log loss": "pérdida logarítmica",
    "coverage of sets": "cobertura de los conjuntos",
    "size of sets": "tamaño de los conjuntos",
    "recall": "sensibilidad",
}
"""What each measure is called in Spanish."""

_ALL, _ROWS = Text("all", "todas"), Text("rows", "filas")
_MISSED = Text("rows not scored", "filas no evaluadas")


def score_common(
    application: str, table: Path, model: str | None, out: Path | None, language: Language, site: str | None
) -> None:
    """Score common diseases on a table, print the figures, and write them to `out` where one is given."""
    data = catalogue.table_bytes(table)
    with opened(site) as here, Bars() as bars:
        chosen = queries.choose(here, application, model)
        found = lifecycle.score_common(here, application, chosen.model, data, actor(), bars)
        app = here.application(application)
    _show(found, app, chosen.said.say(language), language)
    if out is not None:
        write_new(out, to_csv(found) if is_csv(out) else to_json(found, chosen.said.en), "--out")


def _show(found: CommonScore, app: Application, model: str, language: Language) -> None:
    """Print the figures, what was not scored, and what the figures may not be taken for."""
    show_figures(found.measures, lambda one: _named(one, app, language), _ROWS, language)
    line = Text(
        f"{len(found.rows)} rows scored with {model} (candidate {found.candidate[7:19]}) among its "
        f"{len(found.classes)} common diseases alone; {INSUFFICIENT.en}: fewer than {FEWEST} rows",
        f"{len(found.rows)} filas evaluadas con {model} (candidato {found.candidate[7:19]}) solo entre sus "
        f"{len(found.classes)} enfermedades comunes; {INSUFFICIENT.es}: menos de {FEWEST} filas",
    )
    say(line, language)
    show_refused(found.refused, _MISSED, language)
    if found.unheard:
        text = Text(
            f"{found.unheard} rows have a code that no training row had; it says nothing",
            f"{found.unheard} filas tienen un código que ninguna fila de entrenamiento tenía; no dice nada",
        )
        say(text, language)
    show_notices(found.notices, language)
    _warn(found, language)


def _named(one: Measure, app: Application, language: Language) -> tuple[str, str]:
    name = one.name if language == "en" else MEASURES.get(one.name, one.name)
    return name, app.word(one.level).say(language) if one.level else _ALL.say(language)


def _warn(found: CommonScore, language: Language) -> None:
    """Say loudly when the model learnt from these rows, and plainly when nobody here knows."""
    text = Text(
        "By the marks in its bundle the model learnt from no row that says the same as one of these.",
        "Según las marcas de su paquete, el modelo no aprendió de ninguna fila que diga lo mismo que una de estas.",
    )
    if found.trained_on is None:
        text = Text(
            "Whether the model learnt from these rows is not known here: believe the figures only if you know.",
            "Aquí no se sabe si el modelo aprendió de estas filas: confíe en las cifras solo si lo sabe.",
        )
    elif found.trained_on:
        text = Text(
            f"THESE FIGURES ARE NOT HONEST: {found.trained_on} of these {len(found.rows)} rows say the same as one "
            "that the model learnt from. They say how well it remembers.",
            f"ESTAS CIFRAS NO SON VÁLIDAS: {found.trained_on} de estas {len(found.rows)} filas dicen lo mismo que una "
            "de la que aprendió el modelo. Dicen cuánto recuerda.",
        )
    warn(text, language, loud=bool(found.trained_on))
