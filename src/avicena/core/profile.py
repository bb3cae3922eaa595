"""What a dataset version holds, counted: inputs, gaps, classes, sources, families, folds, words and examples."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from avicena.core.text import Text

FEWEST = 5
"""Families in which a word must stand before it is shown, so that no patient shows."""

OTHERS = "…"
"""The level that stands for all that are not shown by name."""

Kind = Literal["number", "choice", "codes", "note", "image", "other"]


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows carry a name, and of how many families they are."""

    name: str
    rows: int
    families: int


@dataclass(frozen=True, slots=True)
class Bin:
    """How many rows hold a number from `low` (inclusive) to `high` (exclusive, but for the last bin)."""

    low: float
    high: float
    rows: int


@dataclass(frozen=True, slots=True)
class InputProfile:
    """One input: how many rows give it, and how it is spread.

    `levels` are a choice's words, or the commonest codes of lists; `different` is the number of different pictures;
    `bins` a number's histogram in `unit`, or the length of a note in words or of a list in codes; `quantiles` its 5,
    25, 50, 75 and 95 % points (never the extremes, which are single patients); `implausible` the rows outside the
    range that the application calls plausible.
    """

    name: str
    kind: Kind
    required: bool
    known: int
    missing: int
    unit: str = ""
    meaning: Text | None = None
    levels: tuple[Count, ...] = ()
    bins: tuple[Bin, ...] = ()
    quantiles: tuple[float, ...] = ()
    implausible: int | None = None
    different: int | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which inputs and labels are missing together, and in how many rows and families."""

    missing: tuple[str, ...]
    rows: int
    families: int


@dataclass(frozen=True, slots=True)
class Gap:
    """The share of rows without `field` among those whose `by` (a stage or "source") is `level`."""

    by: str
    level: str
    field: str
    share: float
    rows: int


@dataclass(frozen=True, slots=True)
class Crosstab:
    """How a stage's classes are spread over the levels of `by`: "source", "fold" or one of the application's groups.

    `rows` and `families` hold a tuple per level with an entry per class of `classes`.
    """

    stage: str
    by: str
    levels: tuple[str, ...]
    classes: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    families: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Split:
    """Rows and families of one class from one source, by fold."""

    stage: str
    label: str
    source: str
    rows: tuple[int, ...]
    families: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Families:
    """How rows gather in families.

    `sizes` counts families by their number of rows; `told` is the number of rows whose family the data say; `mixed`
    maps each stage to the families with more than one class; `several_sources` and `several_folds` count families.
    """

    number: int
    told: int
    sizes: tuple[tuple[str, int], ...]
    mixed: Mapping[str, int]
    several_sources: int
    several_folds: int


@dataclass(frozen=True, slots=True)
class Example:
    """One picture (by digest) that shows a class of a stage."""

    stage: str
    label: str
    source: str
    picture: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the notes: the families of each class in which it stands; None where there are some, but few."""

    word: str
    families: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one note input that differ most between a stage's classes, and how many were counted.

    `families` is the number of families of each class with such a note, `fewest` those in which a shown word stands
    at least; `different` the number of words that stand in so many, `rare` of those that do not.
    """

    input: str
    stage: str
    classes: tuple[str, ...]
    families: tuple[int, ...]
    fewest: int
    different: int
    rare: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence that a reader should see first; `about` names the section of the page that shows it."""

    about: str
    text: Text


@dataclass(frozen=True)
class Profile:
    """All that is counted of one dataset version; no row, note or name of a patient is in it."""

    application: str
    dataset: str
    rows: int
    families: Families
    inputs: tuple[InputProfile, ...]
    classes: Mapping[str, tuple[Count, ...]]
    sources: tuple[Count, ...]
    folds: tuple[Count, ...]
    groups: Mapping[str, tuple[Count, ...]]
    patterns: tuple[Pattern, ...] = ()
    gaps: tuple[Gap, ...] = ()
    crosstabs: tuple[Crosstab, ...] = ()
    splits: tuple[Split, ...] = ()
    examples: tuple[Example, ...] = ()
    vocabularies: tuple[Vocabulary, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
