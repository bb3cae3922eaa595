"""The columns of candidates: the same by any road, blind to curation, and quick."""

import math
from dataclasses import replace

import numpy as np
import pytest

from avicena.core.knowledge import Knowledge, Mondo, Patient
from avicena.core.ontology import ontology
from avicena.formats.hpoa import read_hpoa
from avicena.formats.obo import read_obo
from avicena.ingest.knowledge import knowledge
from avicena.measure import rank_bins
from avicena.measure.evidence import CHOSEN, TELLING, common_information, evidence
from avicena.measure.rank_case import summaries
from avicena.measure.rank_columns import COLUMNS, Ready, table
from avicena.measure.rank_kin import kin
from avicena.measure.rank_whole import RANKED, candidates, standing
from tests import toy


def patient(observed: str, excluded: str = "", **known: object) -> Patient:
    """A patient of the toy world by the labels of findings."""
    number = {label: place for place, label in enumerate(toy.world().ontology.labels)}
    found, absent = (
        tuple(number[one.strip()] for one in text.split(",") if one.strip()) for text in (observed, excluded)
    )
    return Patient(found, absent, **known)  # type: ignore[arg-type]


def build(hpoa: str, same: Mondo | None = None) -> Knowledge:
    """The toy world with other annotations."""
    date, rows = read_hpoa(hpoa.splitlines(keepends=True))
    return knowledge(ontology(*read_obo(toy.obo().splitlines(keepends=True))), date, rows, mondo=same)


ILL = patient("Generalized seizure, Global developmental delay, Microcephaly", "Atrial septal defect, Cataract")


def test_the_likelihood_ratio_is_that_of_the_definition():
    known = toy.world()
    found = evidence(ILL, known)
    for profile in range(len(known.owner)):
        often = dict(zip(known.full.row(profile).tolist(), _row(known, profile), strict=True))
        total = 0.0
        for term in ILL.observed:
            best = 0.0
            for above in known.ontology.ancestors.row(term).tolist():
                if known.ic[above] > TELLING:
                    lost = math.exp(CHOSEN.loss * float(known.ic[above] - known.ic[term]))
                    best = max(best, often.get(above, 0.0) / float(known.background[above]) * lost)
            total += math.log(CHOSEN.noise + (1 - CHOSEN.noise) * best)
        for term in ILL.excluded:
            total += math.log1p(-CHOSEN.absent * min(often.get(term, 0.0), 0.99))
            total -= math.log1p(-CHOSEN.absent * min(float(known.background[term]), 0.9))
        assert found.likelihood[profile] == pytest.approx(total, abs=1e-4)


def _row(known: Knowledge, profile: int) -> list[float]:
    values: list[float] = known.full_f[known.full.start[profile] : known.full.start[profile + 1]].tolist()
    return values


def test_what_single_terms_say_adds_up_to_what_all_say():
    known = toy.world()
    found = evidence(ILL, known)
    profiles = np.arange(len(known.owner), dtype=np.int32)
    assert found.by_term(profiles, known)[0].sum(axis=0) == pytest.approx(found.speaks, abs=1e-4)


def test_the_order_of_findings_does_not_matter():
    turned = replace(ILL, observed=ILL.observed[::-1], excluded=ILL.excluded[::-1])
    one, other = table(ILL, toy.ready()), table(turned, toy.ready())
    assert one.diseases.tolist() == other.diseases.tolist()
    assert one.values == pytest.approx(other.values, abs=1e-4, nan_ok=True)


def test_every_column_has_one_name_and_only_onset_and_age_may_be_unsaid():
    found = table(ILL, toy.ready())
    assert found.values.shape == (len(found.diseases), len(COLUMNS))
    assert found.values.dtype == np.float32
    assert len(set(COLUMNS)) == len(COLUMNS)
    unsaid = {name for name, column in zip(COLUMNS, found.values.T, strict=True) if np.isnan(column).any()}
    assert unsaid <= {"onset_early", "onset_late", "onset_low", "age_after", "years"}


def test_only_diseases_that_may_be_named_are_candidates():
    known = toy.world()
    named = {known.diseases[disease] for disease in table(ILL, toy.ready()).diseases}
    assert named == {id for id in known.diseases if id.startswith("OMIM:")}


@pytest.mark.parametrize("nothing", [Patient((), ()), patient("", "Cataract"), patient("Phenotypic abnormality")])
def test_a_patient_of_whom_nothing_is_known_still_has_rows(nothing: Patient):
    found = table(nothing, toy.ready())
    assert np.isfinite(found.first).all()


def test_a_disease_with_more_papers_or_rows_of_equal_frequency_gets_the_same_columns():
    """Curation must not show: the same patients reported in one row or in many, by one paper or by many."""
    lines = toy.hpoa().splitlines(keepends=True)
    split = [part for line in lines for part in _split(line)]
    assert len(split) > len(lines)
    one, other = (table(ILL, Ready(build("".join(rows)))) for rows in (lines, split))
    assert one.diseases.tolist() == other.diseases.tolist()
    assert one.values == pytest.approx(other.values, abs=1e-4, nan_ok=True)


def _split(line: str) -> list[str]:
    """A row of n/10 patients as two rows by two papers: 1 of 2 and the rest."""
    cells = line.split("\t")
    if len(cells) < 8 or not cells[7].endswith("/10") or int(cells[7][:-3]) > 9:
        return [line]
    seen = int(cells[7][:-3])
    first, second = cells.copy(), cells.copy()
    first[7], first[4] = "1/2", "PMID:77"
    second[7], second[4] = f"{seen - 1}/8", "PMID:78"
    return ["\t".join(first), "\t".join(second)]


def test_no_column_is_named_after_curation():
    curated = ("paper", "reference", "count", "cases", "told", "annotated", "mass", "rows")
    assert not [name for name in COLUMNS if any(word in name for word in curated)]


def test_a_column_about_a_relative_does_not_say_whether_one_is_known():
    same = Mondo(
        ("MONDO:1",), ("OMIM:100001", "ORPHA:9"), np.array([[0, 0], [0, 1]], np.int32), np.zeros((0, 2), np.int32)
    )
    found = table(ILL, Ready(build(toy.hpoa(), same)))
    columns = [COLUMNS.index(name) for name in COLUMNS if name.startswith(("same_", "broader_", "brothers_", "lead_"))]
    assert np.isfinite(found.values[:, columns]).all()


def test_relatives_are_those_of_mondo():
    nodes, codes = ("MONDO:1", "MONDO:2", "MONDO:3"), ("OMIM:100001", "OMIM:100002", "ORPHA:9")
    matched = np.array([[0, 0], [1, 1], [0, 2]], np.int32)
    edges = np.array([[0, 2], [1, 2]], np.int32)
    known = build(toy.hpoa(), Mondo(nodes, codes, matched, edges))
    found, number = kin(known), known.number
    assert found.same.row(number["OMIM:100001"]).tolist() == [number["ORPHA:9"]]
    assert found.brothers.row(number["OMIM:100002"]).tolist() == sorted([number["OMIM:100001"], number["ORPHA:9"]])
    assert not len(found.brothers.row(number["OMIM:100005"]))


def test_counts_hold_every_observed_and_every_denied_finding_once():
    known = toy.world()
    found = evidence(ILL, known)
    chosen = np.arange(len(known.owner), dtype=np.int32)
    counted = rank_bins.bins(ILL, found, known, chosen, found.by_term(chosen, known), common_information(found, known))
    seen = [place for place, name in enumerate(rank_bins.COLUMNS) if name.startswith("seen_")]
    assert (counted[:, seen].sum(axis=1) == len(ILL.observed)).all()
    due = [place for place, name in enumerate(rank_bins.COLUMNS) if name.startswith("due_")]
    assert np.expm1(counted[:, due]).sum(axis=1) == pytest.approx(np.diff(known.direct.start), abs=1e-3)


def test_a_finding_that_the_disease_never_shows_is_counted_against_it():
    lines = toy.hpoa() + "OMIM:100004\tHeart disease A\tNOT\tHP:0001250\tPMID:1\tPCS\t\t\t\t\tP\tx\n"
    known = build(lines)
    found = table(patient("Generalized seizure, Atrial septal defect"), Ready(known))
    never = found.values[:, COLUMNS.index("never")]
    assert never[found.diseases == known.number["OMIM:100004"]].tolist() == [1.0]
    assert never.sum() == 1


def test_the_best_by_every_score_are_candidates_and_nobody_outside_the_mask_is():
    random = np.random.default_rng(2)
    names = ("likelihood", "wide_likelihood", "both", "wide_cosine")
    scores = {name: random.normal(size=2000).astype(np.float32) for name in names}
    mask = random.random(2000) < 0.5
    chosen = candidates(scores, mask)
    assert mask[chosen].all()
    assert len(set(chosen.tolist())) == len(chosen) < 400
    for name in names:
        assert np.argmax(np.where(mask, scores[name], -np.inf)) in chosen


def test_standing_counts_how_many_are_better_and_shares_are_those_of_all():
    scores = {name: np.array([3.0, 1.0, 2.0, 9.0], np.float32) for name in RANKED}
    mask = np.array([True, True, True, False])
    found = standing(scores, mask, np.array([0, 1], np.int32))
    assert np.expm1(found["both_rank"]) == pytest.approx([0, 2], abs=1e-6)
    assert found["both_gap"].tolist() == [0.0, -2.0]
    everyone = np.exp(np.array([3.0, 1.0, 2.0]))
    assert np.exp(found["share_1"]) == pytest.approx(everyone[:2] / everyone.sum(), rel=1e-5)


def test_summaries_of_a_case_are_known_by_hand():
    found = table(ILL, toy.ready())
    told = summaries(ILL, found.values, found.first)
    assert told["findings"] == pytest.approx(math.log(4))
    assert told["absent"] == pytest.approx(math.log(3))
    best = sorted(found.first.tolist(), reverse=True)
    assert told["first_lead"] == pytest.approx(best[0] - best[1], abs=1e-5)
    assert 0 < told["covered"] <= 1
