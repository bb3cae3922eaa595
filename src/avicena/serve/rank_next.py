"""Which finding to ask for next: the one whose answer is expected to tell most about the differential."""

import numpy as np
from numpy.typing import NDArray

from avicena.core.knowledge import Knowledge, Patient
from avicena.core.ragged import Ints
from avicena.core.ranking import NONE, NextFinding
from avicena.measure.rank_list import gains
from avicena.measure.said import frequencies

QUESTIONS = 5
"""Findings that are proposed."""

ASKED = 25
"""Diseases whose findings may be asked for, the most probable ones."""

LEAST = 0.005
"""Bits below which a question is not worth asking."""

SURE = 0.98
"""The largest probability with which a disease is believed to show a finding, or not to: annotations are incomplete."""

Doubles = NDArray[np.float64]


def next_findings(
    patient: Patient, known: Knowledge, diseases: Ints, shares: Doubles, none: float, count: int = QUESTIONS
) -> tuple[NextFinding, ...]:
    """The findings that tell most (expected information gain, in bits), none of them a kind of another.

    `diseases` int32 (k,) by falling probability, `shares` float64 (k,) their probabilities, `none` that of all else.
    """
    terms = _askable(patient, known, diseases[:ASKED])
    if not len(terms) or not len(diseases):
        return ()
    frequency = _frequencies(known, diseases, terms)
    whole = np.append(shares, none) / (shares.sum() + none)
    told = gains(whole, frequency)
    labels = [*(known.diseases[disease] for disease in diseases.tolist()), NONE]
    return tuple(
        NextFinding(
            known.ontology.ids[term],
            known.ontology.words(term),
            round(float(told[place]), 6),
            round(float(whole @ frequency[:, place]), 6),
            labels[int(np.argmax(whole * frequency[:, place]))],
            labels[int(np.argmax(whole * (1 - frequency[:, place])))],
        )
        for place in _apart(terms, told, known, count)
        for term in [int(terms[place])]
    )


def _askable(patient: Patient, known: Knowledge, diseases: Ints) -> Ints:
    """Annotated findings of these diseases that are neither known nor follow from what is known: int32 (t,)."""
    onto = known.ontology
    terms = np.unique(known.direct.items[known.direct.places(diseases)[0]])
    closed = np.zeros(len(onto), dtype=bool)
    closed[onto.ancestors.items[onto.ancestors.places(np.array(patient.observed, dtype=np.int32))[0]]] = True
    closed[onto.descendants.items[onto.descendants.places(np.array(patient.excluded, dtype=np.int32))[0]]] = True
    findable = np.zeros(len(onto), dtype=bool)
    findable[onto.phenotypes] = True
    kept: Ints = terms[findable[terms] & ~closed[terms]].astype(np.int32)
    return kept


def _frequencies(known: Knowledge, diseases: Ints, terms: Ints) -> Doubles:
    """How likely each disease, and at last anybody, shows each term: float64 (k + 1, t)."""
    shown = frequencies(known, diseases, terms).astype(np.float64)
    base = known.background[terms].astype(np.float64)
    return np.clip(np.maximum(np.vstack([shown, base]), base), 1 - SURE, SURE)


def _apart(terms: Ints, told: Doubles, known: Knowledge, count: int) -> list[int]:
    """The places of the most telling terms, of which none stands above another."""
    onto, chosen, taken = known.ontology, list[int](), set[int]()
    for place in np.argsort(-told, kind="stable").tolist():
        if len(chosen) == count or told[place] < LEAST:
            break
        term = int(terms[place])
        above = set(onto.ancestors.row(term).tolist())
        if term not in taken and not above & {int(terms[one]) for one in chosen}:
            chosen.append(place)
            taken |= above
    return chosen
