"""How a tree stage is to be learnt, as pure data."""

from dataclasses import dataclass
from typing import Literal

Family = Literal["xgboost", "random-forest"]


@dataclass(frozen=True, slots=True)
class TreeRecipe:
    """Which model families to compare, how long to tune them, and how often to permute labels for the signal test."""

    families: tuple[Family, ...] = ("xgboost", "random-forest")
    trials: int = 20  # sets of parameters tried in each tuning
    permutations: int = 99  # shuffled copies of the labels; 99 make p = 0.01 the smallest
    balanced: bool = True  # class weights, so that a rare class counts as much as a common one
    max_rounds: int = 80  # of boosting
    forest: int = 100  # trees of a forest, per class
