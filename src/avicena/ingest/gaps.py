"""Nulls that matter: a blank where the application wants a value and most rows of the same source have one."""

from collections import Counter
from collections.abc import Sequence

from avicena.core.application import Application
from avicena.core.model import Row
from avicena.core.question import Sign
from avicena.core.text import Text
from avicena.ingest.doubt import Doubt, pictures, stages, told

MOST = 0.5
"""A blank is asked about where at least this share of its source's rows have the value; else the source lacks it."""


def gaps(application: Application, rows: Sequence[Row]) -> tuple[list[Doubt], list[Text]]:
    """The blanks worth a question, and notes on what whole sources do not give.

    The fuller the column, the more probably a blank is an oversight. A row that lacks the label of one stage, where
    its source mostly gives it, counts too.
    """
    doubts: list[Doubt] = []
    notes: list[Text] = []
    sizes = Counter(row.source for row in rows)
    wanted = [name for name, kind in application.inputs.items() if kind.required and name not in pictures(application)]
    for field in (*wanted, *stages(application)):
        filled = Counter(row.source for row in rows if told(row, field) is not None)
        for source in sorted(sizes):
            share = filled[source] / sizes[source]
            if share < MOST:
                notes.append(_lacking(application, field, source, sizes[source] - filled[source]))
            elif share < 1:
                blank = [row.id for row in rows if row.source == source and told(row, field) is None]
                doubts += [Doubt((id,), field, _sign(share)) for id in blank]
    return doubts, notes


def _sign(share: float) -> Sign:
    percent = f"{100 * share:.0f} %"
    return Sign(
        "missing",
        0.5 * share,
        Text(
            f"blank, where {percent} of the rows of this source have a value",
            f"en blanco, donde el {percent} de las filas de esta fuente tiene un valor",
        ),
    )


def _lacking(application: Application, field: str, source: str, blank: int) -> Text:
    word, where = application.word(field), source or "?"
    return Text(
        f"{word.en}: not asked about {blank} blanks of source {where}, where most rows have none; ask that source",
        f"{word.es}: no se pregunta por {blank} huecos de la fuente {where}, donde casi ninguna fila lo trae; "
        "pídalo a la fuente",
    )
