"""What turns a patient and the knowledge into the rows that a ranker scores."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from avicena.core.engine import FloatArray
from avicena.core.errors import Untrusted
from avicena.core.knowledge import Patient
from avicena.core.ragged import Floats, Ints
from avicena.measure import rank_columns
from avicena.measure.rank_case import summaries
from avicena.measure.rank_columns import Ready
from avicena.measure.said import said


@dataclass(frozen=True, eq=False)
class Scored:
    """The candidates of one case.

    `diseases` int32 (k,): their numbers; `values` float32 (k, columns); `case`: summaries of the case as a whole.
    `said` gives of some candidates, by their places int (n,), what each finding of the patient, observed ones first and
    excluded ones after, says of each: ln likelihood ratios, float32 (n, findings).
    """

    diseases: Ints
    values: FloatArray
    said: Callable[[Ints], FloatArray]
    case: Mapping[str, float] = field(default_factory=dict)


class Scorer(Protocol):
    """One way to choose candidates and describe them; its columns and what they mean never change under one name.

    `family` says which family of reasons (`core.ranking.FAMILIES`) a column belongs to.
    """

    def family(self, column: str, /) -> str: ...

    def __call__(self, patient: Patient, ready: Ready, /) -> Scored: ...


@dataclass(frozen=True)
class ColumnScorer:
    """The columns of `measure.rank_columns`, those named, in their order.

    With `orphanet` diseases that only Orphanet names are candidates too, where the ranker learnt with Mondo.
    """

    columns: tuple[str, ...] = rank_columns.COLUMNS
    orphanet: bool = False

    def __post_init__(self) -> None:
        if not set(self.columns) <= set(rank_columns.COLUMNS):
            raise Untrusted("the ranker reads columns that this release does not make; train or install another")

    def family(self, column: str) -> str:
        """The family of reasons that a column belongs to."""
        name = column.removeprefix("wide_")
        return _FAMILIES.get(name) or _FAMILIES.get(name.partition("_")[0], "standing")

    def __call__(self, patient: Patient, ready: Ready) -> Scored:
        """The candidates that the first scores choose."""
        table = rank_columns.table(patient, ready, orphanet=self.orphanet)
        asked = [rank_columns.COLUMNS.index(name) for name in self.columns]
        values = table.values if self.columns == rank_columns.COLUMNS else table.values[:, asked]

        def speaks(places: Ints) -> Floats:
            return said(patient, ready.wide, table.profiles[places])

        return Scored(table.diseases, values, speaks, summaries(patient, table.values, table.first))


_FAMILIES = {
    **dict.fromkeys(("excluded", "lacks", "never"), "excluded"),
    **dict.fromkeys(("onset", "age", "x", "dominant", "recessive", "years"), "course"),
    **dict.fromkeys(("same", "broader", "brothers", "lead"), "kin"),
    **dict.fromkeys(("disease", "core", "due", "unexplained"), "expected"),
    **dict.fromkeys(("speaks", "resnik", "lin", "exact", "unmatched", "seen", "covered"), "observed"),
    **dict.fromkeys(("likelihood", "simgic", "simgic_f", "cosine"), "observed"),
    **dict.fromkeys(("observed", "absent", "information"), "patient"),
    **dict.fromkeys(("likelihood_gap", "likelihood_rank", "simgic_f_gap", "simgic_f_rank"), "standing"),
    **dict.fromkeys(("cosine_gap", "cosine_rank"), "standing"),
    "name": "name",
}
"""The family of a column by its name, or by what stands before the first "_" in it."""

SCORERS: Mapping[str, Callable[[tuple[str, ...]], Scorer]] = {
    "columns/1": ColumnScorer,
    "columns/2": partial(ColumnScorer, orphanet=True),
}
"""Every kind of scorer by the name that bundles know it by; `columns/2` also lists what only Orphanet names."""


def scorer(name: str, columns: tuple[str, ...]) -> Scorer:
    """The scorer of that name. Raises Untrusted (this release has none, or it does not make these columns)."""
    if name not in SCORERS:
        raise Untrusted(
            f"this release has no scorer of candidates named {name[:40]!r}; train or install another ranker"
        )
    return SCORERS[name](columns)
