"""Rows of an annotation file in, knowledge out: patients pooled over papers, findings passed up, published cases added.

A frequency is shrunk towards one half by one patient. A term is at least as frequent as its most frequent descendant
(true-path rule). With Mondo a second set of profiles is made, in which the findings that Orphanet lists for the same
disease are added to the disease of OMIM; as Orphanet says ranges and no patients, they weigh little.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from avicena.core.annotation import Annotations, counts
from avicena.core.errors import ContractViolation
from avicena.core.knowledge import Knowledge, Mondo, Told
from avicena.core.onset import ONSET_YEARS
from avicena.core.ontology import Ontology
from avicena.core.ragged import Coded, Floats, Ints, Ragged, starts
from avicena.ingest.told import widened

UNSAID = 0.5
PSEUDO = 1.0
FLOOR = 2e-5
"""No term is rarer than this among all patients."""
ORPHANET_WEIGHT = 0.05
"""What a patient of Orphanet's ranges weighs in the disease of OMIM that Mondo says to be the same."""

MODES = {"HP:0000006": 0, "HP:0000007": 1, "HP:0001417": 2, "HP:0001419": 2, "HP:0001423": 2, "HP:0001427": 3}
MALE_ONLY = "HP:0001450"
"""Y-linked inheritance."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class _Profiles:
    """What the profiles are made for: how many diseases, the disease of each profile, the paper taken out."""

    ontology: Ontology
    diseases: int
    owner: Ints
    without: tuple[str, ...]
    told: Sequence[Told]
    number: Mapping[str, int]


def knowledge(
    ontology: Ontology,
    date: str,
    rows: Annotations,
    told: Sequence[Told] = (),
    apart: bool = False,
    mondo: Mondo | None = None,
) -> Knowledge:
    """The knowledge of an annotation file, widened by published cases; `apart`: also without each told paper.

    With `mondo` the wide profiles are made too. Rows with a term that the ontology does not know are kept and say
    nothing; `unknown_terms` names them. Raises ContractViolation (the ontology knows none of the terms).
    """
    diseases = tuple(sorted({*rows.disease.words, *(one.disease for one in told)}))
    number = {id: place for place, id in enumerate(diseases)}
    place = np.array([number[word] for word in rows.disease.words], dtype=np.int64)
    rows = rows.at(np.argsort(place[rows.disease.number], kind="stable"))
    if not any(word in ontology.number for word in rows.term.words):
        raise ContractViolation({"hpoa": "the ontology knows none of its terms; do both files belong together?"})
    pairs = sorted({(number[one.disease], one.paper) for one in told}) if apart else []
    owner = np.array([*range(len(diseases)), *(disease for disease, _ in pairs)], dtype=np.int32)
    without = ("",) * len(diseases) + tuple(paper for _, paper in pairs)
    plan = _Profiles(ontology, len(diseases), owner, without, told, number)
    names = _names(rows, diseases)
    found = _profiles(plan, date, names, diseases, rows, _Findings.of(rows, place))
    if mondo is None:
        return found
    wide = _Findings.of(rows, place).with_orphanet(diseases, mondo)
    return replace(found, mondo=mondo, wide=_profiles(plan, date, names, diseases, rows, wide))


def unknown_terms(ontology: Ontology, rows: Annotations) -> dict[str, int]:
    """Ids in the term column that the ontology knows neither now nor by an old name, with how many rows each."""
    many = np.bincount(rows.term.number, minlength=len(rows.term.words)).tolist()
    return {id: many[place] for place, id in enumerate(rows.term.words) if id not in ontology.number and many[place]}


def doubted(rows: Annotations) -> dict[str, int]:
    """Frequencies that cannot be (11 of 9 patients), with how many rows each; these count as if nothing were said."""
    many = np.bincount(rows.frequency.number, minlength=len(rows.frequency.words)).tolist()
    words = rows.frequency.words
    return {word: many[place] for place, word in enumerate(words) if word and many[place] and not counts(word)[1]}


def repeated(rows: Annotations) -> int:
    """How many rows say nothing but what another one says; they count like any other, as HPO gives them."""
    columns = (getattr(rows, one.name) for one in fields(rows))
    told = [(one.number if isinstance(one, Coded) else one).tolist() for one in columns]
    return len(rows) - len(set(zip(*told, strict=True)))


def old_terms(ontology: Ontology, rows: Annotations) -> dict[str, str]:
    """Ids in the term column that were followed to the term in force."""
    now = {id: ontology.number[id] for id in rows.term.words if id in ontology.number}
    return {id: ontology.ids[place] for id, place in now.items() if ontology.ids[place] != id}


@dataclass(frozen=True, eq=False)
class _Findings:
    """The rows as numbers: disease and term (−1 unknown), patients that showed it among how many, denied, papers."""

    disease: NDArray[np.int64]
    term: Sequence[str]
    code: Ints
    seen: NDArray[np.float64]
    among: NDArray[np.float64]
    denied: Flags
    papers: tuple[str, ...]
    paper: Ints
    finding: Flags

    @classmethod
    def of(cls, rows: Annotations, place: NDArray[np.int64]) -> "_Findings":
        seen, among = rows.counted()
        finding = np.array([word in ("P", "") for word in rows.aspect.words], dtype=bool)[rows.aspect.number]
        return cls(
            place[rows.disease.number], rows.term.words, rows.term.number, seen, among, rows.denied,
            rows.reference.words, rows.reference.number, finding,
        )  # fmt: skip

    def with_orphanet(self, diseases: Sequence[str], mondo: Mondo) -> "_Findings":
        """These rows and after them, for each disease of OMIM, what Orphanet says of the same one, weighing little."""
        number = {id: place for place, id in enumerate(diseases)}
        pairs = [
            (number[id], number[other])
            for id in diseases
            if id.startswith("OMIM:")
            for other in mondo.same.get(id, ())
            if other.startswith("ORPHA:") and other in number
        ]
        span = starts(np.bincount(self.disease, minlength=len(diseases)))
        source = Ragged(span, np.arange(len(self.disease), dtype=np.int32))
        places, owner = source.places(np.array([other for _, other in pairs], dtype=np.int64))
        told = self.finding[places] & ~self.denied[places]
        places, owner = places[told], owner[told]
        to = np.array([id for id, _ in pairs], dtype=np.int64)[owner]
        papers = {paper: at for at, paper in enumerate(self.papers)}
        listed = {one: papers.setdefault(diseases[one], len(papers)) for one in sorted({other for _, other in pairs})}
        cited = np.array([listed[other] for _, other in pairs], dtype=np.int32)[owner]
        weight = ORPHANET_WEIGHT
        return _Findings(
            np.append(self.disease, to),
            self.term,
            np.append(self.code, self.code[places]),
            np.append(self.seen, self.seen[places] * weight),
            np.append(self.among, self.among[places] * weight),
            np.append(self.denied, self.denied[places]),
            tuple(papers),
            np.append(self.paper, cited),
            np.append(self.finding, self.finding[places]),
        )


def _names(rows: Annotations, diseases: Sequence[str]) -> tuple[str, ...]:
    """The name that most rows of a disease use, of several the first in the alphabet; its id where none does."""
    key = rows.disease.number.astype(np.int64) * len(rows.name.words) + rows.name.number
    pairs, many = np.unique(key, return_counts=True)
    best: dict[str, tuple[int, str]] = {}
    for pair, count in zip(pairs.tolist(), many.tolist(), strict=True):
        id, name = rows.disease.words[pair // len(rows.name.words)], rows.name.words[pair % len(rows.name.words)]
        if id not in best or count > best[id][0]:
            best[id] = (count, name)
    return tuple(best[id][1] if id in best else id for id in diseases)


def _profiles(
    plan: _Profiles, date: str, names: tuple[str, ...], diseases: tuple[str, ...], rows: Annotations, found: _Findings
) -> Knowledge:
    direct, direct_f, never = _annotations(plan, found)
    full, full_f = _passed_up(plan.ontology, direct, direct_f)
    base, size = int(full.start[plan.diseases]), max(len(np.unique(found.disease)), 1)
    total = np.bincount(full.items[:base], weights=full_f[:base], minlength=len(plan.ontology))
    background = np.maximum(total / size, FLOOR).astype(np.float32)
    shown = np.bincount(full.items[:base], minlength=len(plan.ontology)).astype(np.int32)
    cases = np.zeros(len(plan.owner), dtype=np.int32)
    if plan.told:
        prior = (direct, direct_f, full, full_f)
        (direct, direct_f, full, full_f), cases = widened(
            plan.ontology, plan.told, plan.number, plan.owner, plan.without, background, prior
        )
    return Knowledge(
        date, plan.ontology, diseases, names, plan.owner, plan.without, direct, direct_f, full, full_f, never,
        background, shown, *_course(plan, rows), cases, rows,
    )  # fmt: skip


def _annotations(plan: _Profiles, found: _Findings) -> tuple[Ragged, Floats, Ragged]:
    """Direct terms with a frequency (patients pooled over papers, shrunk towards UNSAID), and the NOT terms."""
    width, height = len(plan.ontology), len(plan.owner)
    term = np.array([plan.ontology.number.get(id, -1) for id in found.term], dtype=np.int64)[found.code]
    usable = np.flatnonzero(found.finding & (term >= 0))
    profile, row = _spread(found.disease[usable], plan.owner, plan.diseases)
    place = usable[row]
    keep = _cited_elsewhere(plan, found, profile, place)
    profile, place = profile[keep], place[keep]
    yes = ~found.denied[place] & ~((found.among[place] > 0) & (found.seen[place] == 0))
    pair, back = np.unique(profile[yes] * width + term[place[yes]], return_inverse=True)
    seen = np.bincount(back, weights=found.seen[place[yes]], minlength=len(pair))
    among = np.bincount(back, weights=found.among[place[yes]], minlength=len(pair))
    frequency = ((seen + PSEUDO * UNSAID) / (among + PSEUDO)).astype(np.float32)
    no = np.unique(profile[~yes] * width + term[place[~yes]])
    return _rows_of(pair, width, height), frequency, _rows_of(no, width, height)


def _cited_elsewhere(plan: _Profiles, found: _Findings, profile: NDArray[np.int64], place: NDArray[np.int64]) -> Flags:
    """Whether a row may stand in a profile: not where it cites the paper that the profile is without."""
    keep = np.ones(len(profile), dtype=bool)
    split = [frozenset(one.strip() for one in paper.split(";")) for paper in found.papers]
    for at in np.flatnonzero(profile >= plan.diseases).tolist():
        keep[at] = plan.without[profile[at]] not in split[found.paper[place[at]]]
    return keep


def _spread(disease: NDArray[np.int64], owner: Ints, diseases: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each row once for every profile of its disease: the profile and the row."""
    order = np.argsort(disease, kind="stable")
    rows = Ragged(starts(np.bincount(disease, minlength=diseases)), order.astype(np.int32))
    places, profile = rows.places(owner)
    return profile, rows.items[places].astype(np.int64)


def _rows_of(keys: NDArray[np.int64], width: int, height: int) -> Ragged:
    """Sorted keys row · width + item as rows."""
    return Ragged(starts(np.bincount(keys // width, minlength=height)), (keys % width).astype(np.int32))


def _passed_up(ontology: Ontology, direct: Ragged, frequency: Floats) -> tuple[Ragged, Floats]:
    """A term is at least as frequent as its most frequent descendant (true-path rule)."""
    places, owner = ontology.ancestors.places(direct.items)
    profile = np.repeat(np.arange(len(direct)), np.diff(direct.start))
    key = profile[owner] * len(ontology) + ontology.ancestors.items[places]
    order = np.argsort(key, kind="stable")
    pair, first = np.unique(key[order], return_index=True)
    best = np.maximum.reduceat(frequency[owner][order], first) if len(first) else frequency[:0]
    return _rows_of(pair, len(ontology), len(direct)), best.astype(np.float32)


def _course(plan: _Profiles, rows: Annotations) -> tuple[Floats, NDArray[np.int8], Flags]:
    """Onset in years, sexes and modes of inheritance of each disease."""
    onset = np.full((plan.diseases, 2), np.nan, dtype=np.float32)
    sex = np.zeros(plan.diseases, dtype=np.int8)
    inheritance = np.zeros((plan.diseases, 4), dtype=bool)
    aspect, stated = rows.aspect, np.array([word in ONSET_YEARS for word in rows.onset.words], dtype=bool)
    told = np.isin(aspect.number, [at for at, word in enumerate(aspect.words) if word in ("C", "I")])
    for row in np.flatnonzero((told | stated[rows.onset.number]) & ~rows.denied).tolist():
        place, term = plan.number[rows.disease[row]], rows.term[row]
        years = ONSET_YEARS.get(term if aspect[row] == "C" else rows.onset[row])
        if years is not None:
            onset[place] = np.fmin(onset[place, 0], years), np.fmax(onset[place, 1], years)
        if aspect[row] == "I" and term in MODES:
            inheritance[place, MODES[term]] = True
        if aspect[row] == "I" and term == MALE_ONLY:
            sex[place] = 1
    return onset, sex, inheritance
