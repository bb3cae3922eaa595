"""The columns that the ranker sees for each candidate disease of a patient.

Left out on purpose: whatever tells how a disease was curated (number of papers, share of rows with a frequency, number
of published cases, whether a relative is annotated). An onset that is not annotated is NaN.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from avicena.core.knowledge import Knowledge, Patient
from avicena.core.ragged import Floats, Ints
from avicena.measure import rank_bins, rank_kin
from avicena.measure.evidence import CHOSEN, Evidence, Weights, common_information, evidence
from avicena.measure.rank_kin import Kin, kin
from avicena.measure.rank_match import (
    AGAINST,
    COURSE,
    OF_CASE,
    OF_DISEASE,
    PER_TERM,
    against,
    course,
    of_case,
    of_disease,
    per_term,
)
from avicena.measure.rank_whole import STANDING, WHOLE, candidates, standing, whole

_SIDE = (*PER_TERM, *OF_DISEASE, *rank_bins.COLUMNS)
COLUMNS = (
    *WHOLE, *(f"wide_{name}" for name in WHOLE), "both", *STANDING, *AGAINST, *COURSE, *rank_kin.COLUMNS, *OF_CASE,
    *_SIDE, *(f"wide_{name}" for name in _SIDE),
)  # fmt: skip
"""The names of all columns, in order."""


@dataclass(frozen=True, eq=False)
class Table:
    """Candidates of one patient.

    profiles, diseases int32 [K]: places in the knowledge; values float32 [K, len(COLUMNS)]; first float32 [K]: the
    score without training, in nats, by which the candidates were chosen.
    """

    profiles: Ints
    diseases: Ints
    values: Floats
    first: Floats


@dataclass(frozen=True, eq=False)
class Ready:
    """A knowledge with what is derived from it once: its wide profiles and the relatives of each disease.

    Without `mondo` what Mondo adds to it is not ranked with, for rankers that learnt without it.
    """

    known: Knowledge
    mondo: bool = True

    @property
    def wide(self) -> Knowledge:
        """The profiles with Orphanet's findings, the plain ones where there are none."""
        return (self.known.wide if self.mondo else None) or self.known

    @cached_property
    def kin(self) -> Kin:
        """The relatives of each disease."""
        return kin(self.known if self.mondo else replace(self.known, mondo=None))

    def warm(self) -> "Ready":
        """All indexes made now rather than at the first question."""
        for one in (self.known, self.wide):
            _ = one.by_term, one.mass, one.ic
        _ = self.kin, self.known.ontology.descendants, self.known.number
        return self


def table(
    patient: Patient,
    ready: Ready,
    paper: str = "",
    weights: Weights = CHOSEN,
    without: str = "",
    orphanet: bool = False,
) -> Table:
    """The best candidates with all their columns; with `paper` nothing that this paper told is used.

    `without` names a disease that is taken for one that the knowledge does not hold, nor the same in another source;
    with `orphanet` diseases that only Orphanet names may be candidates too.
    """
    known, wide, kin = ready.known, ready.wide, ready.kin
    gone = _gone(ready, without)
    mask = known.visible(paper) & (kin.listed | kin.orphanet if orphanet else kin.listed) & ~gone
    found = evidence(patient, known, weights)
    wider = evidence(patient, wide, weights) if wide is not known else found
    scores = whole(found, wider, known, wide)
    if gone.any():
        scores |= {name: np.where(gone, -np.inf, scores[name]) for name in ("likelihood", "simgic_f")}
    chosen = candidates(scores, mask)
    columns = {name: score[chosen] for name, score in scores.items()}
    columns |= standing(scores, mask, chosen)
    columns |= against(patient, known, chosen) | course(patient, known, chosen)
    columns |= kin.columns(scores["likelihood"], scores["simgic_f"], mask, chosen)
    columns |= kin.name_columns(found.terms, chosen) | of_case(patient, found, len(chosen))
    side = _side(patient, found, known, chosen)
    broad = _side(patient, wider, wide, chosen) if wide is not known else side
    flat = np.stack([columns[name] for name in COLUMNS[: len(columns)]], axis=1, dtype=np.float32, casting="unsafe")
    return Table(chosen, known.owner[chosen], np.hstack([flat, side, broad]), scores["both"][chosen])


def _gone(ready: Ready, without: str) -> NDArray[np.bool_]:
    """The profiles of a disease and of the same disease in other sources: bool [P]."""
    known = ready.known
    place = known.number.get(without)
    if place is None:
        return np.zeros(len(known.owner), dtype=bool)
    out: NDArray[np.bool_] = np.isin(known.owner, [place, *ready.kin.same.row(place).tolist()])
    return out


def _side(patient: Patient, found: Evidence, known: Knowledge, chosen: Ints) -> NDArray[np.float32]:
    """The columns of `_SIDE` by one kind of profiles: float32 [K, len(_SIDE)]."""
    matches = found.by_term(chosen, known)
    best = common_information(found, known)
    columns = per_term(found, known, matches) | of_disease(known, chosen, best)
    flat = np.stack(list(columns.values()), axis=1, dtype=np.float32, casting="unsafe")
    return np.hstack([flat, rank_bins.bins(patient, found, known, chosen, matches, best)])
