"""Matches of findings counted by how close, how telling and how frequent they are.

Counts keep what a sum of likelihood ratios loses: whether one exact match or many vague ones speak for a disease. What
each kind is worth is learnt from published cases.
"""

import numpy as np
from numpy.typing import NDArray

from avicena.core.knowledge import Knowledge, Patient
from avicena.core.ragged import Floats, Ints
from avicena.measure.evidence import Evidence

TELLING = np.array([2.5, 4.5, 6.5])
"""Information of the observed term, nats."""
CLOSE = np.array([0.25, 0.45, 0.65, 0.85, 0.999])
"""Share of its information in the best common ancestor."""
FREQUENT = np.array([0.3, 0.6, 0.8])
"""How often the disease shows it."""
SIDE = np.array([0.3, 0.6, 0.95])
"""The same share for a finding of the disease."""
ABSENT = np.array([0.02, 0.2, 0.5, 0.75])
"""How often the disease shows what the patient does not have."""

_KINDS = len(CLOSE) + 1 + len(FREQUENT)
COLUMNS = (
    *(f"seen_{kind}_{told}" for told in range(len(TELLING) + 1) for kind in range(_KINDS)),
    *(f"due_{kind}_{often}" for often in range(len(FREQUENT) + 1) for kind in range(len(SIDE) + 1)),
    *(f"lacks_{often}" for often in range(len(ABSENT) + 1)),
)


def bins(
    patient: Patient, found: Evidence, known: Knowledge, chosen: Ints, matches: tuple[Floats, ...], best: Floats
) -> Floats:
    """Counts float32 [K, len(COLUMNS)] of observed terms, of the disease's findings (ln 1+n) and of excluded terms.

    `matches` is `Evidence.by_term`, `best` is `common_information`.
    """
    return np.hstack([
        _observed(found, known, matches), _of_disease(known, chosen, best), _excluded(patient, known, chosen)
    ]).astype(np.float32)  # fmt: skip


def _observed(found: Evidence, known: Knowledge, matches: tuple[Floats, ...]) -> NDArray[np.int64]:
    _, resnik, exact = matches
    ic = np.maximum(known.ic[found.terms], np.float32(0.1))
    size = exact.shape[1]
    kind = np.searchsorted(CLOSE, resnik / ic[:, None], "right")
    same = (exact > 0) & (kind == len(CLOSE))
    kind[same] += np.searchsorted(FREQUENT, exact[same], "right")
    kind += _KINDS * np.searchsorted(TELLING, ic, "right")[:, None]
    width = _KINDS * (len(TELLING) + 1)
    flat = kind + width * np.arange(size)[None, :]
    return np.bincount(flat.ravel(), minlength=size * width).reshape(size, width)


def _of_disease(known: Knowledge, chosen: Ints, best: Floats) -> NDArray[np.float64]:
    places, owner = known.direct.places(chosen)
    terms = known.direct.items[places]
    kind = np.searchsorted(SIDE, best[terms] / np.maximum(known.ic[terms], np.float32(0.1)), "right")
    kind += (len(SIDE) + 1) * np.searchsorted(FREQUENT, known.direct_f[places], "right")
    width = (len(SIDE) + 1) * (len(FREQUENT) + 1)
    return np.log1p(np.bincount(kind + width * owner, minlength=len(chosen) * width).reshape(len(chosen), width))


def _excluded(patient: Patient, known: Knowledge, chosen: Ints) -> NDArray[np.int64]:
    where, values = denied(patient, known, chosen)
    width = len(ABSENT) + 1
    kind = np.searchsorted(ABSENT, values, "right") + width * where
    return np.bincount(kind, minlength=len(chosen) * width).reshape(len(chosen), width)


def denied(patient: Patient, known: Knowledge, chosen: Ints) -> tuple[NDArray[np.int64], Floats]:
    """The excluded terms that candidates show: place of the candidate int64 [n], how often it shows it float32 [n]."""
    turned, frequency = known.by_term
    slot = np.full(len(known.owner), -1)
    slot[chosen] = np.arange(len(chosen))
    places, _ = turned.places(np.array(patient.excluded, dtype=np.int32))
    where = slot[turned.items[places]]
    return where[where >= 0], frequency[places][where >= 0]
