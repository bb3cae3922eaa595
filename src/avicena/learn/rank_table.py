"""The candidates of many cases in one table, as a ranker learns from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avicena.core.annotation import Annotations
from avicena.core.knowledge import Patient
from avicena.core.progress import Progress, silent
from avicena.core.ragged import Floats, Ints
from avicena.measure.rank_columns import COLUMNS, Ready, Table, table
from avicena.measure.rank_kin import LISTED


@dataclass(frozen=True, slots=True)
class Example:
    """A patient whose disease is known, and the papers that report the patient (none where nobody does).

    Examples of one `family` are never on both sides of a fold; without one, disease and papers say who belongs
    together.
    """

    patient: Patient
    disease: str
    papers: tuple[str, ...] = ()
    family: str = ""


@dataclass(frozen=True, eq=False)
class RankTable:
    """Candidates of cases, those of one case together.

    query int32 [N]: number of the case, ascending; values float32 [N, C]; hit bool [N]: the right disease; first
    float32 [N]: score without training; diseases int32 [N]: places in `ids`.
    """

    query: Ints
    values: Floats
    hit: NDArray[np.bool_]
    first: Floats
    diseases: Ints
    ids: tuple[str, ...]

    def at(self, rows: NDArray[np.intp]) -> "RankTable":
        """The table of these rows, ascending."""
        return RankTable(
            self.query[rows], self.values[rows], self.hit[rows], self.first[rows], self.diseases[rows], self.ids
        )

    def of(self, keep: NDArray[np.bool_]) -> "RankTable":
        """The table of the cases in `keep`, by number, alone."""
        return self.at(np.flatnonzero(keep[self.query]))

    def beside(self, other: "RankTable", cases: int) -> "RankTable":
        """This table and after it another of the same knowledge, whose cases get numbers from `cases` on."""
        return RankTable(
            np.r_[self.query, other.query + np.int32(cases)],
            np.vstack([self.values, other.values]),
            np.r_[self.hit, other.hit],
            np.r_[self.first, other.first],
            np.r_[self.diseases, other.diseases],
            self.ids,
        )

    @property
    def begins(self) -> NDArray[np.intp]:
        """Where the candidates of each case begin: int (q,)."""
        return np.flatnonzero(np.r_[True, self.query[1:] != self.query[:-1]]) if len(self.query) else np.zeros(0, int)

    @property
    def line(self) -> NDArray[np.intp]:
        """For each row the place of its case among those that have candidates: int (N,)."""
        return np.cumsum(np.r_[True, self.query[1:] != self.query[:-1]]) - 1


def gathered(
    examples: Iterable[Example],
    ready: Ready,
    apart: bool = False,
    hits: bool = False,
    progress: Progress = silent,
    orphanet: bool = False,
) -> RankTable:
    """The candidates of every example; `apart` hides what the example's first paper told.

    With `hits` only cases whose disease is a candidate; with `orphanet` diseases that only Orphanet names are too.
    """
    parts: list[tuple[int, Table, NDArray[np.bool_]]] = []
    every = list(examples)
    for number, one in enumerate(every):
        paper = one.papers[0] if apart and one.papers else ""
        found = table(one.patient, ready, paper, orphanet=orphanet)
        hit = found.diseases == ready.known.number.get(one.disease, -1)
        if hit.any() or not hits:
            parts.append((number, found, hit))
        progress("candidates", number + 1, len(every))
    return RankTable(
        np.repeat(np.array([n for n, *_ in parts], dtype=np.int32), [len(hit) for *_, hit in parts]),
        np.vstack([one.values for _, one, _ in parts] or [np.zeros((0, len(COLUMNS)), dtype=np.float32)]),
        np.concatenate([hit for *_, hit in parts] or [np.zeros(0, dtype=bool)]),
        np.concatenate([one.first for _, one, _ in parts] or [np.zeros(0, dtype=np.float32)]),
        np.concatenate([one.diseases for _, one, _ in parts] or [np.zeros(0, dtype=np.int32)]),
        ready.known.diseases,
    )


def new(examples: Sequence[Example], rows: Annotations) -> NDArray[np.bool_]:
    """Which examples are new to annotations, as a patient is: no paper of theirs is cited for the disease; bool (n,).

    Of the others the annotations of the right disease were written, so it fits them better than it will fit anybody.
    """
    cited = rows.cited()
    return np.array([cited.isdisjoint((one.disease, paper) for paper in one.papers) for one in examples], dtype=bool)


def taught(table: RankTable, keep: NDArray[np.bool_]) -> RankTable:
    """What is learnt from: every candidate of the cases in `keep` (by number) that have a hit.

    To leave out the wrong candidates that the first score puts low costs 3 points: what is easily told apart must be
    learnt too. Candidates that only Orphanet names are left out: published cases are named by OMIM, so that they would
    teach that Orphanet is never right.
    """
    own = np.array([id.startswith(LISTED) for id in table.ids], dtype=bool)
    table = table.at(np.flatnonzero(own[table.diseases]))
    has = np.logical_or.reduceat(table.hit, table.begins) if len(table.query) else np.zeros(0, dtype=bool)
    return table.at(np.flatnonzero(has[table.line] & keep[table.query]))
