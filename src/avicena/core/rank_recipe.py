"""How a ranking stage is to be learnt, as pure data."""

from dataclasses import dataclass
from typing import Literal

RankFamily = Literal["xgboost", "random-forest"]

RankLoss = Literal["listwise", "ndcg", "both", "forest"]
"""What trees grow for: the right share of a list, its order (LambdaMART), both in turn, or each candidate by itself."""


@dataclass(frozen=True, slots=True)
class RankRecipe:
    """How the ranker of a stage is learnt, from cases and from knowledge, and which ways are compared."""

    families: tuple[RankFamily, ...] = ("xgboost", "random-forest")
    rounds: int = 150  # of boosting
    depth: int = 5  # levels of a tree
    rate: float = 0.08  # learning rate
    members: int = 4  # rankers whose scores are added, each grown from its own seed and wrong candidates
    simulated: int = 0  # made-up patients of each disease without a case, drawn from annotation frequencies
    mondo: bool = False  # whether it needs knowledge that was joined by Mondo

    def __post_init__(self) -> None:
        if not self.families or min(self.rounds, self.depth, self.members) < 1 or not 0 < self.rate <= 1:
            raise ValueError("a recipe needs a family, rounds, levels and members, and a rate from 0 to 1")
        if self.simulated < 0:
            raise ValueError("simulated must not be negative")
