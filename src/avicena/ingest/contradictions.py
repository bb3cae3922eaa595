"""Duplicates that disagree: one picture with two stories, one patient with two labels."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from avicena.core.application import Application
from avicena.core.case import Value
from avicena.core.model import Row
from avicena.core.question import Sign
from avicena.core.text import Text
from avicena.ingest.doubt import Doubt, choices, families, one_per_patient, pictures, quantities, stages, told

_SAME = Sign(
    "disagreement",
    0.9,
    Text(
        "rows that are the same in all else say different things here",
        "filas que coinciden en todo lo demás dicen aquí cosas distintas",
    ),
)


def contradictions(application: Application, rows: Sequence[Row]) -> list[Doubt]:
    """Groups of rows that show the same and say different things, and rows that contradict the rest of their patient.

    Rows show the same when they have the same pictures; where the application has none, when they are of one known
    patient and agree in every input, so that only labels can differ. A row contradicts its patient where it is in the
    minority in a field that is nearly always the same within a patient; where no side is, all its rows are asked about.
    """
    return [*_duplicates(application, rows), *_within_families(application, rows)]


def _duplicates(application: Application, rows: Sequence[Row]) -> Iterator[Doubt]:
    shown = pictures(application)
    inputs = (*choices(application), *quantities(application)) if shown else ()
    groups: dict[tuple[Value, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if shown and all(row.values.get(name) for name in shown):
            groups[tuple(row.values[name] for name in shown)].append(row)
        elif not shown and row.family_known:
            groups[(row.family, *(row.values.get(name) for name in sorted(application.inputs)))].append(row)
    for group in (one for one in groups.values() if len(one) > 1):
        for field in (*stages(application), *inputs):
            known = [row for row in group if told(row, field) is not None]
            if len({told(row, field) for row in known}) > 1:
                yield Doubt(tuple(sorted(row.id for row in known)), field, _SAME)


def _within_families(application: Application, rows: Sequence[Row]) -> Iterator[Doubt]:
    for field in (*stages(application), *choices(application)):
        if one_per_patient(rows, field):
            for family in families(rows, field):
                yield from _minority(field, family)


def _minority(field: str, family: list[Row]) -> Iterator[Doubt]:
    counts = Counter(told(row, field) for row in family)
    most = max(counts.values())
    tied = sum(count == most for count in counts.values()) > 1
    for row in family:
        same = counts[told(row, field)]
        if same < most or tied:
            yield Doubt((row.id,), field, _alone(len(family) - same, len(family)))


def _alone(others: int, all_: int) -> Sign:
    words = Text(
        f"{others} of this patient's {all_} rows say otherwise",
        f"{others} de las {all_} filas de este paciente difieren",
    )
    return Sign("disagreement", 0.95 * others / all_, words)
