"""A model's figures on labelled pictures that somebody else brings: what is scored, and what came out."""

from collections.abc import Mapping
from dataclasses import dataclass

from avicena.core.model import Measure, Refused
from avicena.core.text import Text

FEWEST = 20
"""Families that must stand behind a figure before it says anything; the same as an application's gate asks for."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One picture and its true class; `path` is as the caller names the file, `id` as every machine writes it.

    `family` is None where nobody said whose picture it is; `box` is the lesion as fractions (x, y, width, height).
    """

    id: str
    path: str
    label: str
    family: str | None
    source: str
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """What a manifest and a folder give to score, and all that they do not: rows and files refused, with reasons.

    `unclaimed` counts the files that no row is about, `boxless` the rows whose box is none on the picture.
    """

    images: tuple[Labelled, ...]
    refused: tuple[Refused, ...]
    unclaimed: int = 0
    boxless: int = 0


@dataclass(frozen=True, slots=True)
class ScoredImage:
    """What the model said of one picture; `erased` are the probabilities with the lesion's box erased."""

    id: str
    label: str
    probabilities: Mapping[str, float]
    best: str
    plausible: tuple[str, ...]
    outlier: float | None
    refused: bool
    peak_inside: bool | None = None
    peak_touches: bool | None = None
    erased: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How good one stage of a model is on labelled pictures.

    `trained_on` counts the pictures that the model learnt from, `trained_families` the families of the same name as
    in its training data; each is None where that is not known here. `notices` say what the figures may not be taken
    for.
    """

    application: str
    stage: str
    classes: tuple[str, ...]
    candidate: str
    bundle: str
    measures: tuple[Measure, ...]
    images: tuple[ScoredImage, ...]
    refused: tuple[Refused, ...]
    unclaimed: int
    trained_on: int | None
    trained_families: int | None
    notices: tuple[Text, ...]

    @property
    def honest(self) -> bool | None:
        """Whether no picture and no family is one that the model learnt from; None where that is not known."""
        if self.trained_on or self.trained_families:
            return False
        return None if self.trained_on is None or self.trained_families is None else True


def enough(measure: Measure) -> bool:
    """Whether a figure is a number with enough families behind it to be told from noise."""
    return measure.units >= FEWEST and measure.value == measure.value
