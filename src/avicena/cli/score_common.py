"""The model of common diseases judged on a table of patients of one's own."""

from collections import defaultdict
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from avicena import catalogue, lifecycle, queries
from avicena.cli.console import Bars, actor, console, opened
from avicena.core.application import Application
from avicena.core.common_score import CommonScore
from avicena.core.model import Measure
from avicena.core.reasons import REASONS
from avicena.core.score import FEWEST, enough
from avicena.core.text import Language, Text
from avicena.formats.common_score import to_csv, to_json

NAMED = 10
"""Rows named for each reason; all of them stand in the file of --out."""

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

TITLES = {
    "measure": Text("measure", "medida"),
    "disease": Text("of", "de"),
    "value": Text("value", "valor"),
    "interval": Text("95 % interval", "intervalo del 95 %"),
    "rows": Text("rows", "filas"),
}
ALL, INSUFFICIENT = Text("all", "todas"), Text("INSUFFICIENT", "INSUFICIENTE")


def score_common(
    application: str, table: Path, model: str | None, out: Path | None, language: Language, site: str | None
) -> None:
    """Score common diseases on a table, print the figures, and write them to `out` where one is given."""
    data = catalogue.table_bytes(table)
    with opened(site) as here, Bars() as bars:
        chosen = queries.choose(here, application, model)
        found = lifecycle.score_common(here, application, chosen.model, data, actor(), bars)
        app = here.application(application)
    if out is not None:
        out.write_bytes(to_csv(found) if out.suffix.lower() == ".csv" else to_json(found, chosen.said.en))
    show(found, app, chosen.said.say(language), language)


def show(found: CommonScore, app: Application, model: str, language: Language) -> None:
    """Print the figures, what was not scored, and what the figures may not be taken for."""
    table = Table(*(text.say(language) for text in TITLES.values()), "", box=None)
    for one in found.measures:
        table.add_row(*_row(one, app, language))
    console.print(table)
    line = Text(
        f"{len(found.rows)} rows scored with {model} (candidate {found.candidate[7:19]}) among its "
        f"{len(found.classes)} common diseases alone; {INSUFFICIENT.en}: fewer than {FEWEST} rows",
        f"{len(found.rows)} filas evaluadas con {model} (candidato {found.candidate[7:19]}) solo entre sus "
        f"{len(found.classes)} enfermedades comunes; {INSUFFICIENT.es}: menos de {FEWEST} filas",
    )
    console.print(line.say(language), markup=False)
    by_reason: dict[str, list[str]] = defaultdict(list)
    for each in found.refused:
        by_reason[each.reason].append(each.where)
    for reason, places in sorted(by_reason.items()):
        more = "" if len(places) <= NAMED else f" … + {len(places) - NAMED} (--out)"
        missed = Text("rows not scored", "filas no evaluadas").say(language)
        named = ", ".join(places[:NAMED])
        console.print(f"{missed}: {len(places)}, {REASONS[reason].say(language)}: {named}{more}", markup=False)
    if found.unheard:
        text = Text(
            f"{found.unheard} rows have a code that no training row had; it says nothing",
            f"{found.unheard} filas tienen un código que ninguna fila de entrenamiento tenía; no dice nada",
        )
        console.print(text.say(language), markup=False)
    for notice in found.notices:
        console.print(f"• {notice.say(language)}", markup=False)
    _warn(found, language)


def _row(one: Measure, app: Application, language: Language) -> tuple[str, ...]:
    name = one.name if language == "en" else MEASURES.get(one.name, one.name)
    level = app.word(one.level).say(language) if one.level else ALL.say(language)
    few = "" if enough(one) else f"[yellow]{INSUFFICIENT.say(language)}[/]"
    return name, escape(level), f"{one.value:.3f}", f"{one.low:.3f} – {one.high:.3f}", str(one.units), few


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
    console.print(f"[{'bold red' if found.trained_on else 'yellow'}]{text.say(language)}[/]")
