"""What is counted of a dataset version, and what is not told."""

import random
from dataclasses import replace

import pytest

from avicena.core import digest
from avicena.core.profile import FEWEST, OTHERS, Profile
from avicena.ingest import profile
from avicena.ingest.vocabulary import vocabulary
from tests.formats.page.datasets import SECRET, VERSION, profiled, row, rows
from tests.small import TUMOURS, application


def said(made: Profile, about: str) -> str:
    return " ".join(one.text.en for one in made.remarks if one.about == about)


def test_inputs_are_counted_with_what_is_missing_and_how_they_are_spread() -> None:
    mri, age, sex, note = profiled().inputs
    assert (mri.known, mri.missing, mri.different) == (120, 0, 40)
    assert (age.known, sum(one.rows for one in age.bins)) == (120, 120)
    assert age.quantiles[2] == 49.5
    assert [(one.name, one.rows, one.families) for one in sex.levels] == [
        ("female", 60, 30),
        ("male", 60, 30),
        ("other", 0, 0),
        ("unknown", 0, 0),
    ]
    assert note.known + note.missing == 120


def test_no_quantile_is_the_age_of_the_youngest_or_oldest_patient() -> None:
    age = profiled().inputs[1]
    assert min(age.quantiles) > 20
    assert max(age.quantiles) < 79


def test_a_histogram_covers_every_value_once_and_cuts_whole_numbers_at_whole_numbers() -> None:
    made = profiled([row(i, age=float(40 + i % 4)) for i in range(40)])
    assert [(one.low, one.high, one.rows) for one in made.inputs[1].bins] == [(40 + i, 41 + i, 10) for i in range(4)]
    made = profiled([row(i, age=0.1 * i) for i in range(500)])
    bins = made.inputs[1].bins
    assert sum(one.rows for one in bins) == 500
    assert len(bins) <= 21


def test_what_is_missing_together_is_one_pattern() -> None:
    held = [*(row(i) for i in range(2, 8)), row(8, age=None, sex=None), row(9, age=None, sex=None), row(10, age=None)]
    found = {one.missing: (one.rows, one.families) for one in profiled(held).patterns}
    assert found == {(): (6, 3), ("age", "sex", "note"): (2, 1), ("age",): (1, 1)}


def test_gaps_are_told_by_class_and_source_and_only_of_inputs_that_some_rows_have() -> None:
    gaps = profiled([row(i, sex=None, age=None if i % 6 < 2 else 50.0) for i in range(2, 62)]).gaps
    shares = {(one.by, one.level): one.share for one in gaps if one.field == "age"}
    assert shares["tumour", "glioma"] == 1
    assert shares["tumour", "meningioma"] == 0
    assert shares["source", "north"] == 1
    assert "sex" not in {one.field for one in gaps}


def test_classes_are_counted_by_row_and_family_and_one_without_a_row_stays() -> None:
    held = [one for one in rows() if one.labels["tumour"] != "glioma"]
    counts = {one.name: (one.rows, one.families) for one in profiled(held).classes["tumour"]}
    assert counts == {"glioma": (0, 0), "meningioma": (40, 20), "pituitary": (40, 20)}


def test_cross_tables_and_splits_count_each_row_once() -> None:
    made = profiled()
    for tab in made.crosstabs:
        assert sum(map(sum, tab.rows)) == 120, tab.by
    for stage in ("tumour", "treatment"):
        assert sum(sum(one.rows) for one in made.splits if one.stage == stage) == 120
    assert {(one.label, one.source) for one in made.splits if one.stage == "tumour"} >= {("glioma", "north")}


def test_levels_beyond_those_shown_by_name_are_one() -> None:
    made = profiled([replace(one, source=f"hospital {i % 30}") for i, one in enumerate(rows())])
    assert len(made.sources) == 13
    assert made.sources[-1].name == OTHERS
    assert sum(one.rows for one in made.sources) == 120


def test_a_class_that_comes_from_one_source_is_remarked() -> None:
    assert "20 of 20 families with glioma come from the source north" in said(profiled(), "sources")
    mixed = [replace(one, source=str(int(one.family[1:]) % 5)) for one in rows()]
    assert said(profiled(mixed), "sources") == ""


def test_rare_and_lopsided_classes_are_remarked() -> None:
    few = [one for one in rows() if one.labels["tumour"] != "glioma"] + [row(6)]
    assert "fewer than 20 families of glioma" in said(profiled(few), "classes")
    assert "more than 40 times" in said(profiled(few), "classes")


def test_a_family_in_two_folds_is_counted_and_remarked() -> None:
    made = profiled([replace(one, fold=1) if one.id == "r000" else one for one in rows()])
    assert made.families.several_folds == 1
    assert "1 families stand in more than one fold" in said(made, "splits")
    assert profiled().families.several_folds == 0


def test_rows_whose_family_is_not_told_are_remarked() -> None:
    made = profiled([replace(one, family=one.id, family_known=False) for one in rows()])
    assert "Of 120 rows the data do not say whose they are" in said(made, "families")
    assert said(profiled(), "families") == ""


def test_examples_are_of_every_class_and_of_different_families() -> None:
    made = profiled()
    assert [one.label for one in made.examples] == [label for label in TUMOURS for _ in range(6)]
    families = {str(one.values["mri"]): one.family for one in rows()[:40]}
    glioma = [families[one.picture] for one in made.examples if one.label == "glioma" and one.picture in families]
    assert len(glioma) > 1


def test_a_word_that_few_families_have_is_never_told_however_often_it_stands_there() -> None:
    held = [*rows(), *(row(i, family="F1", note=f"{SECRET} again") for i in range(200, 260))]
    made = profile(application, VERSION, held)
    words = {word.word for one in made.vocabularies for word in one.words}
    assert "headache" in words
    assert SECRET.casefold() not in words
    assert SECRET.casefold() not in digest.canonical(made).decode().casefold()
    assert made.vocabularies[0].rare > 0


def test_a_small_number_of_families_of_a_class_is_not_told_either() -> None:
    held = [row(i, note="fever") for i in range(0, 60)] + [row(60, note="fever itching"), row(66, note="itching")]
    held += [row(i, note="itching") for i in (62, 64, 68, 70, 74, 76)]
    found = vocabulary(held, "note", "tumour", TUMOURS)
    assert found is not None
    itching = next(one for one in found.words if one.word == "itching")
    assert itching.families == (None, None, None)


@pytest.mark.parametrize("fewest", [1, FEWEST, 20])
def test_every_word_told_stands_in_enough_families(fewest: int) -> None:
    found = vocabulary(rows(), "note", "tumour", TUMOURS, fewest)
    assert found is not None
    for one in found.words:
        families = {of.family for of in rows() if one.word in str(of.values["note"] or "").casefold()}
        assert len(families) >= fewest
        assert all(n is None or n == 0 or n >= fewest for n in one.families)


def test_numbers_and_dates_of_a_note_are_no_words() -> None:
    words = {word.word for one in profiled().vocabularies for word in one.words}
    assert not any(any(letter.isdigit() for letter in word) for word in words)


def test_the_word_that_tells_the_class_comes_first() -> None:
    assert {one.word for one in profiled(rows(240)).vocabularies[0].words[:2]} == {"vomiting", "fatigue"}


def test_the_order_of_rows_changes_nothing() -> None:
    shuffled = rows()
    random.Random(0).shuffle(shuffled)
    assert profiled(shuffled) == profiled()


def test_nothing_is_counted_of_no_rows() -> None:
    made = profiled([])
    assert (made.rows, made.families.number, made.classes, made.examples) == (0, 0, {}, ())
