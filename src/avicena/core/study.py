"""How far a candidate's figures depend on the seed and on how many families it learnt from."""

from dataclasses import dataclass

from avicena.core.model import Measure


@dataclass(frozen=True, slots=True)
class Trial:
    """The recipe trained once more: with which seed, on which share of the training families, and how well it did.

    `families` is the mean number of families that the models of the folds learnt from; the figures are of all
    held-out rows, which are the same in every trial.
    """

    seed: int
    fraction: float
    families: float
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """Trials of one stage of a candidate, on the dataset version and by the recipe that it was trained with.

    `id` is the digest of all else; `code` names the program that ran the trials.
    """

    id: str
    application: str
    candidate: str
    stage: str
    dataset: str
    recipe: str
    code: str
    trials: tuple[Trial, ...]
