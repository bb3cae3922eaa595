"""The FHIR view of a ranked list: valid for two validators, in rank order, and silent where no list may be given."""

from dataclasses import replace
from functools import cache
from typing import Any

import orjson
import pytest
from fhir.resources.R4B.bundle import Bundle
from pydantic import ValidationError
from pyrofile_validator import Validator
from pyrofile_validator.config import ValidatorConfig

from avicena import lifecycle
from avicena.core.answer import Answer
from avicena.formats import fhir
from avicena.formats.answer import view
from avicena.formats.words import NO_RECOMMENDATION, sentences
from avicena.site import Site
from tests import ranked, toy
from tests.formats import samples

CASES = {
    "suggested": toy.raw(),
    "from a note": toy.raw(findings=["HP:0002197@P3M"], note="Global developmental delay. No microcephaly was seen."),
    "too few": toy.raw(findings=["-HP:0001250"], subject=None),
    "old ids": toy.raw(findings=["HP:0001303", "HP:0000057@HP:0003577", "HP:0001263"], age=None, sex=None),
}


@cache
def _validator() -> Validator:
    return Validator(ValidatorConfig())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return ranked.ranked_site(tmp_path_factory.mktemp("fhir"))


def answer(site: Site, kind: str) -> Answer:
    return lifecycle.answer(site, "diagnosis", CASES[kind], ranked.PERSON)


def resources(found: Answer) -> dict[str, list[dict[str, Any]]]:
    made: dict[str, list[dict[str, Any]]] = {}
    for entry in orjson.loads(orjson.dumps(fhir.bundle(found, ranked.application)))["entry"]:
        made.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    return made


@pytest.mark.parametrize("kind", CASES)
def test_two_validators_find_nothing_wrong(site: Site, kind: str) -> None:
    made = orjson.loads(orjson.dumps(fhir.bundle(answer(site, kind), ranked.application)))
    assert [f"{issue.code} {issue.path}" for issue in _validator().validate_resource(made).issues] == []
    try:
        Bundle.model_validate(made)
    except ValidationError as error:
        pytest.fail(f"fhir.resources: {error.error_count()} errors: {[one['loc'] for one in error.errors()]}")


def test_an_observation_is_derived_from_no_risk_assessment(site: Site) -> None:
    ranking = answer(site, "suggested").prediction.outcome.ranking
    found = next(one for build in samples.ANSWERS.values() if len((one := build()).prediction.stages) > 1)
    first, *rest = found.prediction.stages
    changed = replace(found, prediction=replace(found.prediction, stages=(replace(first, ranking=ranking), *rest)))
    entries = fhir.bundle(changed, samples.APPLICATION)["entry"]
    kinds = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in entries}
    assert "RiskAssessment" in kinds.values()
    for entry in entries:
        told = entry["resource"].get("derivedFrom", []) + entry["resource"].get("reasonReference", [])
        assert {kinds[one["reference"]] for one in told} <= {"Observation"}


def test_the_predictions_stand_in_rank_order_with_percentages_and_codes(site: Site) -> None:
    found = answer(site, "suggested")
    (assessment,) = resources(found)["RiskAssessment"]
    told = [one["probabilityDecimal"] for one in assessment["prediction"]]
    assert told == sorted(told, reverse=True)
    assert sum(told) == pytest.approx(100, abs=0.01)
    first = assessment["prediction"][0]
    assert first["outcome"]["coding"][0] == {
        "system": "https://omim.org",
        "code": "100001",
        "display": "Seizure disease A",
    }
    assert first["qualitativeRisk"]["coding"][0]["code"] == "high"
    assert "Generalized seizure" in first["rationale"]
    assert any("ninguna de estas" in one["outcome"]["text"] for one in assessment["prediction"])
    assert "ServiceRequest" not in resources(found)


def test_each_finding_is_an_observation_the_absent_ones_too(site: Site) -> None:
    made = resources(answer(site, "suggested"))
    told = {one["code"]["coding"][0]["code"]: one["valueCodeableConcept"]["coding"][0] for one in made["Observation"]}
    assert {code: value["display"] for code, value in told.items()} == {
        "HP:0002197": "Present",
        "HP:0001263": "Present",
        "HP:0000252": "Absent",
    }
    basis = {one["reference"] for one in made["RiskAssessment"][0]["basis"]}
    assert basis == {one["reference"] for one in made["DiagnosticReport"][0]["result"]}


def test_only_what_a_machine_asserted_is_labelled_so(site: Site) -> None:
    made = resources(answer(site, "from a note"))
    labelled = {one["code"]["coding"][0]["code"]: "meta" in one for one in made["Observation"]}
    assert labelled == {"HP:0002197": False, "HP:0001263": True, "HP:0000252": True}
    assert all("meta" in one for one in made["RiskAssessment"])


def test_a_referral_states_no_prediction_and_says_why(site: Site) -> None:
    found = answer(site, "too few")
    (assessment,) = resources(found)["RiskAssessment"]
    assert "prediction" not in assessment
    assert "no observed finding" in assessment["note"][0]["text"]
    assert NO_RECOMMENDATION.es in resources(found)["DiagnosticReport"][0]["conclusion"]


def test_the_json_view_holds_names_links_reasons_and_questions(site: Site) -> None:
    (stage,) = view(answer(site, "suggested"), ranked.application)["stages"]
    first = stage["ranking"]["diseases"][0]
    assert (first["rank"], first["id"]) == (1, "OMIM:100001")
    assert first["links"] == {"OMIM:100001": "https://omim.org/entry/100001"}
    assert {one["id"] for one in first["findings"]} == {"HP:0002197", "HP:0001263", "HP:0000252"}
    assert first["because"][0]["words"]["es"]
    assert stage["ranking"]["next"][0]["label"]["es"] == "Hipotonía"
    assert stage["labels"]["none-of-these"] == {"en": "none of these", "es": "ninguna de estas"}


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_words_name_the_list_the_reasons_and_what_to_ask(site: Site, lang: Any) -> None:
    told = "\n".join(sentences(answer(site, "suggested"), ranked.application, lang))
    wanted = {
        "en": ("Differential – 1. Seizure disease A", "speaks for it: Generalized seizure", "Ask next: 1. Hypotonia"),
        "es": (
            "diferencial – 1. Seizure disease A",
            "habla a favor: Crisis generalizada",
            "Preguntar después: 1. Hipotonía",
        ),
    }[lang]
    assert all(words in told for words in wanted)


def test_the_note_never_leaves_in_the_bundle(site: Site) -> None:
    assert "was seen" not in orjson.dumps(fhir.bundle(answer(site, "from a note"), ranked.application)).decode()
