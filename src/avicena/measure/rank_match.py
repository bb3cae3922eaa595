"""How the findings of a patient and those of each candidate disease match, in both directions."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.knowledge import Knowledge, Patient
from avicena.core.ragged import Floats, Ints
from avicena.measure.evidence import Evidence
from avicena.measure.rank_bins import denied

CORE = 0.7
"""A finding that at least this share of patients shows belongs to the core of a disease."""

Columns = dict[str, NDArray[Any]]

PER_TERM = (
    "speaks_mean", "speaks_low", "speaks_high", "speaks_top3", "resnik", "lin", "lin_low", "exact", "exact_f",
    "unmatched",
)  # fmt: skip
OF_DISEASE = (
    "disease_resnik", "disease_resnik_f", "disease_lin_f", "disease_lin", "core_matched", "core_missing",
    "unexplained",
)  # fmt: skip
AGAINST = ("excluded_worst", "excluded_sum", "excluded_share", "never")
COURSE = ("onset_early", "onset_late", "onset_low", "age_after", "x_linked", "dominant", "recessive")
OF_CASE = ("observed", "absent", "information", "years")


def per_term(found: Evidence, known: Knowledge, matches: tuple[Floats, Floats, Floats]) -> Columns:
    """Best match of each observed term in the disease (Resnik, Lin), and how the ratios spread over the terms."""
    if not len(found.terms):
        return {name: np.zeros(matches[0].shape[1], dtype=np.float32) for name in PER_TERM}
    speaks, resnik, exact = np.sort(matches[0], axis=0), matches[1], matches[2]
    ic = np.maximum(known.ic[found.terms], np.float32(0.1))[:, None]
    share = resnik / ic
    return {
        "speaks_mean": speaks.mean(0),
        "speaks_low": speaks[: max(1, len(speaks) // 4)].mean(0),
        "speaks_high": speaks[-1],
        "speaks_top3": speaks[-3:].sum(0),
        "resnik": resnik.mean(0),
        "lin": share.mean(0),
        "lin_low": share.min(0),
        "exact": (exact > 0).mean(0),
        "exact_f": exact.mean(0),
        "unmatched": (ic * (1 - share)).sum(0),
    }


def of_disease(known: Knowledge, chosen: Ints, best: Floats) -> Columns:
    """Best match of each finding of the disease in the patient (the other direction of Köhler et al. 2009)."""
    places, owner = known.direct.places(chosen)
    terms, frequency = known.direct.items[places], known.direct_f[places]
    ic, size = known.ic[terms], len(chosen)
    share = best[terms] / np.maximum(ic, np.float32(0.1))
    mass = ic * frequency
    count = np.bincount(owner, minlength=size) + 1e-6
    core = frequency >= CORE
    often = np.bincount(owner[core], minlength=size)
    return {
        "disease_resnik": np.bincount(owner, best[terms], size) / count,
        "disease_resnik_f": np.bincount(owner, best[terms] * frequency, size)
        / (np.bincount(owner, frequency, size) + 1e-6),
        "disease_lin_f": np.bincount(owner, mass * share, size) / (np.bincount(owner, mass, size) + 1e-6),
        "disease_lin": np.bincount(owner, share, size) / count,
        "core_matched": np.bincount(owner[core], share[core], size) / (often + 0.5),
        "core_missing": np.bincount(owner[core], (1 - share[core]) * np.minimum(ic[core], 6), size),
        "unexplained": np.bincount(owner, mass * (1 - share), size),
    }


def against(patient: Patient, known: Knowledge, chosen: Ints) -> Columns:
    """Excluded terms that the disease usually shows, and observed terms that it is said never to show."""
    where, values = denied(patient, known, chosen)
    worst = np.zeros(len(chosen), dtype=np.float32)
    np.maximum.at(worst, where, values)
    above = known.ontology.ancestors
    closed = above.items[above.places(np.array(patient.observed, dtype=np.int32))[0]]
    never, owner = known.never.places(chosen)
    return {
        "excluded_worst": worst,
        "excluded_sum": np.bincount(where, values, len(chosen)),
        "excluded_share": np.bincount(where, values > 0.3, len(chosen)) / max(1, len(patient.excluded)),
        "never": np.bincount(owner, np.isin(known.never.items[never], closed), len(chosen)),
    }


def course(patient: Patient, known: Knowledge, chosen: Ints) -> Columns:
    """Fit of onset, age and sex with the disease; NaN where either is not said."""
    disease = known.owner[chosen]
    first = np.float32(np.nan if patient.onset is None else patient.onset)
    age = np.float32(np.nan if patient.age is None else patient.age)
    low, high = known.onset[disease].T
    linked = known.inheritance[disease]
    start = age if np.isnan(first) else first
    return {
        "onset_early": np.sqrt(start) - np.sqrt(low),
        "onset_late": np.sqrt(first) - np.sqrt(high),
        "onset_low": low,
        "age_after": age - low,
        "x_linked": linked[:, 2] * np.float32({"male": 1.0, "female": -1.0}.get(patient.sex, 0.0)),
        "dominant": linked[:, 0],
        "recessive": linked[:, 1],
    }


def of_case(patient: Patient, found: Evidence, candidates: int) -> Columns:
    """What is the same for every candidate: how much is known of the patient."""
    values = (
        len(patient.observed), len(patient.excluded), found.information, np.nan if patient.age is None else patient.age,
    )  # fmt: skip
    return {name: np.full(candidates, value, dtype=np.float32) for name, value in zip(OF_CASE, values, strict=True)}
