"""A ranking judged on diagnosed cases of one's own."""

from pathlib import Path

from avicena import library, lifecycle, queries
from avicena.cli.console import Bars, actor, opened
from avicena.cli.new_file import write_new
from avicena.cli.score_shown import INSUFFICIENT, is_csv, say, show_figures, show_notices, show_refused, warn
from avicena.core.case_score import COPY, CaseScore
from avicena.core.model import Measure
from avicena.core.score import FEWEST
from avicena.core.text import Language, Text
from avicena.formats.case_score import to_csv, to_json

MEASURES = {
    "MRR": "media del inverso de la posición",
    "referred": "derivados a especialista",
    "by disease": "por enfermedad",
    "same or broader": "la misma o una más amplia",
    "observed findings": "hallazgos observados",
    "paper": "artículo",
    "not cited": "no citado",
    "cited by the annotations": "citado en las anotaciones",
}
"""What the parts of measures and groups are called in Spanish."""

_ALL = Text("all", "todos")
_GROUPS = Text("independent groups", "grupos independientes")
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
    _show(found, chosen.said.say(language), language)
    if out is not None:
        write_new(out, to_csv(found) if is_csv(out) else to_json(found, chosen.said.en), "--out")


def _show(found: CaseScore, model: str, language: Language) -> None:
    """Print the figures, what was not scored, and what the figures may not be taken for."""
    show_figures(found.measures, lambda one: _named(one, language), _GROUPS, language)
    number = len(found.cases)
    line = Text(
        f"{number} cases ranked with {model} (candidate {found.candidate[7:19]}) by knowledge {found.knowledge[7:19]}; "
        f"cases of one disease or paper count as one group; {INSUFFICIENT.en}: fewer than {FEWEST} groups",
        f"{number} casos ordenados con {model} (candidato {found.candidate[7:19]}) según el conocimiento "
        f"{found.knowledge[7:19]}; los casos de una enfermedad o un artículo cuentan como un grupo; "
        f"{INSUFFICIENT.es}: menos de {FEWEST} grupos",
    )
    say(line, language)
    show_refused([one for one in found.refused if one.reason != COPY], _MISSED, language)
    show_refused([one for one in found.refused if one.reason == COPY], _COPIES, language)
    if found.left_out:
        text = Text(
            f"findings left out: {found.left_out}; this knowledge does not know them, or they contradict others",
            f"hallazgos omitidos: {found.left_out}; este conocimiento no los recoge, o contradicen a otros",
        )
        say(text, language)
    show_notices(found.notices, language)
    _warn(found, language)


def _named(one: Measure, language: Language) -> tuple[str, str]:
    name, group = one.name, f"{one.group} {one.level}".strip()
    if language == "es":
        for english, spanish in MEASURES.items():
            name, group = name.replace(english, spanish), group.replace(english, spanish)
    return name, group or _ALL.say(language)


def _warn(found: CaseScore, language: Language) -> None:
    """Say loudly when the model learnt from these cases, and plainly what else makes figures too good."""
    if found.trained_on:
        text = Text(
            f"THESE FIGURES ARE NOT HONEST: the model learnt from {found.trained_on} of these {len(found.cases)} "
            "cases. They say how well it remembers.",
            f"ESTAS CIFRAS NO SON VÁLIDAS: el modelo aprendió de {found.trained_on} de estos {len(found.cases)} casos. "
            "Dicen cuánto recuerda.",
        )
    elif found.trained_on is None:
        text = Text(
            "Whether the model learnt from these cases is not known here: believe the figures only if you know.",
            "Aquí no se sabe si el modelo aprendió de estos casos: confíe en las cifras solo si lo sabe.",
        )
    else:
        text = Text(
            "By the marks in its bundle the model learnt from none of these cases.",
            "Según las marcas de su paquete, el modelo no aprendió de ninguno de estos casos.",
        )
    warn(text, language, loud=bool(found.trained_on))
    warn(_annotated(found), language, loud=False)


def _annotated(found: CaseScore) -> Text:
    """What is known of whether the knowledge itself was written from these cases."""
    number, named = len(found.cases), len(found.cases) - found.unnamed
    said = []
    if found.cited:
        rows = 0 if found.trained_on else named - found.cited
        said.append(
            Text(
                f"The annotations of the disease cite the paper of {found.cited} of these {number}, so these are found "
                "better than a new patient: "
                + ("believe the rows 'paper not cited'." if rows else "no figure here speaks of new patients."),
                f"Las anotaciones de la enfermedad citan el artículo de {found.cited} de estos {number}, que se "
                "encuentran mejor que un paciente nuevo: "
                + ("confíe en las filas «artículo no citado»." if rows else "ninguna cifra habla de pacientes nuevos."),
            )
        )
    elif named:
        said.append(
            Text(
                "The annotations of their diseases cite none of the papers that they name.",
                "Las anotaciones de sus enfermedades no citan ninguno de los artículos que indican.",
            )
        )
    if found.unnamed:
        said.append(
            Text(
                f"{found.unnamed} of these {number} name no paper, so whether the knowledge was annotated from them is "
                "not known here: newer ones often were, and then figures are too good.",
                f"{found.unnamed} de estos {number} no indican ningún artículo, así que no se sabe si el conocimiento "
                "se anotó a partir de ellos: a menudo es así, y entonces las cifras son demasiado buenas.",
            )
        )
    return Text(" ".join(one.en for one in said), " ".join(one.es for one in said))
