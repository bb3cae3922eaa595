"""Numbers outside plausible ranges, and among them those that look like another unit or like a neighbour's value."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from avicena.core.application import Application
from avicena.core.case import Number
from avicena.core.model import Row
from avicena.core.question import Sign
from avicena.core.text import Text
from avicena.core.units import Conversion
from avicena.ingest.doubt import Doubt, column, quantities
from avicena.ingest.units import conversions

FEWEST = 20
"""Known values that a column needs before it can say what is usual in it."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in a column: its quartiles, on a logarithmic scale where that is the more symmetric."""

    low: float
    high: float
    logarithmic: bool

    def steps(self, values: Floats) -> Floats:
        """How many interquartile ranges each value lies outside the quartiles; 0 between them, NaN for NaN."""
        with np.errstate(invalid="ignore", divide="ignore"):
            shown = np.log(np.maximum(values, 0)) if self.logarithmic else values
        beyond = np.maximum(self.low - shown, shown - self.high) / (self.high - self.low)
        found: Floats = np.where(np.isnan(values), np.nan, np.maximum(beyond, 0.0))
        return found


def usual(values: Floats) -> Usual | None:
    """What is usual among the known of `values`; None where they are few or half of them are one number."""
    known = values[~np.isnan(values)]
    if len(known) < FEWEST:
        return None
    plain = _quartiles(known)
    scales = [(False, plain)] + ([(True, _quartiles(np.log(known)))] if known.min() > 0 else [])
    logarithmic, (low, _, high) = min(scales, key=lambda scale: _skew(*scale[1]))
    return Usual(low, high, logarithmic) if high > low else None


def _quartiles(values: Floats) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
    return low, middle, high


def _skew(low: float, middle: float, high: float) -> float:
    """Bowley's quartile skewness without its sign; infinite where the quartiles are one."""
    return abs(high + low - 2 * middle) / (high - low) if high > low else float("inf")


def outliers(application: Application, rows: Sequence[Row]) -> list[Doubt]:
    """Values outside what the application declares plausible, or else outside Tukey's outer fences of the column.

    A value outside the inner fences that another unit would bring between the quartiles is asked about too, and so are
    two neighbours that only fit when exchanged (Tukey, "Exploratory Data Analysis", 1977: fences at 1.5 and 3
    interquartile ranges).
    """
    kinds = quantities(application)
    columns = {name: column(rows, name) for name in kinds}
    found: list[Doubt] = []
    for name, kind in kinds.items():
        known = usual(columns[name])
        steps = known.steps(columns[name]) if known else np.zeros(len(rows))
        strange = outside(columns[name], kind.plausible)
        for place in np.flatnonzero(strange | (steps > 3 if kind.plausible is None else False)).tolist():
            found.append(Doubt((rows[place].id,), name, _far(bool(strange[place]), float(steps[place]))))
        if known:
            for place in np.flatnonzero((steps > 1.5) | strange).tolist():
                found += [
                    Doubt((rows[place].id,), name, sign) for sign in _swapped(float(columns[name][place]), known, kind)
                ]
    return found + list(_exchanged(application, rows, columns))


def outside(values: Floats, plausible: tuple[float, float] | None) -> NDArray[np.bool_]:
    """Whether each value lies outside a range; none does where there is no range."""
    if plausible is None:
        return np.zeros(len(values), dtype=bool)
    with np.errstate(invalid="ignore"):
        found: NDArray[np.bool_] = (values < plausible[0]) | (values > plausible[1])
    return found


def _far(declared: bool, steps: float) -> Sign:
    if declared:
        words = Text("outside the range declared plausible", "fuera del intervalo declarado verosímil")
        return Sign("implausible", 0.6, words)
    far = "inf" if np.isinf(steps) else f"{steps:.0f}"
    words = Text(
        f"{far} interquartile ranges outside the middle half of the column",
        f"a {far} rangos intercuartílicos de la mitad central de la columna",
    )
    return Sign("implausible", min(0.9, 0.4 + 0.05 * steps), words)


def _swapped(value: float, known: Usual, kind: Number) -> Iterator[Sign]:
    """The first conversion that brings a value between the quartiles."""
    for one in conversions(kind.unit):
        if known.steps(np.array([one(value)]))[0] == 0:
            yield _unit(one)
            return


def _unit(one: Conversion) -> Sign:
    words = Text(
        f"unusual as it stands, usual if it was written {one.words.en}",
        f"inusual tal como está, usual si se escribió {one.words.es}",
    )
    return Sign("units", 0.7, words)


def _exchanged(application: Application, rows: Sequence[Row], columns: dict[str, Floats]) -> Iterator[Doubt]:
    """Pairs of neighbouring numbers of one row that are both unusual and both usual when exchanged."""
    for a, b in combinations(columns, 2):
        known = usual(columns[a]), usual(columns[b])
        if known[0] is None or known[1] is None:
            continue
        apart = (known[0].steps(columns[a]) > 1.5) & (known[1].steps(columns[b]) > 1.5)
        together = (known[0].steps(columns[b]) == 0) & (known[1].steps(columns[a]) == 0)
        for place in np.flatnonzero(apart & together).tolist():
            for field, other in ((a, b), (b, a)):
                word = application.word(other)
                words = Text(f"looks exchanged with {word.en}", f"parece intercambiado con {word.es}")
                yield Doubt((rows[place].id,), field, Sign("units", 0.8, words))
