"""An application as JSON Schema and OpenAPI, derived from its inputs."""

import base64
from collections.abc import Callable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any

from PIL import Image as Pixels

from avicena.api.body import FORM
from avicena.api.headers import FHIR, JSON
from avicena.core.application import Application
from avicena.core.case import Image, Input
from avicena.formats.intake import findings_input
from avicena.formats.phenopacket import FIELD

Schema = dict[str, Any]

SUBJECT: Schema = {
    "type": "string",
    "pattern": "^[A-Za-z0-9._-]{1,64}$",
    "description": "the patient's pseudonym; never a name or a record number",
}


PHENOPACKET: Schema = {
    "type": "object",
    "title": "phenopacket",
    "description": "a GA4GH phenopacket of version 2: its findings, age and sex count, beside other fields or alone",
}
PACKET: dict[str, Any] = {
    "id": "example",
    "subject": {
        "id": "P-0001",
        "timeAtLastEncounter": {"age": {"iso8601duration": "P6Y6M"}},
        "sex": "FEMALE",
    },
    "phenotypicFeatures": [
        {"type": {"id": "HP:0001250", "label": "Seizure"}, "onset": {"age": {"iso8601duration": "P6M"}}},
        {"type": {"id": "HP:0001263", "label": "Global developmental delay"}},
        {"type": {"id": "HP:0000252", "label": "Microcephaly"}, "excluded": True},
    ],
    "metaData": {
        "created": "2026-01-01T00:00:00Z",
        "createdBy": "a physician",
        "resources": [],
        "phenopacketSchemaVersion": "2.0",
    },
}


def describe(app: Application) -> dict[str, Any]:
    """What an application asks and answers, and its limits."""
    return {
        "name": app.name,
        "purpose": {"en": app.purpose.en, "es": app.purpose.es},
        "inputs": schema(app, _base64),
        "stages": {stage.name: list(stage.classes) for stage in app.chain},
        "limits": [{"en": limit.en, "es": limit.es} for limit in app.limits],
        "links": {"self": f"/v1/{app.name}", "answers": f"/v1/{app.name}/answers"},
    }


def schema(app: Application, picture: Callable[[Schema], Schema]) -> Schema:
    """The schema of the inputs, where `picture` says how a picture is sent."""
    properties = {name: _one(kind, picture) for name, kind in app.inputs.items()}
    for name, one in properties.items():
        one["title"] = app.word(name).en
    packet = {FIELD: PHENOPACKET} if findings_input(app.contract) is not None else {}
    return {
        "type": "object",
        "properties": properties | packet | {"subject": SUBJECT},
        "required": [name for name, kind in app.inputs.items() if kind.required],
        "additionalProperties": False,
    }


def request_body(app: Application) -> dict[str, Any]:
    """The OpenAPI request body of a question, in both media types, with an example."""
    pictures = {name: kind for name, kind in app.inputs.items() if isinstance(kind, Image)}
    example = {name: _example(kind) for name, kind in app.inputs.items()} | {"subject": "P-0001"}
    form = {
        "schema": schema(app, _binary),
        "encoding": {name: {"contentType": "image/jpeg, image/png, application/dicom"} for name in pictures},
        "example": {name: value for name, value in example.items() if name not in pictures},
    }
    words = "an empty picture, which is referred: put a real one in its place" if pictures else "a made-up patient"
    shown = {"case": {"summary": "A case", "description": words, "value": example}}
    if findings_input(app.contract) is not None:
        value = {FIELD: PACKET, "subject": "P-0001"}
        shown["packet"] = {"summary": "A GA4GH phenopacket", "description": "a made-up patient", "value": value}
    json = {"schema": schema(app, _base64), "examples": shown}
    return {"required": True, "content": {FORM: form, JSON: json}}


def _one(kind: Input, picture: Callable[[Schema], Schema]) -> Schema:
    return picture(kind.schema()) if isinstance(kind, Image) else dict(kind.schema())


def _binary(given: Schema) -> Schema:
    return {**given, "format": "binary"}


def _base64(given: Schema) -> Schema:
    return {**given, "contentEncoding": "base64", "description": given["description"] + ", in base64"}


def _example(kind: Input) -> Any:
    return _empty(kind.min_side) if isinstance(kind, Image) else kind.example()


@lru_cache(maxsize=8)
def _empty(side: int) -> str:
    """A black PNG in base64."""
    file = BytesIO()
    Pixels.new("L", (side, side)).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


_WORDS: Schema = {
    "type": ["object", "null"],
    "properties": {"en": {"type": "string"}, "es": {"type": "string"}},
    "required": ["en", "es"],
    "description": "the same words in English and Spanish",
}
_NUMBERS: Schema = {"type": "object", "additionalProperties": {"type": "number"}}
_NAMES: Schema = {"type": "array", "items": {"type": "string"}}


def _object(properties: Mapping[str, Schema], **more: Any) -> Schema:
    return {"type": "object", "properties": dict(properties), "required": list(properties), **more}


ANSWER: Schema = _object(
    {
        "id": {"type": "string", "format": "uuid"},
        "at": {"type": "string", "format": "date-time"},
        "application": {"type": "string"},
        "subject": {"type": ["string", "null"]},
        "inputs": _object(
            {"digest": {"type": "string"}, "given": _NAMES, "missing": _NAMES, "pictures": {"type": "object"}}
        ),
        "stages": {
            "type": "array",
            "items": _object(
                {
                    "stage": {"type": "string"},
                    "best": {"type": "string"},
                    "scores": {**_NUMBERS, "description": "probabilities that sum to 1"},
                    "plausible": {**_NAMES, "description": "the conformal set at level 1 - alpha"},
                    "alpha": {"type": "number"},
                    "outlier": {"type": ["object", "null"], "description": "distance from the training data"},
                    "explanation": {"type": "object", "description": "heat map by link, and TreeSHAP contributions"},
                }
            ),
        },
        "decision": _object(
            {
                "action": {"enum": ["suggest", "refer"]},
                "outcome": {"type": ["string", "null"]},
                "words": _WORDS,
                "reason": _WORDS,
            }
        ),
        "review": _object({"scope": {"enum": ["suggest", "refer"]}, "reason": _WORDS}),
        "model": _object({"version": {"type": "integer"}, "bundle": {"type": "string"}, "weights": {"type": "object"}}),
        "limits": {"type": "array", "items": _WORDS},
        "links": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    title="Answer",
    description="The whole of one answered question.",
)

PROBLEM: Schema = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457); `errors` names every wrong field at once.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": _object({name: {"type": "string"} for name in ("field", "pointer", "detail")}),
        },
    },
    "required": ["type", "title", "status", "request_id"],
}

VIEWS: dict[str, Any] = {
    JSON: {"schema": {"$ref": "#/components/schemas/Answer"}},
    FHIR: {"schema": {"type": "object", "description": "FHIR R4 Bundle", "required": ["resourceType"]}},
}
