"""Patients drawn from annotation frequencies, for diseases of which too few were published.

Notes differ from textbooks: findings are said less exactly than they were seen (a parent term), some have nothing to do
with the disease, and most go unsaid.
"""

from dataclasses import dataclass

import numpy as np

from avicena.core.knowledge import Knowledge, Patient
from avicena.core.ragged import Ints

TELLING = 1.0
"""A parent term that says less (nats) is not written down."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares of findings said by a parent term and of unrelated ones; usual numbers of observed and excluded terms."""

    vague: float = 0.3
    unrelated: float = 0.2
    lengths: tuple[int, ...] = (2, 4, 5, 7, 9, 11, 16)
    absent: tuple[int, ...] = (0, 0, 2, 5, 9, 15)


def simulated(known: Knowledge, profile: int, habits: Habits, random: np.random.Generator) -> Patient:
    """One patient of a profile: findings by their frequency, some vague, some unrelated; absent ones by what is usual.

    Raises ValueError (nothing is annotated to the disease).
    """
    own = slice(int(known.direct.start[profile]), int(known.direct.start[profile + 1]))
    terms, frequency = known.direct.items[own], known.direct_f[own]
    if not len(terms):
        raise ValueError("a patient cannot be drawn: the disease has no annotated finding")
    shown = terms[random.random(len(terms)) < frequency]
    wanted = int(random.choice(habits.lengths))
    strange = int(random.binomial(wanted, habits.unrelated))
    kept = random.permutation(shown if len(shown) else terms)[: max(1, wanted - strange)]
    said = [_vague(int(term), known, random) if random.random() < habits.vague else int(term) for term in kept]
    observed = tuple(dict.fromkeys([*said, *_usual(known, strange, random).tolist()]))
    return Patient(observed, _absent(known, profile, observed, int(random.choice(habits.absent)), random))


def _absent(
    known: Knowledge, profile: int, observed: tuple[int, ...], count: int, random: np.random.Generator
) -> tuple[int, ...]:
    """Usual terms that were not seen, the rarer in the disease the likelier; none that stands above a seen one."""
    asked = _usual(known, count, random)
    above = known.ontology.ancestors
    closed = above.items[above.places(np.array(observed, dtype=np.int32))[0]]
    frequency = np.zeros(len(known.ontology))
    own = slice(int(known.full.start[profile]), int(known.full.start[profile + 1]))
    frequency[known.full.items[own]] = known.full_f[own]
    missing = asked[(random.random(len(asked)) >= frequency[asked]) & ~np.isin(asked, closed)]
    return tuple(dict.fromkeys(missing.tolist()))


def _vague(term: int, known: Knowledge, random: np.random.Generator) -> int:
    """One of the two nearest ancestors that still say something, or the term itself."""
    above = known.ontology.ancestors.row(term)
    above = above[(known.ic[above] >= TELLING) & (above != term)]
    near = above[np.argsort(-known.ic[above], kind="stable")][:2]
    return int(random.choice(near)) if len(near) else term


def _usual(known: Knowledge, count: int, random: np.random.Generator) -> Ints:
    """Terms drawn as often as diseases are annotated with them."""
    return known.direct.items[random.integers(0, len(known.direct.items), size=count)]
