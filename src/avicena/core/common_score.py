"""A model of common diseases judged on a table of patients whose disease is known: what came out."""

from collections.abc import Mapping
from dataclasses import dataclass

from avicena.core.model import Measure, Refused
from avicena.core.text import Text


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """What the stage of common diseases said of one row: its most probable class, and the set that stays plausible."""

    id: str
    label: str
    best: str
    probabilities: Mapping[str, float]
    plausible: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommonScore:
    """How good the stage of common diseases is on a table that somebody brings.

    The figures are of this stage alone, among its own classes. `trained_on` counts the rows that the model learnt from,
    None where that is not known; `unheard` the rows with a code that the model does not know.
    """

    application: str
    stage: str
    classes: tuple[str, ...]
    candidate: str
    bundle: str
    measures: tuple[Measure, ...]
    rows: tuple[ScoredRow, ...]
    refused: tuple[Refused, ...]
    trained_on: int | None
    unheard: int
    notices: tuple[Text, ...] = ()
