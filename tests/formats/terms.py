"""A small ontology with English and Spanish names, to read notes by."""

from functools import cache

from avicena.core.ontology import Ontology, Term, Translation, ontology
from avicena.formats.findings_note import FindingsReader

ABOVE = ("HP:0000118",)
Synonyms = tuple[tuple[str, str, str], ...]
NAMES: dict[str, tuple[str, Synonyms, str]] = {
    "HP:0001250": ("Seizure", (("Seizures", "EXACT", "plural_form"),), "Crisis epiléptica"),
    "HP:0001945": ("Fever", (("Pyrexia", "EXACT", ""),), "Fiebre"),
    "HP:0002013": ("Vomiting", (), "Vómitos"),
    "HP:0002315": ("Headache", (("Headaches", "EXACT", "plural_form"),), "Cefalea"),
    "HP:0000365": ("Hearing impairment", (("Hearing loss", "EXACT", ""), ("Deafness", "EXACT", "")), "Hipoacusia"),
    "HP:0000407": ("Sensorineural hearing impairment", (("Sensorineural hearing loss", "EXACT", ""),), ""),
    "HP:0001251": ("Ataxia", (), "Ataxia"),
    "HP:0001344": ("Absent speech", (), "Ausencia del habla"),
    "HP:0001903": ("Anemia", (), "Anemia"),
    "HP:0000077": ("Abnormality of the kidney", (), "Anormalidad del riñón"),
    "HP:0000104": ("Renal agenesis", (), "Agenesia renal"),
    "HP:0100258": ("Short thumb", (), "Pulgar corto"),
    "HP:0011304": ("Broad thumb", (), "Pulgar ancho"),
    "HP:0010610": ("Palmar pits", (), ""),
    "HP:0010612": ("Plantar pits", (), ""),
    "HP:0000098": ("Tall stature", (), "Talla alta"),
    "HP:0000518": ("Cataract", (("Cataracts", "EXACT", "plural_form"),), "Catarata"),
    "HP:0001597": ("Abnormal nail morphology", (), "Anomalía de la uña"),
    "HP:0007018": ("Attention deficit hyperactivity disorder", (("ADHD", "EXACT", "abbreviation"),), ""),
    "HP:0002240": ("Hepatomegaly", (), "Hepatomegalia"),
    "HP:0001744": ("Splenomegaly", (), "Esplenomegalia"),
    "HP:0007513": ("Generalized hypopigmentation", (), ""),
}


@cache
def small_ontology() -> Ontology:
    """The terms of `NAMES` below "Phenotypic abnormality", and one of inheritance that no note may give."""
    terms = [
        Term("HP:0000001", "All"),
        Term("HP:0000118", "Phenotypic abnormality", ("HP:0000001",)),
        Term("HP:0000007", "Autosomal recessive inheritance", ("HP:0000001",)),
        *(Term(id, label, ABOVE, synonyms=synonyms) for id, (label, synonyms, _) in NAMES.items()),
    ]
    spanish = {id: Translation(said, "OFFICIAL") for id, (_, _, said) in NAMES.items() if said}
    return ontology("2025-01-16", terms, spanish)


@cache
def small_reader() -> FindingsReader:
    """A reader of notes by `small_ontology`."""
    return FindingsReader(small_ontology())
