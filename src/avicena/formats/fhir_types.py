"""The small parts that FHIR resources are made of: concepts, codes and narrative, as plain JSON (FHIR R4, 4.0.1)."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from avicena.core.application import Application
from avicena.core.text import Text

Resource = dict[str, Any]

HL7 = "http://terminology.hl7.org/CodeSystem/"

AI_ASSERTED = {"system": f"{HL7}v3-ObservationValue", "code": "AIAST", "display": "Artificial Intelligence asserted"}
"""The security label of what an artificial intelligence asserted (HL7 AI Transparency on FHIR, 1.0.0-ballot)."""

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
"""The extension that stands in the place of a value that FHIR requires and nobody gave."""


def both(text: Text) -> str:
    """English and Spanish in one string, for fields that hold only one."""
    return text.en if text.en == text.es else f"{text.en} / {text.es}"


def concept(name: str, application: Application, words: Text | None = None) -> Resource:
    """A name as a CodeableConcept: always in words, and coded where the application says how."""
    text = {"text": both(words or application.word(name))}
    if name not in application.codes:
        return text
    system, code, display = application.codes[name]
    return {"coding": [{"system": system, "code": code, "display": display}], **text}


def absent(why: Text) -> Resource:
    """`unknown`: a value is expected to exist, but the model does not know it (HL7 data-absent-reason)."""
    coding = {"system": f"{HL7}data-absent-reason", "code": "unknown", "display": "Unknown"}
    return {"coding": [coding], "text": both(why)}


def participant(code: str, display: str) -> Resource:
    """Who took part in what a Provenance tells, by type code and display."""
    return {"coding": [{"system": f"{HL7}provenance-participant-type", "code": code, "display": display}]}


def narrative(told: Iterable[Text]) -> str:
    """The answer's sentences as XHTML, for readers that show nothing else (FHIR R4, section 2.4.4)."""
    said: Mapping[str, list[str]] = {"en": [], "es": []}
    for line in told:
        said["en"].append(f"<p>{escape(line.en)}</p>")
        said["es"].append(f"<p>{escape(line.es)}</p>")
    parts = "".join(f'<div lang="{tongue}">{"".join(found)}</div>' for tongue, found in said.items())
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{parts}</div>'
