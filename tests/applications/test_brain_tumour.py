"""The brain-tumour application keeps the laws of an application."""

import math

import numpy as np
import pytest

from avicena import Case
from avicena.core.encoder import Told
from avicena.learn.encode import Encodings
from avicena_applications.brain_tumour import ENCODINGS, TREATMENTS, TUMOURS, age_band, application, features, sex

ALL = np.ones(2, dtype=bool)


def case(**values: object) -> Case:
    """A case with these values."""
    return Case(None, values)  # type: ignore[arg-type]


def test_features_are_the_same_columns_for_every_case() -> None:
    full = features(case(note="Seizures for two weeks, severe."))
    empty = features(case(note=None))
    assert list(full) == list(empty)
    assert math.isnan(empty["duration"])


def test_age_and_sex_are_columns_that_are_fitted_on_training_rows() -> None:
    told = [Told({"age": age, "sex": sex}, features(case(note="."))) for age, sex in ((50.0, "male"), (60.0, None))]
    table = Encodings(ENCODINGS, told, ["first", "second"])
    row = dict(zip(table(ALL).columns, table(ALL).rows[1].tolist(), strict=True))
    assert {name: row[name] for name in ("age", "age missing", "sex=male", "duration missing")} == {
        "age": 60,
        "age missing": 0,
        "sex=male": 0,
        "duration missing": 1,
    }
    assert [name for name in row if application.word(name).en == name and name != "age"] == []


@pytest.mark.parametrize(
    ("note", "headache", "seizure", "days", "intensity"),
    [
        ("Headaches for three weeks, severe. No seizures.", 1, -1, 21, 3),
        ("Cefalea intensa desde hace tres semanas, sin convulsiones.", 1, -1, 21, 3),
        ("Routine control.", 0, 0, None, None),
    ],
)
def test_spanish_and_english_notes_say_the_same(
    note: str, headache: int, seizure: int, days: float | None, intensity: float | None
) -> None:
    found = features(case(age=54.0, sex="female", note=note))
    assert (found["symptom=headache"], found["symptom=seizure"]) == (headache, seizure)
    assert math.isnan(found["duration"]) if days is None else found["duration"] == days
    assert math.isnan(found["intensity"]) if intensity is None else found["intensity"] == intensity


def test_every_label_and_feature_has_words_in_both_languages() -> None:
    names = [*TUMOURS, *TREATMENTS, *application.inputs, *features(case(age=1.0, sex="male", note="."))]
    assert [name for name in names if name not in application.words] == []


@pytest.mark.parametrize(
    ("age", "band"), [(0.0, "0-17"), (18.0, "18-44"), (64.9, "45-64"), (65.0, "65+"), (None, "unknown")]
)
def test_age_bands_meet_without_a_gap(age: float | None, band: str) -> None:
    assert age_band(case(age=age)) == band
    assert sex(case(sex=None)) == "unknown"
