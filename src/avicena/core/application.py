"""What a hospital writes: one Application value, from which the platform derives the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from avicena.core import digest
from avicena.core.answer import Decision, Prediction
from avicena.core.case import Case, Contract, Input
from avicena.core.encoding import Encoding, problems
from avicena.core.encoding_words import worded
from avicena.core.layout import TableLayout
from avicena.core.recipe import ImageRecipe
from avicena.core.text import Text
from avicena.core.tree_recipe import TreeRecipe

Columns = Mapping[str, float]
"""Feature name → value; NaN where it is not known."""


@dataclass(frozen=True, slots=True)
class ImageStage:
    """A network that names the class of one image input."""

    name: str
    input: str
    classes: tuple[str, ...]
    recipe: ImageRecipe
    alpha: float = 0.1


@dataclass(frozen=True, slots=True)
class TreeStage:
    """Trees over the application's features, the encodings, and the probabilities of the stages before.

    `given` names the earlier stage whose class alone is the baseline that the trees must beat. `encodings` are further
    columns, fitted on training rows and served with the model.
    """

    name: str
    classes: tuple[str, ...]
    recipe: TreeRecipe
    given: str | None = None
    alpha: float = 0.1
    encodings: tuple[Encoding, ...] = ()


Stage = ImageStage | TreeStage


@dataclass(frozen=True, slots=True)
class Threshold:
    """A requirement on one measure: its `bound` of the interval must reach `at_least` or stay under `at_most`.

    With `worst_group` it is asked of each level of each group instead, of those with at least `units` families; a
    level with fewer is named, for its figure could not be told from noise. `failing` says in words what it means when
    the requirement is not met; "{value}" in it stands for the figure.
    """

    stage: str
    measure: str
    at_least: float | None = None
    at_most: float | None = None
    bound: Literal["value", "low", "high"] = "value"
    worst_group: bool = False
    units: int = 20
    failing: Text | None = None

    @property
    def name(self) -> str:
        """The requirement as checks name it."""
        bound = {"value": "", "low": "lower bound of ", "high": "upper bound of "}[self.bound]
        limits = (("at least", self.at_least), ("at most", self.at_most))
        sides = " and ".join(f"{words} {limit:g}" for words, limit in limits if limit is not None)
        return f"{self.stage}: {bound}{self.measure} {sides}{' in every group' if self.worst_group else ''}"


@dataclass(frozen=True, slots=True)
class Gate:
    """What a candidate must reach to be served at all, and what more to make suggestions of its own."""

    serve: tuple[Threshold, ...]
    suggest: tuple[Threshold, ...] = ()


@dataclass(frozen=True)
class Application:
    """One clinical question: its inputs, the chain of models that answers, and the rules around them.

    `features` turns a case into columns (never the pictures, which the image stages read); `decide` turns a
    prediction into a decision and must be total; `groups` maps the name of a group to a function of the case's values.
    `words` gives each label, feature and input its name in both languages; `codes` its (system, code, display).
    `layouts` are the tables it learns from; `limits` says what the model is not, for its card.
    """

    name: str
    purpose: Text
    inputs: Mapping[str, Input]
    chain: tuple[Stage, ...]
    features: Callable[[Case], Columns]
    decide: Callable[[Prediction], Decision]
    gate: Gate
    groups: Mapping[str, Callable[[Case], str]] = field(default_factory=dict)
    words: Mapping[str, Text] = field(default_factory=dict)
    codes: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    limits: tuple[Text, ...] = ()
    layouts: tuple[TableLayout, ...] = ()

    def __post_init__(self) -> None:
        for place, stage in enumerate(self.chain):
            if isinstance(stage, TreeStage):
                before = [one.name for one in self.chain[:place] if isinstance(one, ImageStage)]
                if found := problems(stage.encodings, self.inputs, before):
                    raise ValueError(f"the encodings of stage {stage.name} are not in order: {'; '.join(found)}")

    @property
    def contract(self) -> Contract:
        return Contract(self.inputs)

    @property
    def contract_digest(self) -> str:
        """Changes when an input, its bounds or the classes of a stage change."""
        schema = {name: kind.schema() for name, kind in self.inputs.items()}
        return digest.of([self.name, schema, {stage.name: list(stage.classes) for stage in self.chain}])

    def stage(self, name: str) -> Stage:
        """The stage of that name. Raises KeyError (no such stage)."""
        for stage in self.chain:
            if stage.name == name:
                return stage
        raise KeyError(name)

    def word(self, name: str) -> Text:
        """The name of a label, feature or input in words; itself where none is given or follows from encodings."""
        found = self.words.get(name)
        if found is None and name not in self.inputs:
            found = worded(name, self.encodings, self.word)
        return Text(name, name) if found is None else found

    @property
    def encodings(self) -> tuple[Encoding, ...]:
        """The encodings of all stages."""
        return tuple(one for stage in self.chain if isinstance(stage, TreeStage) for one in stage.encodings)
