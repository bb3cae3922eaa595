"""A ranking judged on published cases whose disease is known: what is scored, and what came out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from avicena.core.model import Measure, Refused
from avicena.core.text import Text


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case whose disease was diagnosed: its id, the papers that report it, and its parsed values.

    `family` is the connected component of diseases and papers that it belongs to.
    """

    id: str
    papers: tuple[str, ...]
    disease: str
    values: Mapping[str, Any]
    family: str = ""


@dataclass(frozen=True, slots=True)
class ScoredCase:
    """What the model said of one case: `rank` of the diagnosed disease from 1, None where it is not in the list.

    `lenient` is the rank of the first disease that Mondo calls the same or broader, None too where Mondo is not known.
    `first` are the first diseases with their probabilities, `none` that of none of these; `withheld` says that the
    answer would have been a referral.
    """

    id: str
    disease: str
    rank: int | None
    lenient: int | None
    first: tuple[tuple[str, float], ...]
    none: float
    withheld: bool
    observed: int
    excluded: int


COPY = "exact-duplicate"
"""Why a line was refused that says a case before again: it is no case of its own, so none is missed."""


@dataclass(frozen=True, slots=True)
class CaseScore:
    """How good a model's ranking is on cases that somebody brings.

    Refused lines count as missed, but for copies of a line before (`COPY`). `trained_on` counts the cases that the
    model learnt from, None where that is not known; `left_out` the findings that the knowledge does not know; `cited`
    the cases of which the annotations of their disease were written, as far as they name a paper; `unnamed` name none.
    """

    application: str
    stage: str
    candidate: str
    bundle: str
    knowledge: str
    measures: tuple[Measure, ...]
    cases: tuple[ScoredCase, ...]
    refused: tuple[Refused, ...]
    trained_on: int | None
    left_out: int
    cited: int
    unnamed: int
    notices: tuple[Text, ...] = ()
