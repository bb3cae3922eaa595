"""What each single finding of a patient says of a few diseases: the terms of the sum that `evidence` makes for all."""

import numpy as np

from avicena.core.knowledge import Knowledge, Patient
from avicena.core.ragged import Floats, Ints
from avicena.measure.evidence import CHOSEN, TELLING, Weights


def said(patient: Patient, known: Knowledge, profiles: Ints, weights: Weights = CHOSEN) -> Floats:
    """ln likelihood ratios float32 (profiles, findings), nats: observed terms first, excluded ones after.

    A row sums to `Evidence.likelihood` of its profile.
    """
    above = [_telling(term, known) for term in patient.observed]
    asked = np.unique(np.concatenate([*above, np.array(patient.excluded, dtype=np.int32)])).astype(np.int32)
    shown = frequencies(known, profiles, asked)
    ratio = shown / known.background[asked]
    out = []
    for term, those in zip(patient.observed, above, strict=True):
        kept = np.exp(weights.loss * (known.ic[those] - known.ic[term]))
        best = (ratio[:, np.searchsorted(asked, those)] * kept).max(axis=1, initial=0.0)
        out.append(np.log(weights.noise + (1 - weights.noise) * best))
    for term in patient.excluded:
        base = np.log1p(-weights.absent * np.minimum(known.background[term], 0.9))
        often = np.minimum(shown[:, np.searchsorted(asked, term)], 0.99)
        out.append(np.log1p(-weights.absent * often) - base)
    return np.stack(out, axis=1).astype(np.float32) if out else np.zeros((len(profiles), 0), np.float32)


def frequencies(known: Knowledge, profiles: Ints, terms: Ints) -> Floats:
    """How often each profile shows each of the terms: float32 (profiles, terms); 0 where it is not annotated."""
    column = np.full(len(known.ontology), -1, dtype=np.int32)
    column[terms] = np.arange(len(terms), dtype=np.int32)
    places, owner = known.full.places(profiles)
    where = column[known.full.items[places]]
    shown = np.zeros((len(profiles), len(terms)), dtype=np.float32)
    shown[owner[where >= 0], where[where >= 0]] = known.full_f[places[where >= 0]]
    return shown


def _telling(term: int, known: Knowledge) -> Ints:
    """A term and its ancestors, without those that nearly every disease shows."""
    above: Ints = known.ontology.ancestors.row(term)
    kept: Ints = above[known.ic[above] > TELLING]
    return kept
