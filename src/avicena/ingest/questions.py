"""Everything about a dataset that is worth asking a person, strongest first."""

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from avicena.core import digest
from avicena.core.application import Application
from avicena.core.held import Held
from avicena.core.model import DatasetVersion, Row
from avicena.core.question import Question, Queue, Scores, Sign
from avicena.formats import record
from avicena.ingest.contradictions import contradictions
from avicena.ingest.doubt import Doubt, pictures, stages, told
from avicena.ingest.gaps import gaps
from avicena.ingest.hold import refusals
from avicena.ingest.outliers import outliers
from avicena.ingest.sources import swapped_sources
from avicena.ingest.suspects import mislabels

SHARE = 0.1
"""Of the rows of a stage, the largest part whose labels are asked about because models contradict them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A queue and the blob it names: its questions, one canonical JSON object a line."""

    queue: Queue
    questions: bytes


def ask(
    application: Application,
    version: DatasetVersion,
    rows: Sequence[Row],
    scores: Sequence[Scores],
    share: float = SHARE,
    held: Sequence[Held] = (),
    kept: Sequence[Question] = (),
) -> Asked:
    """The questions of a dataset version; the same rows and scores give the same ones.

    `scores` are out-of-fold probabilities of the stages whose labels are to be doubted; `held` are rows that the import
    refused and that a person could mend; `kept` are questions about the unit of whole sources to which the answer was
    that it is right: their rows are asked about one by one. Raises ValueError (`share` is not between 0 and 1).
    """
    if not 0 <= share <= 1:
        raise ValueError("share must be between 0 and 1")
    blanks, lacking = gaps(application, rows)
    wrong, told_of = mislabels(application, rows, scores, share)
    waiting = _apart(rows, held)
    sources = [one for one in swapped_sources(application, rows, waiting) if not _answered(one, kept)]
    covered = {(id, one.field) for one in sources for id in one.rows}
    alone = [one for one in refusals(application, waiting) if (one.rows[0], one.field) not in covered]
    strange = outliers(application, _without(rows, covered))
    doubts = [*blanks, *sources, *strange, *contradictions(application, rows), *wrong, *alone]
    shown = [*rows, *(one.shown(stages(application)) for one in waiting)]
    found = sorted(_questions(application, shown, doubts), key=lambda one: (-one.strength, one.id))
    lines = b"".join(record.dump(one) + b"\n" for one in found)
    kinds = Counter(kind for one in found for kind in {sign.kind for sign in one.signs})
    notes = (*lacking, *told_of)
    named = digest.of([version.id, digest.of_bytes(lines), [[note.en, note.es] for note in notes]])
    counts: dict[str, int] = {"questions": len(found), **{kind: kinds[kind] for kind in sorted(kinds)}}
    return Asked(Queue(named, application.name, version.id, digest.of_bytes(lines), counts, notes), lines)


def _answered(doubt: Doubt, kept: Iterable[Question]) -> bool:
    """Whether the unit of these values was said to be right, be it with more rows of the source."""
    return any(one.field == doubt.field and set(doubt.rows) <= set(one.rows) for one in kept)


def _apart(rows: Sequence[Row], held: Sequence[Held]) -> list[Held]:
    """The held rows whose name no row and no other held row has."""
    names = Counter([*(row.id for row in rows), *(one.id for one in held)])
    return [one for one in held if names[one.id] == 1]


def _without(rows: Sequence[Row], covered: Set[tuple[str, str]]) -> Sequence[Row]:
    """The rows with the values blanked that are asked about source by source, so that they make no other look odd."""
    fields: dict[str, set[str]] = {}
    for id, field in covered:
        fields.setdefault(id, set()).add(field)
    if not fields:
        return rows
    return [
        replace(row, values={**row.values, **dict.fromkeys(fields[row.id])}) if row.id in fields else row
        for row in rows
    ]


def questions_from(data: bytes) -> list[Question]:
    """The questions in the blob `Queue.questions`. Raises Untrusted (not as `ask` wrote it)."""
    return [record.load(Question, line) for line in data.splitlines()]


def united(queues: Iterable[bytes]) -> list[Question]:
    """The questions in several queues' blobs (oldest first), each once as asked last, the newest queue's first.

    Raises Untrusted (not as `ask` wrote them).
    """
    found: dict[str, Question] = {}
    for data in reversed(list(queues)):
        for one in questions_from(data):
            found.setdefault(one.id, one)
    return list(found.values())


def _questions(application: Application, rows: Sequence[Row], doubts: Iterable[Doubt]) -> list[Question]:
    """One question for each field of the same rows, with all that speaks for asking."""
    by_id = {row.id: row for row in rows}
    signs: dict[tuple[tuple[str, ...], str], list[Sign]] = {}
    for one in doubts:
        signs.setdefault((one.rows, one.field), []).append(one.sign)
    shown = pictures(application)
    return [
        _question(application.name, [by_id[id] for id in ids], field, why, shown) for (ids, field), why in signs.items()
    ]


def _question(
    application: str, rows: Sequence[Row], field: str, signs: Sequence[Sign], shown: Sequence[str]
) -> Question:
    values = tuple(told(row, field) for row in rows)
    said = [[row.id, value, [row.values.get(name) for name in shown]] for row, value in zip(rows, values, strict=True)]
    id = "q" + digest.of([application, field, said]).removeprefix("sha256:")[:16]
    strongest = tuple(sorted(signs, key=lambda sign: -sign.strength))
    return Question(id, tuple(row.id for row in rows), field, values, strongest)
