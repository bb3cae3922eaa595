"""A ranking judged on diagnosed cases of one's own."""

from collections import Counter
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from avicena import library, lifecycle, queries
from avicena.cli.console import Bars, actor, console, opened
from avicena.core.case_score import COPY, CaseScore
from avicena.core.model import Measure
from avicena.core.reasons import REASONS
from avicena.core.score import FEWEST, enough
from avicena.core.text import Language, Text
from avicena.formats.case_score import to_csv, to_json

MEASURES = {
    "MRR": "media del inverso de la posición",
    "referred": "derivados a especialista",
    "by disease": "por enfermedad",
    "same or broader": "la misma o una más amplia",
    "observed findings": "hallazgos observados",
}
"""What the parts of measures and groups are called in Spanish."""

TITLES = {
    "measure": Text("measure", "medida"),
    "group": Text("of", "de"),
    "value": Text("value", "valor"),
    "interval": Text("95 % interval", "intervalo del 95 %"),
    "families": Text("independent groups", "grupos independientes"),
    "all": Text("all", "todos"),
    "insufficient": Text("INSUFFICIENT", "INSUFICIENTE"),
}

_MISSED = Text("lines not scored, counted as missed", "líneas no evaluadas, cuentan como fallos")
_COPIES = Text("lines not scored", "líneas no evaluadas")


def score_cases(
    application: str,
    cases: Path,
    model: str | None,
    knowledge: str | None,
    out: Path | None,
    language: Language,
    site: str | None,
) -> None:
    """Score a ranking on a file of cases, print the figures, and write them to `out` where one is given."""
    data = cases.read_bytes()
    with opened(site) as here, Bars() as bars:
        chosen = queries.choose(here, application, model)
        version = None if knowledge is None else library.version(here, knowledge).version.id
        known = queries.known_for(here, chosen.model, version)
        found = lifecycle.score_cases(here, application, chosen.model, data, known, actor(), bars)
    if out is not None:
        out.write_bytes(to_csv(found) if out.suffix.lower() == ".csv" else to_json(found, chosen.said.en))
    show(found, chosen.said.say(language), language)


def show(found: CaseScore, model: str, language: Language) -> None:
    """Print the figures, what was not scored, and what the figures may not be taken for."""
    said = {name: text.say(language) for name, text in TITLES.items()}
    table = Table(*(said[name] for name in ("measure", "group", "value", "interval", "families")), "", box=None)
    for one in found.measures:
        table.add_row(*_row(one, said, language))
    console.print(table)
    number = len(found.cases)
    line = Text(
        f"{number} cases ranked with {model} (candidate {found.candidate[7:19]}) by knowledge {found.knowledge[7:19]}; "
        f"cases of one disease or paper count as one group; {said['insufficient']}: fewer than {FEWEST} groups",
        f"{number} casos ordenados con {model} (candidato {found.candidate[7:19]}) según el conocimiento "
        f"{found.knowledge[7:19]}; los casos de una enfermedad o un artículo cuentan como un grupo; "
        f"{said['insufficient']}: menos de {FEWEST} grupos",
    )
    console.print(line.say(language), markup=False)
    for reason, count in sorted(Counter(one.reason for one in found.refused).items()):
        what = (_COPIES if reason == COPY else _MISSED).say(language)
        console.print(f"{what}: {count}, {REASONS[reason].say(language)}", markup=False)
    if found.left_out:
        text = Text(
            f"findings left out: {found.left_out}; this knowledge does not know them, or they contradict others",
            f"hallazgos omitidos: {found.left_out}; este conocimiento no los recoge, o contradicen a otros",
        )
        console.print(text.say(language), markup=False)
    for notice in found.notices:
        console.print(f"• {notice.say(language)}", markup=False)
    _warn(found, language)


def _row(one: Measure, said: dict[str, str], language: Language) -> tuple[str, ...]:
    names = (one.name, f"{one.group} {one.level}".strip())
    if language == "es":
        for english, spanish in MEASURES.items():
            names = (names[0].replace(english, spanish), names[1].replace(english, spanish))
    few = "" if enough(one) else f"[yellow]{said['insufficient']}[/]"
    return (
        escape(names[0]),
        escape(names[1]) or said["all"],
        f"{one.value:.3f}",
        f"{one.low:.3f} – {one.high:.3f}",
        str(one.units),
        few,
    )


def _warn(found: CaseScore, language: Language) -> None:
    """Say loudly when the model learnt from these cases, and plainly what nobody here knows."""
    if found.trained_on:
        text = Text(
            f"THESE FIGURES ARE NOT HONEST: the model learnt from {found.trained_on} of these {len(found.cases)} "
            "cases. They say how well it remembers.",
            f"ESTAS CIFRAS NO SON VÁLIDAS: el modelo aprendió de {found.trained_on} de estos {len(found.cases)} casos. "
            "Dicen cuánto recuerda.",
        )
        console.print(f"[bold red]{text.say(language)}[/]")
        return
    text = Text(
        "By the marks in its bundle the model learnt from none of these cases. Whether the knowledge was annotated "
        "from the papers that report them is not known here: newer ones often were, and then figures are too good.",
        "Según las marcas de su paquete, el modelo no aprendió de ninguno de estos casos. Aquí no se sabe si el "
        "conocimiento se anotó a partir de los artículos que los describen: a menudo es así, y entonces las cifras son "
        "demasiado buenas.",
    )
    if found.trained_on is None:
        text = Text(
            "Whether the model learnt from these cases is not known here: believe the figures only if you know.",
            "Aquí no se sabe si el modelo aprendió de estos casos: confíe en las cifras solo si lo sabe.",
        )
    console.print(f"[yellow]{text.say(language)}[/]")
