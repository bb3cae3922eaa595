"""Features that are fitted: how an application declares them.

A declaration, such as `OneHot("sex")`, says what to make of which input. `learn.encode` fits it on training rows alone;
what comes out lies in the bundle (`core.encoder`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from avicena.core.case import Choice, Image, Input, Note, Number
from avicena.core.profile import FEWEST


@dataclass(frozen=True, slots=True)
class OneHot:
    """A column "INPUT=LEVEL" for each level of a choice, 1 where the case has it and 0 elsewhere.

    The levels are those given, or else those that at least `least` families of training have. With `unlisted`, a
    column "INPUT unlisted" is 1 for any other level; with `indicator`, "INPUT missing" is 1 where no value was given.

    `least` is a floor for privacy, since names of columns leave with the bundle: it may be lowered only where the input
    has `options` or a `pattern`. Where levels are given it asks for nothing, and is 1.
    """

    input: str
    levels: tuple[str, ...] = ()
    least: int = FEWEST
    unlisted: bool = True
    indicator: bool = True
    kind: Literal["one-hot"] = "one-hot"

    def __post_init__(self) -> None:
        if self.levels:
            object.__setattr__(self, "least", 1)


@dataclass(frozen=True, slots=True)
class Ordinal:
    """One column INPUT with the place of a level in `order`, from 0.

    A level that is not in `order`, or not given, takes the median of training; with `indicator`, "INPUT missing" says
    so.
    """

    input: str
    order: tuple[str, ...]
    indicator: bool = True
    kind: Literal["ordinal"] = "ordinal"


@dataclass(frozen=True, slots=True)
class Impute:
    """One column INPUT in which a gap takes the `median` or `mean` of training, or the number `by`.

    `input` is a number among the inputs, or else a column that `features` gives, whose place it takes. With
    `indicator`, "INPUT missing" is 1 in a gap. A column without any value in training takes 0.
    """

    input: str
    by: Literal["median", "mean"] | float = "median"
    indicator: bool = True
    kind: Literal["impute"] = "impute"

    def __post_init__(self) -> None:
        if not isinstance(self.by, str):
            object.__setattr__(self, "by", float(self.by))


@dataclass(frozen=True, slots=True)
class EvidenceList:
    """A column "INPUT=CODE" for each code of a list of codes, 1 where the case has it and 0 elsewhere.

    The codes are those given, or else those that at least `least` families of training have; `least` is a floor for
    privacy, as in `OneHot`. "INPUT unlisted" counts the others of a case; with `indicator`, "INPUT missing" is 1 where
    no list was given.
    """

    input: str
    codes: tuple[str, ...] = ()
    least: int = FEWEST
    indicator: bool = True
    kind: Literal["evidence-list"] = "evidence-list"

    def __post_init__(self) -> None:
        if self.codes:
            object.__setattr__(self, "least", 1)


@dataclass(frozen=True, slots=True)
class NoteEmbedding:
    """Columns "INPUT meaning 1" … for what a note means, in English or Spanish.

    They are the first `dimensions` principal axes, found in training, of what the model of sentences in the extra
    `notes` makes of the text. A note that is not given lies in the middle of training.
    """

    input: str
    dimensions: int = 32
    indicator: bool = False
    kind: Literal["note-embedding"] = "note-embedding"


@dataclass(frozen=True, slots=True)
class ImageEmbedding:
    """Columns "STAGE look 1" … for how a picture looks to the network of an earlier image stage.

    They are the first `dimensions` principal axes, found in training, of the network's pooled features.
    """

    stage: str
    dimensions: int = 16
    kind: Literal["image-embedding"] = "image-embedding"


Encoding = OneHot | Ordinal | Impute | EvidenceList | NoteEmbedding | ImageEmbedding


def source(one: Encoding) -> str:
    """The input that an encoding reads, or the image stage."""
    return one.stage if isinstance(one, ImageEmbedding) else one.input


def of(level: str, one: Encoding) -> str:
    """The column of one level or code."""
    return f"{source(one)}={level}"


def missing(one: Encoding) -> str:
    """The column that says that nothing was given."""
    return f"{source(one)} missing"


def unlisted(one: Encoding) -> str:
    """The column that says that a level, or how many codes, have no column of their own."""
    return f"{source(one)} unlisted"


def axis(one: Encoding, number: int) -> str:
    """The column of one principal axis of an embedding, from 1."""
    return f"{source(one)} {'look' if isinstance(one, ImageEmbedding) else 'meaning'} {number}"


def problems(encodings: Sequence[Encoding], inputs: Mapping[str, Input], stages: Sequence[str]) -> list[str]:
    """What is not in order in the encodings of a stage, in words; `stages` are the image stages before it."""
    found = [problem for one in encodings for problem in _problems(one, inputs, stages)]
    seen = [(type(one), source(one)) for one in encodings]
    return found + [
        f"two encodings {one.kind} of {source(one)}" for one in encodings if seen.count((type(one), source(one))) > 1
    ]


def _problems(one: Encoding, inputs: Mapping[str, Input], stages: Sequence[str]) -> Iterator[str]:
    name, kind = source(one), inputs.get(source(one))
    if isinstance(one, ImageEmbedding):
        if name not in stages:
            yield f"{one.kind}: no image stage {name} comes before"
    elif kind is None and not isinstance(one, Impute):
        yield f"{one.kind}: there is no input {name}"
    elif isinstance(kind, _REFUSED[type(one)]):
        yield f"{one.kind}: {name} is a {type(kind).__name__}"
    if isinstance(one, NoteEmbedding | ImageEmbedding) and one.dimensions < 1:
        yield f"{one.kind} of {name}: dimensions must be at least 1"
    if isinstance(one, OneHot | EvidenceList) and one.least < (floor := _floor(one, kind)):
        yield f"{one.kind} of {name}: least must be at least {floor}{_CLOSED * (floor > 1)}"
    if isinstance(one, Impute) and not (isinstance(one.by, str) or isfinite(one.by)):
        yield f"{one.kind} of {name}: by must be a number, median or mean"
    if isinstance(one, Ordinal) and len(one.order) < 2:
        yield f"{one.kind} of {name}: order must have two levels or more"
    given = _given(one)
    if len(set(given)) < len(given):
        yield f"{one.kind} of {name}: a level is given twice"


def _floor(one: OneHot | EvidenceList, kind: Input | None) -> int:
    """The families that must have a level, at the least: 1 where no level can be words about one patient."""
    closed = _given(one) or getattr(kind, "options", ()) or getattr(kind, "pattern", "")
    return 1 if closed else FEWEST


def _given(one: Encoding) -> tuple[str, ...]:
    """The levels or codes that a declaration gives."""
    if isinstance(one, OneHot):
        return one.levels
    if isinstance(one, Ordinal):
        return one.order
    return one.codes if isinstance(one, EvidenceList) else ()


_CLOSED = " families, unless levels are given or the input has options or a pattern"

_REFUSED: dict[type, tuple[type, ...]] = {
    OneHot: (Number, Note, Image),  # a column's name would repeat a patient's age, or what the note says
    Ordinal: (Note, Image),
    Impute: (Choice, Note, Image),
    EvidenceList: (Number, Choice, Note, Image),
    NoteEmbedding: (Number, Choice, Image),
}
"""The kinds of input that each encoding cannot read; a kind of an application's own may be anything."""
