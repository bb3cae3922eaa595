"""Encodings: what they may be declared for, and what they make of a case, however strange it is."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.core.case import Choice, Image, Note, Number
from avicena.core.codes import Codes
from avicena.core.encoder import Encoder, Fitted, Told, arrays_of
from avicena.core.encoding import (
    Encoding,
    EvidenceList,
    ImageEmbedding,
    Impute,
    NoteEmbedding,
    OneHot,
    Ordinal,
    problems,
)
from avicena.core.encoding_words import flag, level, worded
from avicena.core.text import Text
from tests.small import application

INPUTS = {
    "age": Number(0, 120, "a"),
    "sex": Choice("female", "male"),
    "note": Note(("es", "en")),
    "mri": Image("MR"),
    "evidences": Codes(),
    "allergies": Codes(options=("latex", "penicillin")),
    "phenotypes": Codes(pattern=r"HP:\d{7}", sample=("HP:0001250",)),
}

SEX = Fitted(OneHot("sex"), ("sex=female", "sex=male", "sex unlisted", "sex missing"), ("female", "male"))
GRADE = Fitted(Ordinal("grade", ("low", "high")), ("grade", "grade missing"), ("low", "high"), {"grade": 0.0})
AGE = Fitted(Impute("age"), ("age", "age missing"), (), {"age": 52.0})
CODES = Fitted(EvidenceList("evidences"), ("evidences=a", "evidences unlisted", "evidences missing"), ("a",))
NOTE = Fitted(NoteEmbedding("note", 2, True), ("note meaning 1", "note meaning 2", "note missing"))
ARRAYS = {
    "note-embedding.note.centre": np.array([1, 0, 0], np.float32),
    "note-embedding.note.axes": np.array([[0, 1], [1, 0], [0, 0]], np.float32),
}


def made(fitted: Fitted, told: Told) -> list[float]:
    """What one encoding makes of a case."""
    return Encoder([fitted], ARRAYS).row(told).tolist()


def test_each_level_has_a_column_and_a_strange_or_missing_one_says_so() -> None:
    assert made(SEX, Told({"sex": "male"})) == [0, 1, 0, 0]
    assert made(SEX, Told({"sex": "other"})) == [0, 0, 1, 0]
    assert made(SEX, Told({"sex": None})) == [0, 0, 0, 1]
    assert made(SEX, Told({})) == [0, 0, 0, 1]
    plain = replace(SEX, columns=("sex=female", "sex=male"))
    assert made(plain, Told({"sex": "other"})) == made(plain, Told({})) == [0, 0]


def test_a_list_of_codes_marks_each_and_counts_the_strange_ones() -> None:
    assert made(CODES, Told({"evidences": ("a", "b", "c")})) == [1, 2, 0]
    assert made(CODES, Told({"evidences": ()})) == [0, 0, 0]
    assert made(CODES, Told({"evidences": None})) == [0, 0, 1]


def test_a_place_in_an_order_is_a_number_and_a_level_out_of_it_is_a_gap() -> None:
    assert made(GRADE, Told({"grade": "high"})) == [1, 0]
    for value in ("strange", None):
        place, gap = made(GRADE, Told({"grade": value}))
        assert math.isnan(place)
        assert gap == 1


def test_a_gap_stays_a_gap_for_the_explanation_and_the_trees_are_told_what_to_take_there() -> None:
    age, gap = made(AGE, Told({"age": None}))
    assert math.isnan(age)
    assert gap == 1
    assert Encoder([AGE], {}).fills == {"age": 52.0}
    assert made(AGE, Told({"age": 7.5})) == [7.5, 0]


def test_a_column_of_features_is_imputed_where_no_input_has_its_name() -> None:
    assert made(AGE, Told({}, {"age": 4.0})) == [4, 0]
    assert made(AGE, Told({}, {"age": math.nan}))[1] == 1
    assert made(AGE, Told({"age": 3.0}, {"age": 4.0})) == [3, 0]


def test_a_vector_lies_on_the_axes_from_the_centre_of_training() -> None:
    assert made(NOTE, Told({}, notes={"note": np.array([2, 3, 4], np.float32)})) == [3, 1, 0]
    first, second, gap = made(NOTE, Told({"note": "a text that nobody embedded"}))
    assert math.isnan(first)
    assert math.isnan(second)
    assert gap == 1


def test_arrays_that_do_not_fit_and_vectors_of_another_length_are_refused() -> None:
    for name in arrays_of(NOTE.declared):
        for array in (None, np.zeros((4, 4), np.float32), np.zeros(3, np.float32)[:, None], np.zeros(2, np.float32)):
            with pytest.raises(ValueError, match="not as its columns need"):
                Encoder([NOTE], {**ARRAYS, name: array} if array is not None else {})
    with pytest.raises(ValueError, match="another length"):
        made(NOTE, Told({}, notes={"note": np.ones(7, np.float32)}))


@given(st.floats() | st.text() | st.none() | st.lists(st.text()).map(tuple))
def test_whatever_a_case_holds_the_columns_are_float32_and_never_infinite(value: Any) -> None:
    told = Told(dict.fromkeys(("sex", "grade", "age", "evidences", "note"), value))
    row = Encoder([SEX, GRADE, AGE, CODES, NOTE], ARRAYS).row(told)
    assert row.dtype == np.float32
    assert row.shape == (14,)
    assert not np.isinf(row).any()


FLOOR = "least must be at least 5 families, unless levels are given or the input has options or a pattern"

WRONG: list[tuple[Encoding, str]] = [
    (OneHot("gone"), "one-hot: there is no input gone"),
    (OneHot("note"), "one-hot: note is a Note"),
    (OneHot("note", ("a", "b")), "one-hot: note is a Note"),
    (OneHot("age"), "one-hot: age is a Number"),
    (OneHot("evidences", least=4), f"one-hot of evidences: {FLOOR}"),
    (EvidenceList("evidences", least=2), f"evidence-list of evidences: {FLOOR}"),
    (EvidenceList("allergies", least=0), "evidence-list of allergies: least must be at least 1"),
    (OneHot("sex", least=0), "one-hot of sex: least must be at least 1"),
    (OneHot("sex", ("a", "a")), "one-hot of sex: a level is given twice"),
    (Ordinal("sex", ("female",)), "ordinal of sex: order must have two levels or more"),
    (Impute("sex"), "impute: sex is a Choice"),
    (Impute("age", math.inf), "impute of age: by must be a number, median or mean"),
    (EvidenceList("age"), "evidence-list: age is a Number"),
    (NoteEmbedding("mri"), "note-embedding: mri is a Image"),
    (NoteEmbedding("note", 0), "note-embedding of note: dimensions must be at least 1"),
    (ImageEmbedding("mri"), "image-embedding: no image stage mri comes before"),
]


@pytest.mark.parametrize(("encoding", "problem"), WRONG, ids=lambda one: one if isinstance(one, str) else "")
def test_a_declaration_that_cannot_be_is_named(encoding: Encoding, problem: str) -> None:
    assert problems([encoding], INPUTS, ["tumour"]) == [problem]


def test_encodings_that_fit_their_inputs_have_no_problem_and_two_of_one_kind_do() -> None:
    fine = [OneHot("sex"), Impute("age", 3), Impute("duration"), EvidenceList("evidences"), ImageEmbedding("tumour")]
    assert problems(fine, INPUTS, ["tumour"]) == []
    assert problems([OneHot("sex"), OneHot("sex")], INPUTS, []) == ["two encodings one-hot of sex"] * 2


def test_rare_levels_may_have_columns_where_nobody_could_have_written_them() -> None:
    closed = [OneHot("sex", least=1), EvidenceList("allergies", least=2), EvidenceList("phenotypes", least=1)]
    assert problems([*closed, EvidenceList("evidences", ("R51", "R11"))], INPUTS, []) == []


def test_the_floor_of_families_means_nothing_where_levels_are_given() -> None:
    assert OneHot("sex", ("a", "b"), least=5) == OneHot("sex", ("a", "b"), least=1) == OneHot("sex", ("a", "b"))
    assert EvidenceList("signs", ("a",), least=2) == EvidenceList("signs", ("a",))


def test_an_application_says_at_once_that_its_encodings_are_not_in_order() -> None:
    image, trees = application.chain
    with pytest.raises(ValueError, match="stage treatment are not in order: one-hot: there is no input gone"):
        replace(application, chain=(image, replace(trees, encodings=(OneHot("gone"),))))  # type: ignore[type-var]


def test_every_column_of_an_encoding_reads_well_in_both_languages() -> None:
    words = {"sex": Text("sex", "sexo"), "female": Text("female", "mujer"), "tumour": Text("tumour", "tumor")}
    encodings = [OneHot("sex"), EvidenceList("codes"), NoteEmbedding("note"), ImageEmbedding("tumour")]

    def word(name: str) -> Text:
        return words.get(name, Text(name, name))

    said = {
        "sex=female": Text("sex: female", "sexo: mujer"),
        "sex missing": Text("sex not given", "sexo sin indicar"),
        "sex unlisted": Text("sex unlike any in training", "sexo distinto de los del entrenamiento"),
        "codes unlisted": Text("codes: how many others", "codes: cuántos otros"),
        "note meaning 3": Text("note: meaning, axis 3", "note: significado, eje 3"),
        "tumour look 16": Text("tumour: look of the picture, axis 16", "tumor: aspecto de la imagen, eje 16"),
    }
    assert {name: worded(name, encodings, word) for name in said} == said
    assert [worded(name, encodings, word) for name in ("sex", "tumour look 17", "tumour=glioma", "age")] == [None] * 4
    assert [flag(name, encodings) for name in ("sex missing", "sex unlisted", "sex=male")] == [True] * 3
    assert [flag(name, encodings) for name in ("codes unlisted", "note meaning 1", "age")] == [False] * 3
    order = [Ordinal("sex", ("male", "female"))]
    assert level("sex", 1.0, order, word) == words["female"]
    assert level("sex", 0.5, order, word) is level("age", 1.0, order, word) is None
