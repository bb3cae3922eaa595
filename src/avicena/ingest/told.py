"""Published cases as knowledge: what is annotated counts for a few patients, and every told case is one more."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from avicena.core.knowledge import Told
from avicena.core.ontology import Ontology
from avicena.core.ragged import Floats, Ints, Ragged, starts

CASES_WEIGHT = 3.0
"""Patients that an annotated frequency counts for beside told cases."""

Base = tuple[Ragged, Floats, Ragged, Floats]


def widened(
    ontology: Ontology,
    told: Sequence[Told],
    number: Mapping[str, int],
    owner: Ints,
    without: Sequence[str],
    background: Floats,
    base: Base,
) -> tuple[Base, Ints]:
    """Direct and full profiles with the told cases of their diseases, and how many cases each got (int32 [P]).

    `number` is the place of each disease; `background` the frequency of a term in a disease without annotations.
    """
    direct, direct_f, full, full_f = base
    of: dict[int, list[Told]] = {}
    for each in told:
        of.setdefault(number[each.disease], []).append(each)
    rows_d, rows_f, seen_in = [], [], np.zeros(len(owner), dtype=np.int32)
    for profile, disease in enumerate(owner.tolist()):
        mine = [each for each in of.get(disease, ()) if each.paper != without[profile]]
        seen_in[profile] = len(mine)
        rows_d.append(_joined(_row(direct, direct_f, profile), [set(one.observed) for one in mine], background))
        closed = [_closed(ontology, one.observed) for one in mine]
        rows_f.append(_joined(_row(full, full_f, profile), closed, background))
    return (*_laid(rows_d), *_laid(rows_f)), seen_in


def _row(rows: Ragged, values: Floats, place: int) -> dict[int, float]:
    own = slice(int(rows.start[place]), int(rows.start[place + 1]))
    return dict(zip(rows.items[own].tolist(), values[own].tolist(), strict=True))


def _closed(ontology: Ontology, terms: Iterable[int]) -> set[int]:
    """Terms and all that stand above them."""
    places, _ = ontology.ancestors.places(np.array(tuple(terms), dtype=np.int64))
    return set(ontology.ancestors.items[places].tolist())


def _joined(old: dict[int, float], patients: Sequence[set[int]], background: Floats) -> dict[int, float]:
    """Frequencies of the annotations as a prior of CASES_WEIGHT patients, then every case is one patient more."""
    if not patients:
        return old
    tally: dict[int, int] = {}
    for patient in patients:
        for term in patient:
            tally[term] = tally.get(term, 0) + 1
    among = CASES_WEIGHT + len(patients)
    prior = {term: old.get(term, 0.0 if old else float(background[term])) for term in {*old, *tally}}
    return {term: (CASES_WEIGHT * prior[term] + tally.get(term, 0)) / among for term in sorted(prior)}


def _laid(rows: Sequence[Mapping[int, float]]) -> tuple[Ragged, Floats]:
    items = np.array([term for row in rows for term in row], dtype=np.int32)
    values = np.array([value for row in rows for value in row.values()], dtype=np.float32)
    return Ragged(starts(np.array([len(row) for row in rows], dtype=np.int64)), items), values
