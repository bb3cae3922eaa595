"""An answer that ranks diseases as a GA4GH phenopacket, version 2, in JSON."""

from typing import Any

from avicena.core.answer import Answer
from avicena.core.application import Application
from avicena.core.errors import NotFound
from avicena.core.findings import FORM
from avicena.core.onset import ONSET_LABELS, age_years
from avicena.core.ranking import Considered, Ranked, Ranking
from avicena.formats.phrases import percent
from avicena.version import __version__

_SEXES = {"male": "MALE", "female": "FEMALE", "other": "OTHER_SEX"}

_ICD10 = (
    "icd10",
    "International Statistical Classification of Diseases, tenth revision",
    "https://icd.who.int/browse10",
    "https://icd.who.int/browse10/2019/en#/",
)
_RESOURCES = {
    "HP": (
        "hp",
        "Human Phenotype Ontology",
        "http://purl.obolibrary.org/obo/hp.owl",
        "http://purl.obolibrary.org/obo/HP_",
    ),
    "OMIM": ("omim", "Online Mendelian Inheritance in Man", "https://www.omim.org", "https://www.omim.org/entry/"),
    "ORPHA": ("orphanet", "Orphanet", "https://www.orphadata.com", "https://www.orpha.net/en/disease/detail/"),
    "MONDO": (
        "mondo",
        "Mondo Disease Ontology",
        "http://purl.obolibrary.org/obo/mondo.owl",
        "http://purl.obolibrary.org/obo/MONDO_",
    ),
    "DECIPHER": (
        "decipher",
        "DECIPHER",
        "https://www.deciphergenomics.org",
        "https://www.deciphergenomics.org/syndrome/",
    ),
    "ICD10CM": (
        "icd10cm",
        "International Classification of Diseases, tenth revision, clinical modification",
        "https://www.cdc.gov/nchs/icd/icd-10-cm",
        "http://purl.bioontology.org/ontology/ICD10CM/",
    ),
    "ICD10": _ICD10,
    "ICD10WHO": _ICD10,
}
"""Id, name, url and IRI prefix of each vocabulary that a packet of ours may name."""


def packet(answer: Answer, application: Application) -> dict[str, Any]:
    """The findings that were ranked with, and an interpretation for each disease of the list, in rank order.

    Codes of a vocabulary of one's own that mean no HPO term are left out: a packet could not say what they are.
    No interpretation is written where no list may be given. Raises NotFound (the answer ranks no diseases).
    """
    ranking = answer.prediction.outcome.ranking
    if ranking is None:
        raise NotFound(f"an answer of {application.name} is no list of diseases; ask for json or fhir")
    said = ranking.withheld is None and answer.decision.action == "suggest"
    return {
        "id": answer.id,
        "subject": _subject(answer),
        "phenotypicFeatures": [_feature(one) for one in ranking.findings if FORM.fullmatch(one.id)],
        "interpretations": [_interpretation(n, one, answer) for n, one in enumerate(ranking.diseases, 1)]
        if said
        else [],
        "metaData": {
            "created": answer.at,
            "createdBy": f"Avicena {__version__}, {application.name} {answer.route.live.version}",
            "submittedBy": answer.actor.id,
            "resources": _resources(ranking),
            "phenopacketSchemaVersion": "2.0",
        },
    }


def _subject(answer: Answer) -> dict[str, Any]:
    """The patient by pseudonym, or by that of the answer, for a packet must have one."""
    age, sex = answer.case.number("age"), answer.case.values.get("sex")
    found: dict[str, Any] = {"id": answer.case.subject or f"patient-{answer.id}"}
    if age == age:
        found["timeAtLastEncounter"] = {"age": {"iso8601duration": duration(age)}}
    found["sex"] = _SEXES.get(str(sex), "UNKNOWN_SEX")
    return found


def duration(years: float) -> str:
    """Years as an ISO 8601 duration of years, months and days.

    >>> duration(6.5), duration(0.0575), duration(0)
    ('P6Y6M', 'P21D', 'P0D')
    """
    months = int(years * 12 + 1e-6)
    days = round((years * 12 - months) * 365.25 / 12)
    text = "".join(f"{count}{unit}" for count, unit in ((months // 12, "Y"), (months % 12, "M"), (days, "D")) if count)
    return f"P{text or '0D'}"


def _feature(one: Considered) -> dict[str, Any]:
    found: dict[str, Any] = {"type": {"id": one.id, "label": one.label.en}}
    if not one.observed:
        found["excluded"] = True
    if one.onset in ONSET_LABELS:
        found["onset"] = {"ontologyClass": {"id": one.onset, "label": ONSET_LABELS[one.onset]}}
    elif age_years(one.onset) is not None:
        found["onset"] = {"age": {"iso8601duration": one.onset}}
    return found


def _interpretation(place: int, one: Ranked, answer: Answer) -> dict[str, Any]:
    return {
        "id": f"{answer.id}-{place}",
        "progressStatus": "IN_PROGRESS",
        "diagnosis": {"disease": {"id": one.disease, "label": one.name.en}},
        "summary": f"rank {place} of a computed differential; probability {percent(one.probability).en}",
    }


def _resources(ranking: Ranking) -> list[dict[str, str]]:
    """The vocabularies whose ids the packet holds; their versions are left out, for an answer does not state them."""
    used = {"HP", *(one.disease.partition(":")[0] for one in ranking.diseases)}
    return [
        {
            "id": id,
            "name": name,
            "url": url,
            "namespacePrefix": prefix,
            "iriPrefix": start,
        }
        for prefix, (id, name, url, start) in _RESOURCES.items()
        if prefix in used
    ]
