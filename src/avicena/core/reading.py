"""How far the questions about a dataset have come, computed from what readers judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from avicena.core.model import Row
from avicena.core.question import Judgement, Question, Queue, Ruling

BLIND, THIRD = (1, 2), 3
"""The seats of the two readers who do not see each other, and of the third person."""


@dataclass(frozen=True)
class Reading:
    """How far a question has come, computed from its judgements."""

    question: Question
    judgements: tuple[Judgement, ...] = ()

    @property
    def ruling(self) -> Ruling | None:
        """What is decided: what both readers say, else what the third says; None while that is open."""
        by_seat = {one.seat: one.ruling for one in self.judgements}
        if THIRD in by_seat:
            return by_seat[THIRD]
        first, second = (by_seat.get(seat) for seat in BLIND)
        return first if first is not None and first == second else None

    @property
    def keeps_unit(self) -> bool:
        """Whether the unit of a whole source was decided to be right, which says nothing of any one of its values."""
        return self.question.whole_source and self.ruling is not None and self.ruling.action == "keep"

    @property
    def disputed(self) -> bool:
        """Whether two readers differ and no third person has decided."""
        return len(self.judgements) == len(BLIND) and self.ruling is None

    def by(self, reader: str) -> Judgement | None:
        """The judgement of that reader."""
        return next((one for one in self.judgements if one.reader.id == reader), None)

    def seat(self, reader: str) -> int | None:
        """The seat that waits for that reader: 1 or 2 blind, 3 where two others differ; None if none does."""
        if self.ruling is not None or self.by(reader) is not None:
            return None
        taken = {one.seat for one in self.judgements}
        return next(seat for seat in (*BLIND, THIRD) if seat not in taken)

    def seen(self, reader: str) -> "Seen":
        """The question as this reader may see it."""
        return Seen(self.question, self.seat(reader), self.disputed, self.shown(reader), self.ruling)

    def shown(self, reader: str) -> tuple[Judgement, ...]:
        """The judgements that this reader may see: all once both blind readers are in, before that only their own."""
        if len(self.judgements) >= len(BLIND):
            return self.judgements
        return tuple(one for one in self.judgements if one.reader.id == reader)


@dataclass(frozen=True)
class Seen:
    """A question as one reader may see it.

    `seat` is the one that waits for the reader (None if none does), `disputed` whether it waits for a third person,
    `told` the judgements that the reader may see, `ruling` what is decided.
    """

    question: Question
    seat: int | None
    disputed: bool
    told: tuple[Judgement, ...]
    ruling: Ruling | None


def readings(questions: Iterable[Question], judgements: Iterable[Judgement]) -> list[Reading]:
    """Each question with its judgements, in the order of their seats."""
    by_question: dict[str, list[Judgement]] = {}
    for one in judgements:
        by_question.setdefault(one.question, []).append(one)
    return [Reading(one, tuple(sorted(by_question.get(one.id, ()), key=lambda told: told.seat))) for one in questions]


def counted(found: Sequence[Reading]) -> dict[str, int]:
    """The number of questions that nobody has read, that one person has, that two differ about, and decided ones."""
    return {
        "unread": sum(not one.judgements for one in found),
        "half read": sum(len(one.judgements) == 1 for one in found),
        "disputed": sum(one.disputed for one in found),
        "decided": sum(one.ruling is not None for one in found),
    }


def kappa(found: Sequence[Reading]) -> tuple[float, int]:
    """How far two blind readers agree beyond chance, and the number of questions that two have read.

    1 is full agreement and 0 what chance gives: Fleiss' kappa of two readers, who need not be the same two everywhere
    (Scott 1955; Fleiss 1971). It is 1 where all gave one and the same ruling.
    """
    pairs = [
        tuple((one.ruling.action, str(one.ruling.value)) for one in read.judgements if one.seat in BLIND)
        for read in found
        if len(read.judgements) >= len(BLIND)
    ]
    if not pairs:
        return 0.0, 0
    same = sum(first == second for first, second in pairs) / len(pairs)
    told = [ruling for pair in pairs for ruling in pair]
    by_chance = sum((told.count(ruling) / len(told)) ** 2 for ruling in set(told))
    return (1.0 if by_chance == 1 else (same - by_chance) / (1 - by_chance)), len(pairs)


@dataclass(frozen=True)
class Work:
    """The questions of a dataset version as one reader may see them, strongest first, and how far all of them are.

    `counts` holds the questions without a judgement, with one, disputed, and decided; `kappa` how far blind readers
    agree beyond chance, over `pairs` questions; `rows` those that the questions are about.
    """

    queue: Queue
    seen: tuple[Seen, ...]
    counts: Mapping[str, int]
    kappa: float
    pairs: int
    rows: Mapping[str, Row]

    @property
    def waiting(self) -> list[Seen]:
        """The questions that wait for this reader, those that two others differ about first."""
        return sorted((one for one in self.seen if one.seat is not None), key=lambda one: not one.disputed)
