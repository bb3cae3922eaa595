"""What a chart shows, in the reader's words; templates/charts.html draws each as SVG with its table beside it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SERIES = 8
"""Colours that a reader can tell apart; a chart with more series is drawn as a heat grid."""

SHADES = 9
"""Steps of a heat grid, from white to dark blue."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its length, and the cells of its line in the table (after the label)."""

    label: str
    value: float
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars from zero. `id` is unique on the page; `columns` heads the table, the label's column first."""

    id: str
    title: str
    summary: str
    columns: tuple[str, ...]
    bars: tuple[Bar, ...]

    @property
    def greatest(self) -> float:
        """What the longest bar stands for; 1 where all are empty."""
        return max((one.value for one in self.bars), default=0) or 1


@dataclass(frozen=True, slots=True)
class Histogram:
    """Upright bars side by side over an axis; `ticks` are the labels of the bars' edges, one more than bars."""

    id: str
    title: str
    summary: str
    columns: tuple[str, ...]
    ticks: tuple[str, ...]
    bars: tuple[Bar, ...]

    @property
    def greatest(self) -> float:
        """What the highest bar stands for; 1 where all are empty."""
        return max((one.value for one in self.bars), default=0) or 1

    @property
    def every(self) -> int:
        """Each how many edges carry a label, so that labels do not touch."""
        return -(-len(self.ticks) // 8)


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar of parts that make 100 %: its label, the size of each part, and the cells of its line in the table."""

    label: str
    parts: tuple[float, ...]
    cells: tuple[str, ...]

    @property
    def segments(self) -> list[tuple[int, float, float]]:
        """Number, start and width of each part that is not empty, as shares of the bar."""
        whole, at, found = sum(self.parts), 0.0, []
        for number, part in enumerate(self.parts):
            if part:
                found.append((number, at / whole, part / whole))
                at += part
        return found


@dataclass(frozen=True, slots=True)
class Stacked:
    """Horizontal bars of 100 %, one part per series. `columns` heads the table: label, then series, then the rest."""

    id: str
    title: str
    summary: str
    columns: tuple[str, ...]
    series: tuple[str, ...]
    stacks: tuple[Stack, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a heat grid: what it says, and its shade from 0 (least) to 1 (most); None is left unshaded."""

    text: str
    shade: float | None

    @property
    def step(self) -> int | None:
        """The shade as a step from 0 to SHADES - 1."""
        return None if self.shade is None else min(SHADES - 1, max(0, int(self.shade * SHADES)))


@dataclass(frozen=True, slots=True)
class Heat:
    """A grid whose cells are shaded by what they say; it is a table, so it needs none beside it."""

    id: str
    title: str
    summary: str
    columns: tuple[str, ...]
    lines: tuple[tuple[tuple[str, ...], tuple[Cell, ...]], ...]

    @property
    def heads(self) -> int:
        """How many of the columns name a line."""
        return len(self.lines[0][0]) if self.lines else 1


@dataclass(frozen=True, slots=True)
class Mark:
    """One figure with its interval; `faint` where too little stands behind it. `cells` is its line in the table."""

    label: str
    value: float
    low: float
    high: float
    cells: tuple[str, ...]
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Forest:
    """Figures with intervals one under the other (a forest plot); `rule` is a dashed line to hold them against."""

    id: str
    title: str
    summary: str
    columns: tuple[str, ...]
    marks: tuple[Mark, ...]
    rule: float | None = None

    @property
    def axis(self) -> "Axis":
        """The axis under all of it."""
        bounds = [bound for one in self.marks for bound in (one.low, one.high, one.value)]
        return axis(bounds if self.rule is None else [*bounds, self.rule])


@dataclass(frozen=True, slots=True)
class Point:
    """One point with its interval upwards; `cells` is its line in the table, after `label`."""

    label: str
    across: float
    value: float
    low: float
    high: float
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """Points over two axes, named `across_name` and `up_name`; joined by a line, or with the diagonal drawn."""

    id: str
    title: str
    summary: str
    columns: tuple[str, ...]
    points: tuple[Point, ...]
    across_name: str
    up_name: str
    diagonal: bool = False

    @property
    def across(self) -> "Axis":
        """The axis at the foot."""
        values = [one.across for one in self.points]
        return self._same if self.diagonal else axis([0.0, *values])

    @property
    def up(self) -> "Axis":
        """The axis at the left."""
        return self._same if self.diagonal else axis([one for p in self.points for one in (p.low, p.high, p.value)])

    @property
    def _same(self) -> "Axis":
        return axis([one for p in self.points for one in (p.low, p.high, p.value, p.across)])


@dataclass(frozen=True, slots=True)
class Axis:
    """From where to where an axis goes, and where it is marked with what."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def share(self, value: float) -> float:
        """How far along the axis a value stands, from 0 to 1."""
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)


def axis(values: Sequence[float]) -> Axis:
    """An axis that holds all of the values, with four to eight round marks."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    step = _step(max(high - low, 1e-3))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    ticks = tuple((n * step, f"{n * step:.10g}") for n in range(first, last + 1))
    return Axis(first * step, last * step, ticks)


def _step(width: float) -> float:
    """The round step (1, 2 or 5 times a power of ten) that parts a width in about five."""
    power = 10.0 ** math.floor(math.log10(width / 5))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= width / 5 * 0.999)


Chart = Bars | Histogram | Stacked | Heat | Forest | Points


def shaded(values: Sequence[float], texts: Sequence[str], most: float) -> tuple[Cell, ...]:
    """Cells shaded by their value as a part of `most`."""
    return tuple(Cell(text, value / most if most else None) for value, text in zip(values, texts, strict=True))
