"""The platform's own reasons to refer come before the application's rule."""

from dataclasses import replace

import pytest

from avicena import Text
from avicena.core.answer import Confidence, Prediction, StagePrediction
from avicena.serve import decide, difference
from avicena_applications.brain_tumour import application

TUMOUR = StagePrediction("tumour", {"glioma": 0.9, "meningioma": 0.1}, Confidence(("glioma",), 0.1, 1.0, 2.0))
TREATMENT = StagePrediction("treatment", {"surgery": 0.8, "monitoring": 0.2}, Confidence(("surgery",), 0.1))
SURE = Prediction((TUMOUR, TREATMENT), "suggest")


def test_one_plausible_tumour_and_treatment_are_a_suggestion() -> None:
    found = decide(application, SURE)
    assert (found.action, found.outcome) == ("suggest", "surgery")


def test_a_model_released_for_referral_only_refers_with_its_reason() -> None:
    reason = Text("no signal beyond tumour class (p = 0.43)", "no hay señal")
    assert decide(application, replace(SURE, scope="refer", scope_reason=reason)).reason == reason


def test_an_unfamiliar_picture_is_referred_whatever_the_model_may_do() -> None:
    far = replace(TUMOUR, confidence=Confidence(("glioma",), 0.1, 2.1, 2.0))
    found = decide(application, replace(SURE, stages=(far, TREATMENT)))
    assert found.action == "refer"
    assert "does not look like" in found.reason.en


@pytest.mark.parametrize("plausible", [(), ("surgery", "monitoring")])
def test_none_or_several_plausible_treatments_are_referred(plausible: tuple[str, ...]) -> None:
    open_ = replace(TREATMENT, confidence=Confidence(plausible, 0.1))
    assert decide(application, replace(SURE, stages=(TUMOUR, open_))).action == "refer"


def test_two_predictions_differ_by_their_largest_difference_and_without_bound_when_labels_do() -> None:
    other = replace(TREATMENT, scores={"surgery": 0.7, "monitoring": 0.3})
    assert difference(SURE, replace(SURE, stages=(TUMOUR, other))) == pytest.approx(0.1)
    renamed = replace(TREATMENT, scores={"surgery": 0.8, "radiotherapy": 0.2})
    assert difference(SURE, replace(SURE, stages=(TUMOUR, renamed))) == float("inf")
