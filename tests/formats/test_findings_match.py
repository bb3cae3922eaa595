"""Which terms a text names, however it is inflected, spelt or ordered."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.core.text import Language
from avicena.formats.findings_lexicon import LAY_COLUMNS, Phrase, lay
from avicena.formats.findings_match import Matcher
from avicena.formats.findings_scope import outer
from tests.formats.terms import NAMES, small_ontology, small_reader

ENGLISH = {
    "Seizures": "HP:0001250",
    "SEIZURE": "HP:0001250",
    "Anaemia": "HP:0001903",
    "kidney anomalies": "HP:0000077",
    "renal malformation": "HP:0000077",
    "abnormalities of the kidneys": "HP:0000077",
    "agenesis of the left kidney": "HP:0000104",
    "deaf": "HP:0000365",
    "loss of hearing": "HP:0000365",
    "hearing severe loss": "HP:0000365",
    "sensorineural hearing loss": "HP:0000407",
    "ataxic": "HP:0001251",
    "short and broad thumbs": "HP:0011304 HP:0100258",
    "palmar and plantar pits": "HP:0010610 HP:0010612",
    "palmar, plantar pits": "HP:0010612",
    "ADHD": "HP:0007018",
    "adhd": "",
    "hypopigmentation": "HP:0007513",
    "autosomal recessive inheritance": "",
    "fever. headache": "HP:0001945 HP:0002315",
    "hearing, loss": "",
    "abnormal, large kidney": "",
    "nothing of note": "",
}
SPANISH = {
    "fiebres": "HP:0001945",
    "FIEBRE ALTA": "HP:0001945",
    "crisis epilepticas": "HP:0001250",
    "riñones anormales": "HP:0000077",
    "anomalía renal": "HP:0000077",
    "anomalías de las uñas": "HP:0001597",
    "anomalía en una mano": "",
    "pulgares cortos y anchos": "HP:0011304 HP:0100258",
    "catarata bilateral congénita": "HP:0000518",
    "dolores de cabeza": "HP:0002315",
    "atáxico": "HP:0001251",
    "convulsiones": "HP:0001250",
    "LES": "",
    "les dijo": "",
}


def named(text: str, language: Language) -> set[str]:
    return {one.id for one in outer(small_reader().mentions(text, language)) if one.id in NAMES}


@pytest.mark.parametrize("text", ENGLISH)
def test_english_wording_names_its_terms(text: str) -> None:
    assert named(text, "en") == set(ENGLISH[text].split())


@pytest.mark.parametrize("text", SPANISH)
def test_spanish_wording_names_its_terms(text: str) -> None:
    assert named(text, "es") == set(SPANISH[text].split())


def test_every_label_names_its_own_term() -> None:
    onto = small_ontology()
    for term in onto.phenotypes.tolist():
        assert onto.ids[term] in named(onto.labels[term], "en")
        if onto.spanish[term]:
            assert onto.ids[term] in named(onto.spanish[term], "es")


def test_a_mention_stands_where_the_words_stand() -> None:
    text = "Ayer tuvo FIEBRE (39 °C)."
    (found,) = [one for one in small_reader().mentions(text, "es") if one.id == "HP:0001945"]
    assert text[found.start : found.end] == "FIEBRE"


def test_of_two_terms_with_one_wording_the_better_rank_counts() -> None:
    matcher = Matcher([Phrase("HP:0000002", "odd sign", 5), Phrase("HP:0000001", "odd sign", 1)], "en")
    assert [one.id for one in matcher.mentions("odd sign")] == ["HP:0000001"]


@given(st.text(max_size=300), st.sampled_from(["en", "es"]))
def test_any_text_is_read_and_places_lie_within_it(text: str, language: Language) -> None:
    for one in small_reader().mentions(text, language):
        assert 0 <= one.start < one.end <= len(text)


def test_work_grows_with_the_text_not_with_its_square() -> None:
    reader = small_reader()
    reader.mentions("fever", "en")

    def took(times: int) -> float:
        began = time.process_time()
        reader.mentions("fever and renal, palmar or short kidney agenesis " * times, "en")
        return time.process_time() - began

    def least(times: int) -> float:  # of several, for other work on the machine makes any one of them slower
        return min(took(times) for _ in range(3))

    took(20)
    assert least(800) < 30 * max(least(80), 1e-3)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "columns"),
        ("\t".join(LAY_COLUMNS) + "\nes\tfiebre", "row 2"),
        ("\t".join(LAY_COLUMNS) + "\nfr\ta\tb\tc\td", "row 2"),
    ],
)
def test_a_lay_table_of_another_form_is_refused_by_its_row(table: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        list(lay(table, "es"))
