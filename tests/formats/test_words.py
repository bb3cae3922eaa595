"""The answer in words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.core.answer import Contribution, Region
from avicena.core.text import Text
from avicena.formats.phrases import percent, place
from avicena.formats.words import NO_RECOMMENDATION, contributed, feature_of, lines, sentences, strongest
from tests.formats import samples
from tests.formats.samples import ANSWERS, APPLICATION, NOTE

SHARES = st.floats(0, 1)


def test_a_suggestion_is_told_with_its_strongest_reasons() -> None:
    assert sentences(samples.suggestion(), APPLICATION, "en") == [
        "Tumour: glioma 94 %, meningioma 5 %, pituitary tumour 0.5 %.",
        "Plausible at 90 %: glioma.",
        "Treatment: surgery 70 %, radiotherapy 20 %, close monitoring 10 %.",
        "Plausible at 90 %: surgery.",
        "Decision: Suggestion – surgery.",
        "Because: the only plausible outcome.",
        "The heat map for glioma is strongest in the middle left of the picture, "
        "centred at 31 % from the left, 40 % from the top.",
        "Headache (yes) speaks against surgery (-0.50 log-odds).",
        "The probability of glioma 94 % speaks for surgery (+0.31 log-odds).",
        "Age 54 speaks for surgery (+0.21 log-odds).",
    ]


def test_a_suggestion_is_told_in_spanish_with_decimal_commas() -> None:
    said = sentences(samples.suggestion(), APPLICATION, "es")
    assert said[0] == "Tumor: glioma 94 %, meningioma 5 %, tumor hipofisario 0,5 %."
    assert said[4] == "Decisión: Sugerencia – cirugía."
    assert said[-1] == "Edad 54 habla a favor de cirugía (+0,21 log-odds)."


def test_a_model_without_signal_never_says_that_a_feature_speaks_for_a_treatment() -> None:
    english = " ".join(sentences(samples.referral(), APPLICATION, "en"))
    spanish = " ".join(sentences(samples.referral(), APPLICATION, "es"))
    assert "Decision: No recommendation – refer to a specialist." in english
    assert "Decisión: Sin recomendación – escalar a especialista." in spanish
    assert "no evidence for a choice" in english
    assert "no avalan ninguna elección" in spanish
    assert "speaks" not in english
    assert " habla " not in spanish


def test_the_lack_of_signal_is_named_once_and_also_where_the_decision_has_another_reason() -> None:
    said = " ".join(sentences(samples.referral(), APPLICATION, "en"))
    assert said.count(samples.NO_SIGNAL.en) == 1
    other = replace(samples.referral().decision, reason=Text("the specialist asked for it", "lo pidió el especialista"))
    answer = samples.answered(decision=other, suggests=False)
    assert samples.NO_SIGNAL.en in " ".join(sentences(answer, APPLICATION, "en"))


def test_an_unfamiliar_picture_is_warned_of_first_and_given_no_reasons() -> None:
    said = sentences(samples.unfamiliar(), APPLICATION, "en")
    assert said[0].startswith("Warning: the picture is unlike those this model learnt from (distance 88, limit 30)")
    assert not [line for line in said if "heat map" in line or "log-odds" in line]


def test_an_empty_conformal_set_is_said() -> None:
    none = replace(samples.TREATMENT, confidence=replace(samples.TREATMENT.confidence, plausible=()))
    assert "No label is plausible at 90 %." in sentences(samples.answered(none), APPLICATION, "en")


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_sentence_is_whole_and_none_repeats_the_note(kind: str) -> None:
    for line in lines(ANSWERS[kind](), APPLICATION):
        for said in (line.en, line.es):
            assert said[0] == said[0].upper()
            assert said[-1] in ".:"
            assert "  " not in said
            assert NOTE[:20] not in said


def test_the_strongest_reasons_are_those_of_the_best_label_without_the_base() -> None:
    assert [one.feature for one in strongest(samples.TREATMENT)] == ["symptom=headache", "tumour=glioma", "age"]


@pytest.mark.parametrize(
    ("feature", "value", "words"),
    [
        ("age", 1.0, Text("age 1", "edad 1")),
        ("age", 54.5, Text("age 54.5", "edad 54,5")),
        ("age", None, Text("age (not given)", "edad (sin dato)")),
        ("symptom=headache", 0.0, Text("headache (no)", "cefalea (no)")),
        ("symptom=headache", 1.0, Text("headache (yes)", "cefalea (sí)")),
        ("symptom=headache", -1.0, Text("headache -1", "cefalea -1")),
        ("symptom=headache", None, Text("headache (not given)", "cefalea (sin dato)")),
        ("duration", 1.0, Text("duration in days = 1", "duración en días = 1")),
        ("tumour=pituitary", 0.004, Text("the probability of pituitary tumour 0.4 %", "")),
        ("tumour=glioma", None, Text("the probability of glioma (unknown)", "")),
        ("unnamed", 2.0, Text("unnamed 2", "unnamed 2")),
    ],
)
def test_a_feature_reads_as_what_it_is(feature: str, value: float | None, words: Text) -> None:
    said = feature_of(Contribution("surgery", feature, value, 0.1), APPLICATION)
    assert said.en == words.en
    assert not words.es or said.es == words.es


def test_the_base_value_is_where_a_score_starts() -> None:
    said = contributed(Contribution("surgery", "(base)", None, -0.2), APPLICATION)
    assert said == Text(
        "the score of surgery starts at -0.20 log-odds", "la puntuación de cirugía parte de -0,20 log-odds"
    )


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [(0.0, 0.0, "upper left"), (0.45, 0.0, "upper middle"), (0.9, 0.45, "middle right"), (0.45, 0.45, "centre")],
)
def test_the_place_of_a_peak_is_named_by_ninths(x: float, y: float, words: str) -> None:
    assert place(Region(x, y, 0.1, 0.1)).en == words


def test_a_peak_that_reaches_beyond_the_picture_is_still_placed_on_it() -> None:
    assert place(Region(0.95, 1.02, 0.2, 0.2)).en == "lower right"


@given(SHARES)
def test_a_probability_reads_as_0_or_100_percent_only_where_it_is(share: float) -> None:
    assert (percent(share).en == "0 %") == (share == 0)
    assert (percent(share).en in ("100 %", "100.0 %")) == (share == 1)


def test_the_phrase_of_referral_is_the_agreed_one() -> None:
    assert NO_RECOMMENDATION.es == "Sin recomendación – escalar a especialista"
    assert NO_RECOMMENDATION.en == "No recommendation – refer to a specialist"
