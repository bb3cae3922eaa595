"""Where a code of a vocabulary may be looked up by a person."""

_PAGES = {
    "OMIM": "https://omim.org/entry/{}",
    "ORPHA": "https://www.orpha.net/en/disease/detail/{}",
    "DECIPHER": "https://www.deciphergenomics.org/syndrome/{}",
    "MONDO": "https://monarchinitiative.org/MONDO:{}",
    "HP": "https://hpo.jax.org/browse/term/HP:{}",
    "ICD10CM": "https://icd.who.int/browse10/2019/en#/{}",
    "ICD10WHO": "https://icd.who.int/browse10/2019/en#/{}",
    "ICD10": "https://icd.who.int/browse10/2019/en#/{}",
    "DOID": "https://disease-ontology.org/term/DOID:{}",
    "GARD": "https://rarediseases.info.nih.gov/diseases/{}/index",
}

SYSTEMS = {
    "OMIM": "https://omim.org",
    "ORPHA": "http://www.orpha.net",
    "MONDO": "http://purl.obolibrary.org/obo/mondo.owl",
    "HP": "http://human-phenotype-ontology.org",
    "ICD10CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "ICD10WHO": "http://hl7.org/fhir/sid/icd-10",
    "ICD10": "http://hl7.org/fhir/sid/icd-10",
    "SCTID": "http://snomed.info/sct",
    "DOID": "http://purl.obolibrary.org/obo/doid.owl",
}
"""The URI that names each vocabulary in FHIR (HL7 Terminology); others have none that is registered."""


def page(id: str) -> str | None:
    """The page about a code, such as that of "OMIM:607208"; None where we know of none.

    >>> page("OMIM:607208"), page("ours:1")
    ('https://omim.org/entry/607208', None)
    """
    source, _, code = id.partition(":")
    return _PAGES[source].format(code.lstrip("0") if source == "GARD" else code) if source in _PAGES and code else None


def coding(id: str, display: str) -> dict[str, str] | None:
    """A code as FHIR writes it; None for a vocabulary without a registered URI.

    >>> coding("HP:0001250", "Seizure")["code"], coding("OMIM:1", "x")["code"]
    ('HP:0001250', '1')
    """
    source, _, code = id.partition(":")
    if source not in SYSTEMS or not code:
        return None
    whole = source in ("HP", "MONDO", "DOID")
    return {"system": SYSTEMS[source], "code": id if whole else code, "display": display}
