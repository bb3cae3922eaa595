"""What the findings of a patient say for every disease at once.

The likelihood ratio follows Robinson et al. 2020 (LIRICAL, AJHG 107:403): a term speaks for a disease by how much more
often its patients show it than all patients do. Where a disease is known only for a broader term, the ratio of the
broader term counts, discounted by the information that is lost; a share `noise` of terms is not due to the disease.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from avicena.core.knowledge import Knowledge, Patient
from avicena.core.ragged import Floats, Ints

TELLING = 0.2
"""Terms that say less (nats) are left out: nearly every disease shows them."""

_AT_ONCE = 6
"""Ratios multiplied before a logarithm is taken: the product stays within a float32."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Constants of the likelihood ratio: share of unrelated terms, price of lost information, trust in an absence."""

    noise: float = 0.05
    loss: float = 1.5
    absent: float = 0.25


CHOSEN = Weights()
"""Chosen on published cases outside the benchmark (docs/diagnosis-benchmark.md)."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What speaks for each profile.

    terms int32 [Q]; above int32 [U]: the terms and their ancestors that tell something; link int64 [2, L]: which term
    (row 0) has which of `above` (row 1); ratio float32 [U, P]: frequency over background; keep float32 [L]: discount.
    speaks float32 [P]: sum of the ln likelihood ratios of observed terms; excluded [P]: of excluded terms.
    shared, shared_f, product [P]: information of what is common, plain, weighted by frequency, squared and weighted;
    information and length: the same of the patient alone.
    """

    terms: Ints
    above: Ints
    link: NDArray[np.int64]
    keep: Floats
    ratio: Floats
    speaks: Floats
    excluded: Floats
    shared: Floats
    shared_f: Floats
    product: Floats
    information: float
    length: float
    noise: float

    @property
    def likelihood(self) -> Floats:
        """The ln likelihood ratio of all findings together: float32 [P]."""
        return self.speaks + self.excluded

    def by_term(self, profiles: Ints, known: Knowledge) -> tuple[Floats, Floats, Floats]:
        """Of each term in these profiles, float32 [Q, K] each.

        The ln likelihood ratio, the information of the best common ancestor, and how often the very term is shown.
        """
        ratio = np.ascontiguousarray(self.ratio[:, profiles])
        information = (ratio > 0) * known.ic[self.above][:, None]
        best, resnik, exact = (np.zeros((len(self.terms), len(profiles)), dtype=np.float32) for _ in range(3))
        for row, (mine, keep) in enumerate(_by_row(self.link, self.keep, len(self.terms))):
            best[row] = (ratio[mine] * keep[:, None]).max(axis=0, initial=0.0)
            resnik[row] = information[mine].max(axis=0, initial=0.0)
            exact[row] = ratio[mine[self.above[mine] == self.terms[row]]].sum(axis=0)
        speaks = np.log(np.float32(self.noise) + np.float32(1 - self.noise) * best)
        return speaks, resnik, exact * known.background[self.terms][:, None]


def evidence(patient: Patient, known: Knowledge, weights: Weights = CHOSEN) -> Evidence:
    """What every observed and excluded term says for every profile."""
    onto, (turned, frequency), size = known.ontology, known.by_term, len(known.owner)
    terms = np.array(patient.observed, dtype=np.int32)
    spots, owner = onto.ancestors.places(terms)
    telling = known.ic[onto.ancestors.items[spots]] > TELLING
    spots, owner = spots[telling], owner[telling]
    above, back = np.unique(onto.ancestors.items[spots], return_inverse=True)
    ic, ratio, shared = known.ic[above], np.zeros((len(above), size), dtype=np.float32), np.zeros(size, np.float32)
    for row, term in enumerate(above.tolist()):
        mine = slice(turned.start[term], turned.start[term + 1])
        ratio[row, turned.items[mine]] = frequency[mine] / known.background[term]
        shared[turned.items[mine]] += ic[row]
    keep = np.exp(weights.loss * (ic[back] - known.ic[terms][owner])).astype(np.float32)
    link = np.stack([owner, back])
    often = known.background[above] * ic
    shared_f, product = np.stack([often, often * ic]) @ ratio
    return Evidence(
        terms, above.astype(np.int32), link, keep, ratio, _summed(ratio, link, keep, len(terms), weights.noise),
        _excluded(patient, known, weights), shared, shared_f, product,
        float(ic.sum()), float(np.sqrt((ic * ic).sum()) + 1e-6), weights.noise,
    )  # fmt: skip


def common_information(found: Evidence, known: Knowledge) -> Floats:
    """For every term the information of its best common ancestor with any observed term: float32 [T], nats."""
    best = np.zeros(len(known.ontology), dtype=np.float32)
    above = found.above[np.argsort(known.ic[found.above], kind="stable")]
    places, owner = known.ontology.descendants.places(above)
    best[known.ontology.descendants.items[places]] = known.ic[above][owner]
    return best


def _by_row(link: NDArray[np.int64], keep: Floats, rows: int) -> Iterator[tuple[NDArray[np.int64], Floats]]:
    edges = np.searchsorted(link[0], np.arange(rows + 1))
    for low, high in pairwise(edges.tolist()):
        yield link[1, low:high], keep[low:high]


def _summed(ratio: Floats, link: NDArray[np.int64], keep: Floats, rows: int, noise: float) -> Floats:
    """Sum over terms of ln(noise + (1 − noise) · best ratio): float32 [P]."""
    total = np.zeros(ratio.shape[1], dtype=np.float32)
    best, scaled, product = (np.empty_like(total) for _ in range(3))
    product.fill(1.0)
    for row, (mine, factors) in enumerate(_by_row(link, keep, rows)):
        best.fill(0.0)
        for place, factor in zip(mine.tolist(), factors.tolist(), strict=True):
            np.multiply(ratio[place], np.float32(factor), out=scaled)
            np.maximum(best, scaled, out=best)
        best *= np.float32(1 - noise)
        best += np.float32(noise)
        product *= best
        if row % _AT_ONCE == _AT_ONCE - 1:
            total += np.log(product)
            product.fill(1.0)
    np.add(total, np.log(product), out=total)
    return total


def _excluded(patient: Patient, known: Knowledge, weights: Weights) -> Floats:
    """Sum of ln P(absent | disease) − ln P(absent) over the excluded terms: float32 [P]."""
    turned, frequency = known.by_term
    terms = np.array(patient.excluded, dtype=np.int32)
    places, _ = turned.places(terms)
    base = np.log1p(-weights.absent * np.minimum(known.background[terms], 0.9))
    spoken = np.log1p(-weights.absent * np.minimum(frequency[places], 0.99))
    total: Floats = (np.bincount(turned.items[places], spoken, len(known.owner)) - base.sum()).astype(np.float32)
    return total
