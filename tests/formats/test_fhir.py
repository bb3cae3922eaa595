"""The FHIR view: valid for two independent validators, honest on abstention, the same on every reading."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from fhir.resources.R4B.bundle import Bundle
from pydantic import ValidationError
from pyrofile_validator import Validator
from pyrofile_validator.config import ValidatorConfig

from avicena.core.answer import Answer
from avicena.core.text import Text
from avicena.formats import fhir
from tests.formats import samples
from tests.formats.samples import ANSWERS, APPLICATION, NOTE

GOLDEN = Path(__file__).parents[1] / "golden" / "fhir"

Resource = dict[str, Any]


@cache
def _validator() -> Validator:
    return Validator(ValidatorConfig())


def _problems(bundle: Resource) -> list[str]:
    """What the two validators say against a Bundle."""
    found = [f"{issue.code} {issue.path}" for issue in _validator().validate_resource(bundle).issues]
    try:
        Bundle.model_validate(bundle)
    except ValidationError as error:
        found.append(f"fhir.resources: {error.error_count()} errors")
    return found


def _made(answer: Answer) -> dict[str, list[Resource]]:
    """The resources of an answer's Bundle by type, after a way over the wire."""
    made: dict[str, list[Resource]] = {}
    sent = orjson.loads(orjson.dumps(fhir.bundle(answer, APPLICATION)))
    for entry in sent["entry"]:
        made.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    return made


@pytest.mark.parametrize("kind", ANSWERS)
def test_two_validators_find_nothing_wrong(kind: str) -> None:
    assert _problems(fhir.bundle(ANSWERS[kind](), APPLICATION)) == []


@pytest.mark.parametrize("kind", ANSWERS)
def test_the_bundle_is_byte_for_byte_the_golden_one(kind: str) -> None:
    sent = orjson.dumps(fhir.bundle(ANSWERS[kind](), APPLICATION), option=orjson.OPT_INDENT_2) + b"\n"
    assert sent == (GOLDEN / f"{kind}.json").read_bytes()


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_reference_within_the_bundle_leads_to_one_of_its_resources(kind: str) -> None:
    bundle = fhir.bundle(ANSWERS[kind](), APPLICATION)
    addresses = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(addresses)) == len(addresses)
    assert set(_references(bundle)) <= set(addresses)


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        here = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return here + [found for one in value.values() for found in _references(one)]
    return [found for one in value for found in _references(one)] if isinstance(value, list) else []


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_figure_is_given_or_its_absence_is_explained_but_never_both(kind: str) -> None:
    for observation in _made(ANSWERS[kind]())["Observation"]:
        for one in (observation, *observation["component"]):
            said = [name for name in one if name.startswith("value") or name == "dataAbsentReason"]
            assert len(said) == 1


def test_each_reference_leads_to_the_kind_of_resource_that_fhir_allows_there() -> None:
    bundle = fhir.bundle(samples.suggestion(), APPLICATION)
    kind = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in bundle["entry"]}
    report, request = _resource(bundle, "DiagnosticReport"), _resource(bundle, "ServiceRequest")
    assert {kind[one] for one in _references(report["result"])} == {"Observation"}
    assert {kind[one] for one in _references(report["media"])} == {"Media"}
    assert {kind[one] for one in _references(request["requester"])} == {"Device"}
    assert {kind[one] for one in _references(request["reasonReference"])} == {"Observation"}
    assert {kind[one] for one in _references(_resource(bundle, "Media")["device"])} == {"Device"}


def test_a_suggestion_is_a_draft_proposal_by_the_model_with_its_code() -> None:
    made = _made(samples.suggestion())
    (request,) = made["ServiceRequest"]
    assert (request["status"], request["intent"]) == ("draft", "proposal")
    assert request["code"]["coding"] == [
        {"system": "http://snomed.info/sct", "code": "387713003", "display": "Surgical procedure"}
    ]
    treatment = made["Observation"][1]
    assert treatment["valueCodeableConcept"]["text"] == "surgery / cirugía"
    assert "dataAbsentReason" not in treatment


@pytest.mark.parametrize("kind", ["referral", "unfamiliar"])
def test_an_abstention_proposes_nothing_and_says_why(kind: str) -> None:
    answer = ANSWERS[kind]()
    made = _made(answer)
    assert "ServiceRequest" not in made
    treatment = made["Observation"][1]
    assert "valueCodeableConcept" not in treatment
    assert treatment["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert answer.decision.reason.es in treatment["dataAbsentReason"]["text"]
    conclusion = made["DiagnosticReport"][0]["conclusion"]
    assert "Sin recomendación – escalar a especialista" in conclusion
    assert "No recommendation – refer to a specialist" in conclusion


def test_each_class_has_a_component_with_its_probability() -> None:
    tumour, treatment = _made(samples.referral())["Observation"]
    assert [one["valueQuantity"]["value"] for one in tumour["component"]] == [0.9412, 0.0539, 0.0049]
    assert [one["code"]["text"] for one in treatment["component"]] == [
        "surgery / cirugía",
        "radiotherapy / radioterapia",
        "close monitoring / vigilancia estrecha",
    ]
    assert tumour["valueCodeableConcept"]["coding"][0]["code"] == "393564001"


def test_no_figure_is_given_for_a_picture_unlike_those_of_training() -> None:
    for observation in _made(samples.unfamiliar())["Observation"]:
        assert "valueCodeableConcept" not in observation
        assert all("valueQuantity" not in one and "dataAbsentReason" in one for one in observation["component"])


def test_a_class_that_is_not_the_only_plausible_one_is_not_stated() -> None:
    unsure = replace(samples.TUMOUR, confidence=replace(samples.TUMOUR.confidence, plausible=("glioma", "meningioma")))
    bundle = fhir.bundle(samples.answered(tumour=unsure), APPLICATION)
    tumour = bundle["entry"][1]["resource"]
    assert "valueCodeableConcept" not in tumour
    assert [one["interpretation"][0]["text"][:9] for one in tumour["component"]] == ["plausible"] * 2 + ["not plaus"]
    assert _problems(bundle) == []


def test_all_that_the_model_asserted_carries_the_ai_label() -> None:
    made = _made(samples.suggestion())
    labelled = {kind for kind, found in made.items() if all("meta" in one for one in found)}
    assert labelled == {"DiagnosticReport", "Observation", "Media", "ServiceRequest"}
    assert made["DiagnosticReport"][0]["meta"]["security"][0]["code"] == "AIAST"


def test_the_device_holds_the_digests_of_the_bundle_and_of_all_weights() -> None:
    answer = samples.suggestion()
    (device,) = _made(answer)["Device"]
    unit = answer.route.live
    assert [one["valueCode"][0]["text"] for one in device["property"]] == [unit.bundle, *unit.weights.values()]
    assert device["version"][0]["value"] == "3"


def test_the_provenance_names_the_model_who_asked_and_the_inputs() -> None:
    answer = samples.suggestion()
    bundle = fhir.bundle(answer, APPLICATION)
    address = {entry["resource"]["resourceType"]: entry["fullUrl"] for entry in bundle["entry"]}
    (provenance,) = _made(answer)["Provenance"]
    model, person = provenance["agent"]
    assert model["who"]["reference"] == address["Device"]
    assert person["who"]["identifier"]["value"] == "dr.house"
    assert samples.PICTURE in [one["what"]["identifier"]["value"] for one in provenance["entity"]]
    made = [entry["fullUrl"] for entry in bundle["entry"] if "meta" in entry["resource"]]
    assert [one["reference"] for one in provenance["target"]] == made


@pytest.mark.parametrize("kind", ANSWERS)
def test_the_note_never_leaves_in_the_bundle(kind: str) -> None:
    sent = json.dumps(fhir.bundle(ANSWERS[kind](), APPLICATION), ensure_ascii=False)
    assert NOTE[:20] not in sent
    assert ("P-0042" in sent) == (kind != "nameless")


def test_words_with_markup_cannot_break_the_narrative() -> None:
    reason = replace(samples.referral().decision, reason=Text("a < b & <script>", "a < b & <script>"))
    bundle = fhir.bundle(samples.answered(decision=reason), APPLICATION)
    assert "<script>" not in bundle["entry"][0]["resource"]["text"]["div"]
    assert _problems(bundle) == []


def _resource(bundle: Resource, kind: str) -> Resource:
    found: Resource = next(one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == kind)
    return found


# Both validators are blind to bound codes of inner elements, to the kind of a reference's target and to the invariant
# that a value excludes the reason for its absence: the tests above and the golden files hold these.
MUTANTS: dict[str, Callable[[Resource], Any]] = {
    "report without status": lambda b: _resource(b, "DiagnosticReport").pop("status"),
    "report with a status that does not exist": lambda b: _resource(b, "DiagnosticReport").update(status="prelim"),
    "report without code": lambda b: _resource(b, "DiagnosticReport").pop("code"),
    "report with an unknown field": lambda b: _resource(b, "DiagnosticReport").update(probability=0.9),
    "report issued on a day, not at an instant": lambda b: _resource(b, "DiagnosticReport").update(issued="2026-11-22"),
    "report that points to nothing": lambda b: _resource(b, "DiagnosticReport").update(
        result=[{"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"}]
    ),
    "narrative that is no XHTML": lambda b: _resource(b, "DiagnosticReport")["text"].update(div="<div>open"),
    "observation with two values": lambda b: _resource(b, "Observation").update(valueString="glioma"),
    "observation without code": lambda b: _resource(b, "Observation").pop("code"),
    "observation with a status that does not exist": lambda b: _resource(b, "Observation").update(status="guess"),
    "component without code": lambda b: _resource(b, "Observation")["component"][0].pop("code"),
    "component with a probability in words": lambda b: _resource(b, "Observation")["component"][0].update(
        valueQuantity={"value": "high"}
    ),
    "request without subject": lambda b: _resource(b, "ServiceRequest").pop("subject"),
    "request without intent": lambda b: _resource(b, "ServiceRequest").pop("intent"),
    "request with an intent that does not exist": lambda b: _resource(b, "ServiceRequest").update(intent="suggestion"),
    "device property without type": lambda b: _resource(b, "Device")["property"][0].pop("type"),
    "provenance without target": lambda b: _resource(b, "Provenance").pop("target"),
    "provenance without agent": lambda b: _resource(b, "Provenance").pop("agent"),
    "media without content": lambda b: _resource(b, "Media").pop("content"),
    "bundle of no type": lambda b: b.pop("type"),
    "bundle with one address twice": lambda b: b["entry"].append(copy.deepcopy(b["entry"][0])),
    "entry without an address": lambda b: b["entry"][0].pop("fullUrl"),
    "address that is no UUID": lambda b: b["entry"][0].update(fullUrl="urn:uuid:first"),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_validators_would_have_seen(mutant: str) -> None:
    bundle = copy.deepcopy(fhir.bundle(samples.suggestion(), APPLICATION))
    MUTANTS[mutant](bundle)
    assert _problems(bundle) != []
