"""What a hospital writes: one Application value, from which the platform derives the rest."""

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from avicena.core import digest
from avicena.core.answer import Decision, Prediction
from avicena.core.case import Case, Contract, Input
from avicena.core.encoding import Encoding, problems
from avicena.core.encoding_words import worded
from avicena.core.layout import TableLayout
from avicena.core.rank_recipe import RankRecipe
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
    columns, fitted on training rows and served with the model. Where an input of `needs` was not given, or is an empty
    list, the stage says nothing. If `pooled`, classes with too few rows for a conformal threshold of their own share
    one, and are promised the coverage on average; else they remain plausible always. An `optional` stage is left out of
    a model where no dataset carries its label.
    """

    name: str
    classes: tuple[str, ...]
    recipe: TreeRecipe
    given: str | None = None
    alpha: float = 0.1
    encodings: tuple[Encoding, ...] = ()
    needs: tuple[str, ...] = ()
    pooled: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class RankStage:
    """A ranker that orders all diseases of the knowledge by the findings of one input of kind `Findings`.

    `age` and `sex` name the inputs that hold them, `notes` those in whose text further findings are read; each may be
    an input that the application does not have. With fewer than `fewest` observed findings that the knowledge knows
    there is no list. `shown` diseases are explained.

    `coded` names an input of codes of a vocabulary of one's own, and `terms` maps those that mean an HPO term to it:
    such a code is a finding too. `gives` maps terms to the code that a finding of it, or of a kind of it, gives.
    `common` names the tree stage before, if any, whose classes join the list; `ids` holds the ids of each class, first
    the one that it has there. An `optional` stage is left out of a model where no dataset carries its label.
    """

    name: str
    recipe: RankRecipe = field(default_factory=RankRecipe)
    input: str = "findings"
    age: str = "age"
    sex: str = "sex"
    notes: tuple[str, ...] = ("note",)
    alpha: float = 0.1
    fewest: int = 2
    shown: int = 10
    coded: str = ""
    terms: Mapping[str, str] = field(default_factory=dict)
    gives: Mapping[str, str] = field(default_factory=dict)
    common: str = ""
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: bool = False

    @property
    def classes(self) -> tuple[str, ...]:
        """None: its outcomes are those of the knowledge, which changes."""
        return ()


Stage = ImageStage | TreeStage | RankStage


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

    def without(self, stages: Container[str]) -> "Gate":
        """The requirements on all other stages."""
        serve, suggest = (tuple(one for one in all_ if one.stage not in stages) for all_ in (self.serve, self.suggest))
        return Gate(serve, suggest)


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
        if wrong := list(_silences(self)):
            raise ValueError("; ".join(wrong))

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
    def needed(self) -> tuple[str, ...]:
        """The names of the stages that every model must have."""
        return tuple(one.name for one in self.chain if isinstance(one, ImageStage) or not one.optional)

    @property
    def lists(self) -> RankStage | None:
        """The stage that ranks diseases, None where none does."""
        return next((one for one in self.chain if isinstance(one, RankStage)), None)

    @property
    def encodings(self) -> tuple[Encoding, ...]:
        """The encodings of all stages."""
        return tuple(one for stage in self.chain if isinstance(stage, TreeStage) for one in stage.encodings)


def _silences(app: Application) -> Iterator[str]:
    """What is not in order where stages may be silent, left out, or joined into a list."""
    last = app.chain[-1] if app.chain else None
    if isinstance(last, TreeStage) and (last.needs or last.optional):
        yield f"the last stage {last.name} gives the outcome, so it may be neither silent nor optional"
    for place, stage in enumerate(app.chain):
        if isinstance(stage, TreeStage) and not set(stage.needs) <= set(app.inputs):
            yield f"stage {stage.name} needs inputs that are not there"
        if isinstance(stage, RankStage):
            yield from _list_problems(stage, app.chain[:place])


def _list_problems(stage: RankStage, before: tuple[Stage, ...]) -> Iterator[str]:
    classes = {one.name: one.classes for one in before if isinstance(one, TreeStage)}
    if stage.common and stage.common not in classes:
        yield f"stage {stage.name} joins {stage.common}, which is no tree stage before it"
    elif stage.common and {name for name, ids in stage.ids.items() if ids} != set(classes[stage.common]):
        yield f"stage {stage.name} must give ids of every class of {stage.common}, and of no other"
    if stage.optional and not stage.common:
        yield f"stage {stage.name} is optional, but no other stage could give the list without it"
