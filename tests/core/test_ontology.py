"""Terms as numbers."""

import pytest

from avicena.core.errors import ContractViolation
from avicena.core.onset import age_years, onset_years
from avicena.core.ontology import Term, ontology
from avicena.core.ragged import coded, ragged
from avicena.formats.obo import read_obo
from tests.knowledge_files import OBO

ROOT = Term("HP:0000118", "Phenotypic abnormality")


def test_an_old_id_is_followed_to_the_term_in_force() -> None:
    onto = ontology(*read_obo(OBO.splitlines()))
    assert onto.number["HP:0001303"] == onto.number["HP:0001250"]
    assert onto.number["HP:0000057"] == onto.number["HP:0000252"]


def test_a_chain_of_old_ids_is_followed_to_its_end() -> None:
    chain = [
        Term("HP:1", obsolete=True, replaced_by=("HP:2",)),
        Term("HP:2", obsolete=True, replaced_by=("HP:0000118",)),
    ]
    assert ontology("", [ROOT, *chain]).old == {"HP:1": "HP:0000118", "HP:2": "HP:0000118"}


def test_an_id_that_several_replace_or_none_is_gone_with_what_is_suggested() -> None:
    onto = ontology(*read_obo(OBO.splitlines()))
    assert onto.gone["HP:0000490"] == ("HP:0000252", "HP:0001250")
    assert not {"HP:0000489", "HP:0000490"} & set(onto.number)


def test_old_ids_that_replace_each_other_are_gone() -> None:
    circle = [Term("HP:1", obsolete=True, replaced_by=("HP:2",)), Term("HP:2", obsolete=True, replaced_by=("HP:1",))]
    onto = ontology("", [ROOT, *circle])
    assert (onto.old, onto.gone) == ({}, {"HP:1": (), "HP:2": ()})


def test_parents_stand_before_children() -> None:
    onto = ontology(*read_obo(OBO.splitlines()))
    assert all(onto.ancestors.row(place).max() == place for place in range(len(onto)))
    seizure = onto.number["HP:0001250"]
    assert onto.parents.row(onto.number["HP:0002197"]).tolist() == [seizure]
    assert seizure in onto.findable
    assert onto.number["HP:0003577"] not in onto.phenotypes


def test_synonyms_keep_scope_and_kind() -> None:
    onto = ontology(*read_obo(OBO.splitlines()))
    found = [(one.text, one.scope, one.kind) for one in onto.synonyms]
    assert found == [
        ("Epilepsy", "RELATED", "layperson"),
        ('Fit "so called"', "EXACT", ""),
        ("Seizures", "EXACT", "plural_form"),
    ]


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        ([Term("HP:1")], "not hp.obo"),
        ([ROOT, Term("HP:1", parents=("HP:2",))], "cut short"),
        ([ROOT, Term("HP:1", parents=("HP:2",)), Term("HP:2", parents=("HP:1",))], "above itself"),
    ],
)
def test_a_damaged_ontology_is_refused(terms: list[Term], problem: str) -> None:
    with pytest.raises(ContractViolation, match=problem):
        ontology("", terms)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("P6Y", 6),
        ("P2W", 14 / 365.25),
        ("P1Y6M", 1.5),
        ("six", None),
        ("P", None),
        ("P3YT5H", 3),
        ("P3YTx", None),
        ("P٣Y", None),
        ("HP:0003593", 0.5),
        ("HP:1", None),
    ],
)
def test_ages_are_read_or_named_unknown(text: str, years: float | None) -> None:
    assert onset_years(text) == (None if years is None else pytest.approx(years))
    assert text.startswith("HP:") or age_years(text) == onset_years(text)


def test_turning_twice_gives_the_same_lists() -> None:
    rows = ragged([[0, 2], [], [1, 2]])
    back = rows.turned(3)[0].turned(3)[0]
    assert (back.items.tolist(), back.start.tolist()) == (rows.items.tolist(), rows.start.tolist())


def test_a_column_gives_its_texts_back() -> None:
    column = coded(["b", "", "b", "a"])
    assert [column[place] for place in range(len(column))] == ["b", "", "b", "a"]
    assert column.words == ("", "a", "b")
