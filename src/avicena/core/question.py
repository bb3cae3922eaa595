"""What persons are asked about a dataset and what they answered: questions, judgements, corrections. Facts only.

Two readers judge each question blind to each other; where they differ, a third person who sees both decides. What
state a question is in is computed from its judgements (`core.reading`), never written down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from numpy import floating
from numpy.typing import NDArray

from avicena.core.actor import Actor
from avicena.core.case import Value
from avicena.core.codes import joined
from avicena.core.errors import ContractViolation
from avicena.core.text import Text
from avicena.core.units import named_unit

Kind = Literal["missing", "implausible", "units", "source", "disagreement", "mislabel", "refused"]
"""Why something is worth a question."""

KINDS: Mapping[Kind, Text] = {
    "missing": Text("missing value", "valor ausente"),
    "implausible": Text("implausible value", "valor inverosímil"),
    "units": Text("perhaps another unit", "quizá otra unidad"),
    "source": Text("perhaps another unit in a whole source", "quizá otra unidad en toda una fuente"),
    "disagreement": Text("duplicates disagree", "duplicados que se contradicen"),
    "mislabel": Text("perhaps a wrong label", "quizá una etiqueta errónea"),
    "refused": Text("refused at import", "rechazada al importar"),
}

Action = Literal["keep", "change", "blank", "drop"]

ACTIONS: Mapping[Action, Text] = {
    "keep": Text("keep", "mantener"),
    "change": Text("change", "cambiar"),
    "blank": Text("blank", "vaciar"),
    "drop": Text("drop", "descartar"),
}
"""What a reader may decide, as written in either language."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What models blind to each row say of a stage: `chances` (n, k) of `rows` (n ids), in the order of its classes.

    Without columns (n, 0) where the rows are too few for such models.

    `told` is the interval's lower end of what is gained over the shares of the classes, in nats: not above 0 where the
    labels carry no signal that the models find, so that a wrong one cannot be told.
    """

    stage: str
    rows: tuple[str, ...]
    chances: NDArray[floating[Any]]
    told: float


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason to ask: its kind, how strong it is (0 to 1), and in words that repeat no value."""

    kind: Kind
    strength: float
    text: Text


@dataclass(frozen=True, slots=True)
class Question:
    """Whether what stands under `field` (an input or a stage) of `rows` is right; `values` is what stands there.

    `id` is the same in every dataset version where these rows still say the same, so an answer outlives its version.
    """

    id: str
    rows: tuple[str, ...]
    field: str
    values: tuple[Value, ...]
    signs: tuple[Sign, ...]

    @property
    def whole_source(self) -> bool:
        """Whether it asks for the unit of all values of a source; to change it is to name the unit they are in."""
        return any(sign.kind == "source" for sign in self.signs)

    @property
    def refused(self) -> bool:
        """Whether it is about a row that the import refused, so that what stands there cannot be kept."""
        return any(sign.kind == "refused" for sign in self.signs)

    def said(self, ruling: "Ruling") -> Text:
        """A ruling on it in words: the action, and the value where there is one; a unit in each language."""
        action, value = ACTIONS[ruling.action], shown(ruling.value)
        if ruling.value is None:
            return action
        words = named_unit(value) if self.whole_source else Text(value, value)
        return Text(f"{action.en}: {words.en}", f"{action.es}: {words.es}")

    @property
    def strength(self) -> float:
        """How much it is worth a person's time: the chance that at least one of independent signs is right."""
        left = 1.0
        for sign in self.signs:
            left *= 1 - sign.strength
        return 1 - left


@dataclass(frozen=True, slots=True)
class Queue:
    """The questions asked of one dataset version, as made; `questions` is the digest of a blob, strongest first.

    `counts` holds the number of questions, and of each kind of sign; `notes` says what could not be asked, and why.
    """

    id: str
    application: str
    dataset: str
    questions: str
    counts: Mapping[str, int]
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a reader wants done: keep as is, change to `value`, blank the value (it is not known), or drop the rows."""

    action: Action
    value: Value = None


def shown(value: Value) -> str:
    """A value as a person writes it; nothing for a blank."""
    if isinstance(value, tuple):
        return joined(value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class Opinion:
    """A ruling with its reason, as a reader hands it in; `seat` is 3 for who saw two blind judgements, else None."""

    question: str
    ruling: Ruling
    reason: str
    seat: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A reader's ruling on a question, kept for ever: who, when, what and why."""

    question: str
    seat: int
    reader: Actor
    at: str
    ruling: Ruling
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A change of the rows of `parent` that its readers agreed on (or the third decided) and that made `dataset`."""

    dataset: str
    parent: str
    question: str
    rows: tuple[str, ...]
    field: str
    ruling: Ruling
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settlement:
    """Where two decided questions leave one value otherwise, which decision stands: that of `question`, over `over`.

    Said by a person who judged neither, and kept for ever: who, when and why.
    """

    question: str
    over: str
    by: Actor
    at: str
    reason: str

    @property
    def id(self) -> str:
        """The two questions in the order of their names, so that a pair is settled once."""
        return "/".join(sorted((self.question, self.over)))


class Unfit(ContractViolation):
    """The caller can mend it: judgements that cannot go in, each with its place, in both languages."""

    def __init__(self, faults: Mapping[str, Text]) -> None:
        self.faults = dict(faults)
        super().__init__({place: text.en for place, text in self.faults.items()})
