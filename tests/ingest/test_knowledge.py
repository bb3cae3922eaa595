"""Laws of the knowledge, on an ontology of eight terms."""

import numpy as np
import pytest

from avicena.core.annotation import counts
from avicena.core.errors import ContractViolation
from avicena.core.knowledge import Knowledge, Told
from avicena.core.ontology import Ontology, ontology
from avicena.formats.hpoa import read_hpoa
from avicena.formats.mondo import mondo, read_edges, read_matches
from avicena.formats.obo import read_obo
from avicena.ingest.knowledge import knowledge, old_terms, unknown_terms
from tests.knowledge_files import EDGES, HEAD, HPOA, MATCHES, OBO, ROWS

SEIZURE, SMALL, GENERAL = "HP:0001250", "HP:0000252", "HP:0002197"


@pytest.fixture
def onto() -> Ontology:
    return ontology(*read_obo(OBO.splitlines(keepends=True)))


def made(onto: Ontology, text: str = HPOA, **given: object) -> Knowledge:
    return knowledge(onto, *read_hpoa(text.splitlines(keepends=True)), **given)  # type: ignore[arg-type]


def both(**given: object) -> Knowledge:
    onto = ontology(*read_obo(OBO.splitlines()))
    return made(onto, mondo=mondo(read_matches(MATCHES.splitlines()), read_edges(EDGES.splitlines())), **given)


def frequency(known: Knowledge, profile: int, term: str) -> float:
    """How often a profile shows a term; 0 where it does not."""
    row = known.full.row(profile).tolist()
    place = known.ontology.number[term]
    return float(known.full_f[known.full.start[profile] + row.index(place)]) if place in row else 0.0


def test_patients_of_two_papers_are_pooled(onto: Ontology) -> None:
    assert frequency(made(onto), 0, GENERAL) == pytest.approx((10 + 0.5) / 21)


def test_a_term_is_as_frequent_as_its_most_frequent_descendant(onto: Ontology) -> None:
    known = made(onto)
    assert frequency(known, 0, SEIZURE) == frequency(known, 0, GENERAL) > 0


def test_a_not_row_is_no_finding_and_is_kept(onto: Ontology) -> None:
    known = made(onto)
    assert onto.number[SEIZURE] not in known.full.row(1)
    assert known.never.row(1).tolist() == [onto.number[SEIZURE]]
    assert [bool(known.rows.denied[row]) for row in known.rows_of(1)] == [False, True, False]


def test_inheritance_onset_sex_and_references_are_kept(onto: Ontology) -> None:
    known = made(onto)
    assert known.inheritance[1].tolist() == [False, True, False, False]
    assert known.onset[0].tolist() == [0.0, 0.0]
    assert np.isnan(known.onset[1]).all()
    assert [known.rows.sex[row] for row in known.rows_of(0)] == ["", "male"]
    assert known.references(1, onto.number[SMALL]) == ("PMID:1", "PMID:7")
    assert known.references(2, onto.number[SEIZURE]) == ("ORPHA:3",)  # the row has an old id
    assert onto.number["HP:0000007"] not in known.full.row(1)  # a mode of inheritance is no finding


def test_unknown_and_followed_ids_are_named(onto: Ontology) -> None:
    _, rows = read_hpoa(HPOA.splitlines())
    assert unknown_terms(onto, rows) == {"HP:0000489": 1, "HP:9999999": 1}
    assert old_terms(onto, rows) == {"HP:0001303": SEIZURE}
    assert onto.gone["HP:0000489"] == (SMALL, SEIZURE)


def test_information_counts_annotated_diseases_alone(onto: Ontology) -> None:
    told = [Told("OMIM:9", "PMID:9", (onto.number[SMALL],)), Told("OMIM:1", "PMID:9", (onto.number[SMALL],))]
    plain, wider = made(onto), made(onto, told=told, apart=True)
    assert np.array_equal(plain.ic, wider.ic)
    assert np.array_equal(plain.background, wider.background)
    assert plain.ic[onto.number[SEIZURE]] == pytest.approx(np.log(3 / 2))
    assert plain.ic[onto.number[SMALL]] == pytest.approx(np.log(3))


def test_a_case_never_sees_its_own_paper(onto: Ontology) -> None:
    seizure, small = onto.number[SEIZURE], onto.number[SMALL]
    told = [Told("OMIM:2", "PMID:9", (seizure,)), Told("OMIM:9", "PMID:9", (small,))]
    known = made(onto, told=told, apart=True)
    seen = known.visible("PMID:9")
    (mine,) = (p for p in np.flatnonzero(seen) if known.owner[p] == known.number["OMIM:2"])
    assert seizure not in known.full.row(mine)
    assert seizure in known.full.row(known.number["OMIM:2"])
    assert known.number["OMIM:9"] not in known.owner[seen]  # known from that paper alone: not known
    assert known.visible("PMID:8")[: len(known.diseases)].all()
    assert known.cases.tolist() == [0, 1, 1, 0, 0, 0]


@pytest.mark.parametrize("paper", ["PMID:1", "PMID:7"])
def test_a_row_that_cites_the_paper_among_others_is_taken_out(onto: Ontology, paper: str) -> None:
    known = made(onto, told=[Told("OMIM:2", paper, ())], apart=True)
    (mine,) = known.variants[paper]
    assert frequency(known, mine, SMALL) == 0
    assert frequency(known, known.number["OMIM:2"], SMALL) > 0


def test_a_row_of_the_own_paper_is_taken_out_of_what_is_pooled(onto: Ontology) -> None:
    known = made(onto, told=[Told("OMIM:1", "PMID:1", ())], apart=True)
    (mine,) = known.variants["PMID:1"]
    assert frequency(known, mine, GENERAL) == pytest.approx((1 + 0.5) / 11)


def test_a_told_case_is_one_patient_beside_three(onto: Ontology) -> None:
    known = made(onto, told=[Told("OMIM:1", "PMID:9", (onto.number[SMALL],))])
    assert frequency(known, 0, SMALL) == pytest.approx(1 / 4)
    assert frequency(known, 0, GENERAL) == pytest.approx(3 * (10.5 / 21) / 4)


def test_what_orphanet_says_of_the_same_disease_widens_it_and_weighs_little() -> None:
    known = both()
    assert known.wide is not None
    assert frequency(known, 1, SEIZURE) == 0
    assert frequency(known.wide, 1, SEIZURE) == pytest.approx((5.45 * 0.05 + 0.5) / (10 * 0.05 + 1))
    assert frequency(known.wide, 2, SEIZURE) == frequency(known, 2, SEIZURE)  # itself as it was
    assert frequency(known.wide, 0, GENERAL) == frequency(known, 0, GENERAL)  # a close match joins nothing
    assert known.codes(1) == ("ICD10CM:Q02", "MONDO:1", "ORPHA:3")
    assert known.codes(0) == ()


def test_without_mondo_there_are_no_other_codes(onto: Ontology) -> None:
    assert made(onto).codes(1) == ()
    assert made(onto).wide is None


def test_the_order_of_the_rows_changes_nothing(onto: Ontology) -> None:
    known, again = made(onto), made(onto, HEAD + "\n".join(reversed(ROWS)))
    assert known.diseases == again.diseases == ("OMIM:1", "OMIM:2", "ORPHA:3")
    assert np.array_equal(known.full_f, again.full_f)
    assert np.array_equal(known.full.items, again.full.items)


def test_the_name_is_the_one_that_most_rows_use(onto: Ontology) -> None:
    rows = [ROWS[0], *(ROWS[1].replace("First", "Zero").replace("PMID:2", paper) for paper in ("PMID:2", "PMID:3"))]
    assert made(onto, HEAD + "\n".join(rows)).names == ("Zero",)


def test_annotations_of_another_ontology_are_refused(onto: Ontology) -> None:
    with pytest.raises(ContractViolation, match="knows none of its terms"):
        made(onto, HPOA.replace("\tHP:0", "\tHP:8").replace("\tHP:8040282", "\t"))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("3/4", (3, 4)),
        ("50%", (5, 10)),
        ("", (0, 0)),
        ("HP:0040280", (10, 10)),
        ("0/3", (0, 3)),
        ("9/7", (0, 0)),
        ("120%", (0, 0)),
    ],
)
def test_frequencies_count_patients(said: str, meant: tuple[float, float]) -> None:
    assert counts(said) == meant


@pytest.mark.parametrize("said", ["often", "-1/3", "nan%", "1/", "1/2/3", "1_0/20", "HP:0001250"])
def test_what_is_no_frequency_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        counts(said)
