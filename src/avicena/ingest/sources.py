"""Whole sources whose unit looks swapped: one question for the source instead of one for each of its rows."""

from collections.abc import Iterator, Sequence

import numpy as np

from avicena.core.application import Application
from avicena.core.case import Number
from avicena.core.held import Held
from avicena.core.model import Row
from avicena.core.question import Sign
from avicena.core.text import Text
from avicena.core.units import BY_UNIT, Conversion
from avicena.ingest.doubt import Doubt, column, quantities
from avicena.ingest.hold import written
from avicena.ingest.outliers import Floats, Usual, outside, usual

FEWEST = 10
"""Values that a source must have before something is said of all of them."""

MOST = 50
"""Sources up to which each is compared with all the others; of more, each is compared with all sources together."""

_ODD, _FITTING = 0.5, 0.9


def swapped_sources(application: Application, rows: Sequence[Row], held: Sequence[Held] = ()) -> Iterator[Doubt]:
    """A doubt about all values of a source in a field, where another unit would make them what other sources have.

    At least half of the source's values, with those that the import refused, must be unusual as they stand, its middle
    one among them, and nine of ten usual once converted. What is usual is told by the other sources, or else by the
    range that the application declares plausible.
    """
    sources = np.array([row.source for row in rows], dtype=object)
    names = sorted({*(row.source for row in rows), *(one.source for one in held)})
    for field, kind in quantities(application).items():
        if not BY_UNIT.get(kind.unit):
            continue
        known = column(rows, field)
        for source in names:
            mine = np.flatnonzero((sources == source) & ~np.isnan(known)).tolist()
            refused = [
                (one.id, value) for one in held if one.source == source and (value := written(one, field)) is not None
            ]
            ids = [rows[place].id for place in mine] + [id for id, _ in refused]
            values = np.array([known[place] for place in mine] + [value for _, value in refused])
            if len(ids) < FEWEST:
                continue
            others = known if len(names) > MOST else known[sources != source]
            found = _meant(kind, values, usual(others))
            if found is not None:
                yield Doubt(tuple(ids), field, _sign(source, found, len(ids)))


def _meant(kind: Number, values: Floats, known: Usual | None) -> Conversion | None:
    """The unit in which all of a source's values seem to be written; None where they are usual as they stand."""
    if known is None and kind.plausible is None:
        return None
    if np.mean(_odd(kind, values, known)) < _ODD or not _odd(kind, np.array([np.median(values)]), known)[0]:
        return None
    for one in BY_UNIT.get(kind.unit, ()):
        meant = np.array([one(value) for value in values.tolist()])
        middle = known is None or known.steps(np.array([np.median(meant)]))[0] <= 0.5
        if middle and np.mean(_odd(kind, meant, known)) <= 1 - _FITTING:
            return one
    return None


def _odd(kind: Number, values: Floats, known: Usual | None) -> Floats:
    """1 for each value outside the input's bounds, what is plausible, or the inner fences of what is usual; else 0."""
    odd = (values < kind.low) | (values > kind.high) | outside(values, kind.plausible)
    found: Floats = (odd | (known.steps(values) > 1.5 if known is not None else False)).astype(np.float64)
    return found


def _sign(source: str, meant: Conversion, number: int) -> Sign:
    where = source or "?"
    return Sign(
        "source",
        0.95,
        Text(
            f"the {number} values of source {where} are unusual as they stand, and usual if all were written "
            f"{meant.words.en}",
            f"los {number} valores de la fuente {where} son inusuales tal como están, y usuales si todos se "
            f"escribieron {meant.words.es}",
        ),
    )
