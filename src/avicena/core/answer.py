"""What is answered: route, prediction, decision, and the whole of it as one noun."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from avicena.core.actor import Actor
from avicena.core.case import Case
from avicena.core.ranking import Kinds, Ranking
from avicena.core.text import Text

SAME = 1e-6
"""How far the probabilities of an answer may lie from those of the same answer computed again."""


@dataclass(frozen=True, slots=True)
class ModelUnit:
    """The chain that answered, moved as one: version, bundle digest, and the digest of each stage's weights."""

    application: str
    version: int
    bundle: str
    weights: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """Which model answers, on which arm, and which ones only listen."""

    live: ModelUnit
    arm: Literal["primary", "canary"] = "primary"
    shadows: tuple[ModelUnit, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """A box on a picture; `x`, `y` (top left), `width`, `height` are fractions of the picture's sides, 0 to 1."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A class activation map: where the network saw evidence for `label`.

    `rows` is (h, w), 0 to 1, coarse as the network's last layer, spread over `shows`, the part of the picture that the
    network saw (it may reach beyond the picture); `peak` is the box of its strongest cell.
    """

    label: str
    rows: tuple[tuple[float, ...], ...]
    peak: Region
    shows: Region = Region(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature added to the log-odds score of `label` (exact TreeSHAP; Lundberg et al. 2020)."""

    label: str
    feature: str
    value: float | None
    effect: float


@dataclass(frozen=True, slots=True)
class Confidence:
    """How far a stage can be trusted on this case.

    `plausible` is the conformal set at level 1 - `alpha`; `outlier` is the distance from the training data
    and `outlier_limit` the largest that is still answered (None for a stage without such a gate).
    """

    plausible: tuple[str, ...]
    alpha: float
    outlier: float | None = None
    outlier_limit: float | None = None

    @property
    def single(self) -> bool:
        """Whether exactly one label remains plausible."""
        return len(self.plausible) == 1

    @property
    def familiar(self) -> bool:
        """Whether the input looks like what the stage was trained on."""
        return self.outlier is None or self.outlier_limit is None or self.outlier <= self.outlier_limit


@dataclass(frozen=True, slots=True)
class StagePrediction:
    """What one stage of the chain says: probabilities that sum to 1, confidence and explanation.

    A stage that ranks diseases scores all its candidates and `NONE`, and tells of the first ones in `ranking`.
    """

    stage: str
    scores: Mapping[str, float]
    confidence: Confidence
    heat_map: HeatMap | None = None
    contributions: tuple[Contribution, ...] = ()
    ranking: Ranking | None = None

    @property
    def best(self) -> str:
        """The most probable label; the first of equals."""
        return max(self.scores, key=lambda label: self.scores[label])


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the whole chain says, stage after stage; the last one is the outcome.

    `scope` is what the review allowed the model to do: "suggest", or "refer" with `scope_reason`.
    """

    stages: tuple[StagePrediction, ...]
    scope: Literal["suggest", "refer"]
    scope_reason: Text | None = None

    def stage(self, name: str) -> StagePrediction:
        """The prediction of one stage. Raises KeyError (no such stage)."""
        for stage in self.stages:
            if stage.stage == name:
                return stage
        raise KeyError(name)

    @property
    def outcome(self) -> StagePrediction:
        return self.stages[-1]

    @property
    def best(self) -> str:
        return self.outcome.best

    @property
    def confidence(self) -> Confidence:
        return self.outcome.confidence

    @property
    def knowledge(self) -> str | None:
        """The id of the KnowledgeVersion that was ranked with, None where none was."""
        return next((one.ranking.knowledge for one in self.stages if one.ranking is not None), None) or None

    @property
    def share(self) -> float | None:
        """The share of common diseases that the list was made with, None where they did not join it."""
        return next((one.ranking.share for one in self.stages if one.ranking is not None), None)

    @property
    def kinds(self) -> Kinds | None:
        """How common and rare diseases were weighed in the list, None where they were not, or as once was."""
        return next((one.ranking.kinds for one in self.stages if one.ranking is not None), None)

    @property
    def familiar(self) -> bool:
        """Whether every stage knows this kind of input."""
        return all(stage.confidence.familiar for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Decision:
    """A suggestion of one outcome, or a referral to the specialist; always with its reason."""

    action: Literal["suggest", "refer"]
    outcome: str | None
    reason: Text


def suggest(
    outcome: str, reason: str = "the only plausible outcome", es: str = "el único resultado plausible"
) -> Decision:
    """Suggest one outcome to the clinician."""
    return Decision("suggest", outcome, Text(reason, es))


def refer(reason: str, es: str | None = None) -> Decision:
    """No recommendation: refer to a specialist, and say why (`es` is the same sentence in Spanish)."""
    return Decision("refer", None, Text(reason, es if es is not None else reason))


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole of one answered question; JSON, FHIR and the words are views of it. `at` is UTC, ISO 8601."""

    id: str
    at: str
    actor: Actor
    application: str
    case: Case
    route: Route
    prediction: Prediction
    decision: Decision
