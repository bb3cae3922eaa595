"""The JSON view of an answer."""

from dataclasses import replace

import orjson
import pytest

from avicena.core import digest
from avicena.formats.answer import heat_map_path, view
from tests.formats import samples
from tests.formats.samples import ANSWERS, APPLICATION, NOTE


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_answer_can_be_sent_and_repeats_no_note(kind: str) -> None:
    sent = orjson.dumps(view(ANSWERS[kind](), APPLICATION)).decode()
    assert NOTE[:20] not in sent


def test_the_inputs_are_named_by_digest_and_by_what_was_given() -> None:
    answer = samples.suggestion()
    assert view(answer, APPLICATION)["inputs"] == {
        "digest": digest.of(answer.case),
        "given": ["mri", "age", "note"],
        "missing": ["sex"],
        "pictures": {"mri": samples.PICTURE},
    }


def test_each_stage_gives_scores_set_and_gate() -> None:
    tumour, treatment = view(samples.referral(), APPLICATION)["stages"]
    assert tumour["scores"] == {"glioma": 0.9412, "meningioma": 0.0539, "pituitary": 0.0049}
    assert tumour["outlier"] == {"distance": 12.5, "limit": 30.0, "familiar": True}
    assert tumour["labels"]["pituitary"] == {"en": "pituitary tumour", "es": "tumor hipofisario"}
    assert treatment["plausible"] == ["surgery", "radiotherapy", "monitoring"]
    assert (treatment["alpha"], treatment["outlier"]) == (0.1, None)


def test_a_referral_says_so_in_the_agreed_words_with_its_reason() -> None:
    sent = view(samples.referral(), APPLICATION)
    assert sent["decision"] == {
        "action": "refer",
        "outcome": None,
        "words": {
            "en": "No recommendation – refer to a specialist",
            "es": "Sin recomendación – escalar a especialista",
        },
        "reason": {"en": samples.NO_SIGNAL.en, "es": samples.NO_SIGNAL.es},
    }
    assert sent["review"]["scope"] == "refer"


def test_a_suggestion_names_its_outcome() -> None:
    decision = view(samples.suggestion(), APPLICATION)["decision"]
    assert (decision["action"], decision["outcome"]) == ("suggest", "surgery")
    assert decision["words"]["es"] == "Sugerencia – cirugía"


def test_the_heat_map_is_explained_in_the_same_response() -> None:
    answer = samples.suggestion()
    sent = view(answer, APPLICATION, base_url_path="/v2")
    shown = sent["stages"][0]["explanation"]["heat_map"]
    assert shown["href"] == sent["links"]["heat_map"] == f"/v2/answers/{answer.id}/heat-map.png"
    assert shown["label"] == "glioma"
    peak = {"x": 0.25, "y": 0.3, "width": 0.12, "height": 0.2}
    assert shown["peak"] == {**peak, "words": {"en": "middle left", "es": "central izquierda"}}
    assert sent["stages"][1]["explanation"]["heat_map"] is None


def test_a_second_heat_map_is_asked_for_by_its_stage() -> None:
    answer = samples.answered(treatment=replace(samples.TREATMENT, heat_map=samples.TUMOUR.heat_map))
    assert heat_map_path(answer, "tumour").endswith("/heat-map.png")
    assert heat_map_path(answer, "treatment").endswith("/heat-map.png?stage=treatment")


def test_contributions_are_complete_sorted_and_in_words() -> None:
    explanation = view(samples.suggestion(), APPLICATION)["stages"][1]["explanation"]
    effects = [abs(one["effect"]) for one in explanation["contributions"]]
    assert effects == sorted(effects, reverse=True)
    assert len(effects) == len(samples.TREATMENT.contributions)
    assert [one["feature"] for one in explanation["strongest"]] == ["symptom=headache", "tumour=glioma", "age"]
    assert explanation["strongest"][0]["words"] == {
        "en": "headache (yes) speaks against surgery (-0.50 log-odds)",
        "es": "cefalea (sí) habla en contra de cirugía (-0,50 log-odds)",
    }


@pytest.mark.parametrize(("kind", "proven"), [("suggestion", [True, True]), ("referral", [True, False])])
def test_reasons_are_marked_as_unproven_where_the_review_found_no_signal(kind: str, proven: list[bool]) -> None:
    stages = view(ANSWERS[kind](), APPLICATION)["stages"]
    assert [stage["explanation"]["proven"] for stage in stages] == proven


def test_nothing_is_proven_on_an_unfamiliar_picture() -> None:
    stages = view(samples.unfamiliar(), APPLICATION)["stages"]
    assert [stage["explanation"]["proven"] for stage in stages] == [False, False]


def test_the_model_is_named_as_one_unit() -> None:
    answer = samples.suggestion()
    unit = answer.route.live
    assert view(answer, APPLICATION)["model"] == {
        "application": "brain-tumour",
        "version": 3,
        "bundle": unit.bundle,
        "weights": dict(unit.weights),
        "arm": "primary",
    }
