"""How a tree stage is to be learnt, as pure data."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Family = Literal["xgboost", "random-forest"]

Imbalance = Literal["none", "weights", "augment"]
"""What is done about rare classes: nothing, class weights, or made-up rows."""

IMBALANCE: tuple[Imbalance, ...] = ("none", "weights", "augment")
"""From the simplest to the least simple."""


class Way(NamedTuple):
    """One way to learn a stage, compared with the others: how trees are grown, and what is done about rare classes."""

    family: Family
    imbalance: Imbalance

    @property
    def name(self) -> str:
        """The way as a figure names it."""
        return f"{self.family}, {self.imbalance}"


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How rows of rare classes are made up from two real rows of the class, in training folds alone.

    A number lies between those of its parents (mixup within the class, by Beta(`mix`, `mix`); 0 copies one parent),
    what is said in columns of evidence comes from either parent. In every training row, real ones too, each evidence
    vanishes with probability `drop`, for patients do not tell everything.
    """

    rows: int = 200  # that each class has in the end, or as many as the largest class has, if these are fewer
    mix: float = 1.0
    drop: float = 0.2

    def __post_init__(self) -> None:
        if self.rows < 1 or self.mix < 0 or not 0 <= self.drop < 1:
            raise ValueError("rows must be at least 1, mix not negative and drop from 0 to under 1")


@dataclass(frozen=True, slots=True)
class TreeRecipe:
    """Which ways to learn are compared, how long to tune them, and how often to permute labels for the signal test."""

    families: tuple[Family, ...] = ("xgboost", "random-forest")
    imbalance: tuple[Imbalance, ...] = IMBALANCE
    trials: int = 20  # sets of parameters tried in each tuning; 1 takes the usual ones without a search
    permutations: int = 99  # shuffled copies of the labels; 99 make p = 0.01 the smallest, 0 leaves the test out
    # of whom probabilities are true: patients as in the data, or a population in which each class is equally frequent
    prevalence: Literal["data", "equal"] = "data"
    balanced: bool = True  # ways are judged by a log loss in which a rare class counts as much as a common one
    max_rounds: int = 80  # of boosting
    forest: int = 100  # trees of a forest, per class
    deepest: int = 6  # levels of a tree of a forest; boosted trees have one less
    augmentation: Augmentation = field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        if not self.families or not self.imbalance or min(self.trials, self.max_rounds, self.forest) < 1:
            raise ValueError("a recipe needs a family, an option for imbalance, and at least one trial, round and tree")
        if not set(self.imbalance) <= set(IMBALANCE):
            raise ValueError(f"imbalance is any of {', '.join(IMBALANCE)}")
        if self.permutations < 0 or self.deepest < 2:
            raise ValueError("permutations must not be negative, and deepest at least 2")

    @property
    def ways(self) -> tuple[Way, ...]:
        """Every pair of a family and an option for imbalance, the simplest option first."""
        ranked = sorted(set(self.imbalance), key=IMBALANCE.index)
        return tuple(Way(family, imbalance) for imbalance in ranked for family in dict.fromkeys(self.families))
