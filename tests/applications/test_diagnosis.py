"""The application `diagnosis`: total in every decision, with words in both languages."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.core.answer import Confidence, Prediction, StagePrediction
from avicena.core.ranking import NONE, Ranked, Ranking
from avicena.core.text import Text
from avicena.formats.intake import intake
from avicena_applications import diagnosis
from avicena_applications.diagnosis import application, decide

SAMPLES = Path(diagnosis.__file__).parent / "samples"
IDS = ("OMIM:1", "OMIM:2", "ORPHA:3")


def predicted(plausible: list[str], count: int) -> Prediction:
    diseases = tuple(Ranked(id, Text(id, id), 0.2) for id in IDS[:count])
    ranking = Ranking("sha256:x", diseases, 0.4, 0.0, ())
    scores = {**dict.fromkeys(IDS, 0.2), NONE: 0.4}
    stage = StagePrediction("differential", scores, Confidence(tuple(plausible), 0.1), ranking=ranking)
    return Prediction((stage,), "suggest")


@given(st.lists(st.sampled_from([*IDS, NONE]), unique=True), st.integers(0, 3))
def test_every_prediction_is_decided_and_only_a_plausible_leader_is_suggested(plausible: list[str], count: int) -> None:
    decision = decide(predicted(plausible, count))
    assert (decision.action == "suggest") == (count > 0 and IDS[0] in plausible)
    assert decision.outcome in ((IDS[0],) if decision.action == "suggest" else (None,))
    assert decision.reason.en
    assert decision.reason.es


def test_every_input_and_stage_has_its_name_in_both_languages() -> None:
    for name in (*application.inputs, *(stage.name for stage in application.chain), *diagnosis.SEXES):
        assert application.word(name) != Text(name, name), name


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ({"age": "P3W", "sex": "male", "findings": []}, ("male", "0-0", "0-4")),
        ({"age": 44.9, "findings": [f"HP:{n:07d}" for n in range(7)]}, ("unknown", "18-44", "5-9")),
        ({}, ("unknown", "unknown", "0-4")),
        ({"age": 130, "findings": [f"HP:{n:07d}" for n in range(20)]}, ("unknown", "45+", "20+")),
    ],
)
def test_each_case_belongs_to_one_level_of_each_group(values: dict[str, Any], groups: tuple[str, ...]) -> None:
    case, _ = intake(application.contract, values)
    assert tuple(of(case) for of in application.groups.values()) == groups


def test_the_sample_is_a_patient_that_may_be_asked_about() -> None:
    case, pictures = intake(application.contract, {"phenopacket": (SAMPLES / "patient.json").read_bytes()})
    assert (case.subject, case.values["age"], len(case.values["findings"] or ())) == ("SAMPLE-1", 4.0, 6)  # type: ignore[arg-type]
    assert pictures == {}
