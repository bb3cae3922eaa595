"""What a model bundle says of itself (`bundle.json`): written by `learn`, read by `serve`.

Every `*_file` names another file of the same bundle; arrays lie in NumPy's npz format, never pickled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal

from avicena.core.encoder import Fitted

FORMAT = 1
"""The format of bundle.json that this release writes and reads."""


def given(stage: str, label: str) -> str:
    """The name of the tree column that holds an earlier stage's probability of `label`."""
    return f"{stage}={label}"


@dataclass(frozen=True, slots=True)
class ConformalSpec:
    """Class-conditional conformal sets: `label` is plausible while 1 - its probability ≤ `thresholds[label]`.

    The set holds the truth with probability ≥ 1 - `alpha` in each class (Vovk 2012; Sadinle et al. 2019).
    A threshold of 1 never rules its label out (infinity cannot be written).
    """

    alpha: float
    thresholds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class OutlierSpec:
    """The out-of-distribution gate of an image stage, on its pooled features and its plane (`measure.outlier`).

    `file` (npz) holds the gate's arrays; a slice whose score is over `limit` is refused.
    """

    method: Literal["residual-and-look"]
    file: str
    limit: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """One column in training: `counts[i]` rows in [`edges[i]`, `edges[i + 1]`), `missing` rows without a value."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    missing: int = 0


@dataclass(frozen=True, slots=True)
class ImageStageSpec:
    """An image stage as served: an ONNX network with two outputs (logits, last feature map), and what surrounds it.

    `side` is the side of its input plane in pixels; probabilities are softmax(logits / `temperature`) in the order of
    `classes`. `head_file` (npz) holds `weight` (k, c) and `bias` (k,) of the linear head, for class activation maps.
    `parity_file` (npz) holds `inputs` (n, 1, side, side) and the `outputs` (n, k) logits they must give again, within
    `tolerance`.
    """

    name: str
    input: str
    file: str
    classes: tuple[str, ...]
    side: int
    temperature: float
    head_file: str
    conformal: ConformalSpec
    outlier: OutlierSpec | None
    parity_file: str
    tolerance: float = 1e-3
    kind: Literal["image"] = "image"


@dataclass(frozen=True, slots=True)
class TreeStageSpec:
    """A tree stage as served: an XGBoost model in UBJ, and what surrounds it.

    Its row holds `columns` in this order: features of the application, and `given(stage, label)` for earlier stages.
    A column that is not known takes its value in `medians`; one without an entry there stays NaN. Probabilities are
    softmax(margins / `temperature` + `offsets`) in the order of `classes`; no offsets are zeros. `family` is how it was
    grown. `parity_file` (npz) holds `inputs` (n, columns) and the `outputs` (n, k) margins they must give again, within
    `tolerance`. `reference` maps columns to how they lay in training, for drift.
    """

    name: str
    file: str
    classes: tuple[str, ...]
    columns: tuple[str, ...]
    medians: Mapping[str, float]
    temperature: float
    conformal: ConformalSpec
    family: Literal["xgboost", "random-forest"]
    parity_file: str
    reference: Mapping[str, Histogram]
    tolerance: float = 1e-4
    kind: Literal["tree", "encoded-tree"] = "tree"
    offsets: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class EncodedTreeStageSpec(TreeStageSpec):
    """A tree stage some of whose columns are made by fitted encodings.

    `encodings_file` (npz) holds the arrays of the embeddings (`core.encoder.arrays_of`) and, where notes are read,
    `probe`: what the model of sentences made of `PROBE` in training, (c,).
    """

    encodings: tuple[Fitted, ...] = field(kw_only=True)
    encodings_file: str = field(kw_only=True)
    kind: Literal["encoded-tree"] = "encoded-tree"


@dataclass(frozen=True, slots=True)
class RankStageSpec:
    """A ranking stage as served: one-output trees in UBJ that score each candidate disease, and what surrounds them.

    A candidate's row holds `columns` in this order, made by the scorer named `scorer`. Probabilities are the softmax of
    scores / `temperature` over the candidates, times the probability that it is one of them; that it is none of these
    has the logit Σ coefficient × summary of the case over `none` (`measure.rank_list`; "intercept" is 1). An outcome is
    plausible while 1 - its probability ≤ `threshold`, so that the truth is with probability ≥ 1 - `alpha`; where more
    than `widest` are, no list is given. `knowledge` is the KnowledgeVersion it learnt with and `mondo` whether that was
    joined by Mondo. `parity_file` (npz) holds `inputs` (n, columns) and the `outputs` (n, 1) scores they must give
    again, within `tolerance`.
    """

    name: str
    input: str
    file: str
    columns: tuple[str, ...]
    scorer: str
    temperature: float
    none: Mapping[str, float]
    alpha: float
    threshold: float
    widest: int
    knowledge: str
    mondo: bool
    family: Literal["xgboost", "random-forest"]
    parity_file: str
    tolerance: float = 1e-4
    kind: Literal["rank"] = "rank"

    @property
    def classes(self) -> tuple[str, ...]:
        """None: its outcomes are those of the knowledge."""
        return ()


StageSpec = ImageStageSpec | TreeStageSpec | EncodedTreeStageSpec | RankStageSpec


PROBE = "Headaches for three weeks, and a seizure. Cefalea desde hace tres semanas, y una convulsión."
"""A text by which the model of sentences of training is known again."""


def fitted(stage: StageSpec) -> tuple[Fitted, ...]:
    """The encodings of a stage as they were fitted; most stages have none."""
    return stage.encodings if isinstance(stage, EncodedTreeStageSpec) else ()


@dataclass(frozen=True, slots=True)
class BundleSpec:
    """The whole chain of one application, in order; `contract` is the application's contract digest it was made for."""

    application: str
    contract: str
    stages: tuple[StageSpec, ...]
    format: int = FORMAT

    def stage(self, name: str) -> StageSpec:
        """The spec of one stage. Raises KeyError (no such stage)."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise KeyError(name)

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that the stages name, each once, in their order."""
        named: dict[str, None] = {}
        for stage in self.stages:
            named[stage.file] = None
            if isinstance(stage, ImageStageSpec):
                named[stage.head_file] = None
                if stage.outlier is not None:
                    named[stage.outlier.file] = None
            if isinstance(stage, EncodedTreeStageSpec):
                named[stage.encodings_file] = None
            named[stage.parity_file] = None
        return tuple(named)


def check(spec: BundleSpec) -> list[str]:
    """What is not in order in a spec, in words; nothing where it can be served."""
    names = [stage.name for stage in spec.stages]
    problems = ["it has no stage"] if not names else []
    if len(set(names)) != len(names):
        problems.append("two stages have one name")
    return problems + [f"stage {stage.name}: {problem}" for stage in spec.stages for problem in _problems(stage)]


def _problems(stage: StageSpec) -> Iterator[str]:
    if not (isfinite(stage.temperature) and stage.temperature > 0):
        yield "its temperature is not above 0"
    if not (isfinite(stage.tolerance) and stage.tolerance >= 0):
        yield "its tolerance is not a number"
    yield from _rank_problems(stage) if isinstance(stage, RankStageSpec) else _class_problems(stage)


def _class_problems(stage: ImageStageSpec | TreeStageSpec) -> Iterator[str]:
    if len(stage.classes) < 2 or len(set(stage.classes)) != len(stage.classes):
        yield "its classes are fewer than two, or repeat"
    if set(stage.conformal.thresholds) != set(stage.classes):
        yield "its conformal thresholds are not those of its classes"
    if not 0 < stage.conformal.alpha < 1:
        yield "alpha is not between 0 and 1"
    yield from _image_problems(stage) if isinstance(stage, ImageStageSpec) else _tree_problems(stage)


def _image_problems(stage: ImageStageSpec) -> Iterator[str]:
    if stage.side < 32:
        yield "its side is under 32 pixels"


def _tree_problems(stage: TreeStageSpec) -> Iterator[str]:
    if not stage.columns or len(set(stage.columns)) != len(stage.columns):
        yield "it has no columns, or they repeat"
    if not set(stage.medians) | set(stage.reference) <= set(stage.columns):
        yield "it speaks of columns that it does not have"
    if stage.offsets and (len(stage.offsets) != len(stage.classes) or not all(map(isfinite, stage.offsets))):
        yield "its offsets are not one number for each class"
    made = [name for one in fitted(stage) for name in one.columns]
    if len(set(made)) < len(made) or not set(made) <= set(stage.columns):
        yield "its encodings make columns that it does not have, or one twice"
    if any(not set(one.fills) <= set(one.columns) & set(stage.medians) for one in fitted(stage)):
        yield "its encodings leave gaps that nothing fills"
    if stage.kind != ("encoded-tree" if isinstance(stage, EncodedTreeStageSpec) else "tree"):
        yield "its kind is not that of its fields"


def _rank_problems(stage: RankStageSpec) -> Iterator[str]:
    if not stage.columns or len(set(stage.columns)) != len(stage.columns):
        yield "it has no columns, or they repeat"
    if not 0 < stage.alpha < 1 or not isfinite(stage.threshold):
        yield "its alpha is not between 0 and 1, or its threshold is not a number"
    if "intercept" not in stage.none or not all(map(isfinite, stage.none.values())):
        yield "its coefficients for none of these lack the intercept, or are not numbers"
    if stage.widest < 1:
        yield "it may not name a single outcome"
