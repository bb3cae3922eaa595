"""Sentences that an independent review found read wrongly, on the whole ontology, and what a reader understands."""

import gzip
from pathlib import Path

import pytest

from avicena.core.ontology import ontology
from avicena.formats.babelon import read_babelon
from avicena.formats.findings_note import FindingsReader
from avicena.formats.obo import read_obo

# "+" the patient has it, "-" has not, "f" the family, "?" only supposed; "" nothing is found.
SENTENCES = {
    "Presenta síntomas como cefalea.": "+HP:0002315",
    "Trabaja como administrativa.": "",
    "Refiere que su madre tuvo cáncer de mama.": "fHP:0003002",
    "Refiere que su padre falleció de infarto.": "fHP:0001658",
    "Comenta que el padre padece diabetes y es hipertenso.": "fHP:0000819 fHP:0000822",
    "Her affected son has ataxia.": "fHP:0001251",
    "La paciente, cuya madre tiene diabetes, presenta obesidad.": "fHP:0000819 +HP:0001513",
    "Su madre tiene ataxia, presenta obesidad.": "fHP:0001251 fHP:0001513",
    "Descartada cardiopatía congénita.": "-HP:0001627",
    "Refiere fiebre, descartada sordera.": "+HP:0001945 -HP:0000365",
    "Vómitos no.": "-HP:0002013",
    "Fiebre sí, vómitos no, cefalea sí.": "+HP:0001945 -HP:0002013 +HP:0002315",
    "Microcephaly not present.": "-HP:0000252",
    "Hearing loss was not detected.": "-HP:0000365",
    "She was not found to have ataxia.": "-HP:0001251",
    "No known seizures.": "-HP:0001250",
    "Ataxia: no valorada.": "?HP:0001251",
    "Fever, ataxia (+/-).": "+HP:0001945 ?HP:0001251",
    "Alergia a penicilina no conocida.": "-HP:0012393",
    "Sordera de causa no conocida.": "+HP:0000365",
    "Ductus cerrado.": "-HP:0001643",
    "Seizures absent since age 3.": "+HP:0001250",
    "Paciente sin hipoacusia conocida que acude por cefalea.": "-HP:0000365 +HP:0002315",
    "No deja de vomitar y no puede andar.": "+HP:0002013 +HP:0002540",
    "He could not walk because of muscle weakness, and seizures could not be controlled.": "+HP:0001324 +HP:0001250",
    "No rigidez de nuca, reflejos vivos, marcha normal.": "-HP:0031179 +HP:0001347 -HP:0001288",
    "No megalias, soplo sistólico II/VI.": "-HP:0003271 +HP:0030148",
    "Sin fiebre, dolor abdominal, tos.": "-HP:0001945 -HP:0002027 -HP:0012735",
    "No fever, abdominal pain, facial edema.": "-HP:0001945 -HP:0002027 -HP:0000282",
    "Sin convulsiones desde hace un año.": "+HP:0001250",
    "Sin convulsiones desde el nacimiento.": "-HP:0001250",
    "No ha vuelto a tener crisis.": "+HP:0001250",
    "Impotencia funcional del brazo.": "",
    "Viajó a Corea en mayo.": "",
    "Corea desde los 5 años.": "+HP:0002072",
    "Arteriografía del tronco celíaco.": "",
    "Poliquistosis hepática.": "+HP:0006557",
    "Depresión respiratoria, depresión del puente nasal.": "+HP:0002791 +HP:0005280",
    "Ataques de asma y ataques de pánico.": "+HP:0002099 +HP:0025269",
    "Contracciones ventriculares prematuras.": "+HP:0006682",
    "Glaucoma de tensión normal.": "+HP:0000501",
    "Cardiopatía isquémica.": "",
    "Aleteo nasal. Aleteo auricular.": "+HP:0030863 +HP:0004749",
    "Diabetes insípida.": "+HP:0000873",
    "Hipertensión pulmonar y parálisis cerebral.": "+HP:0002092 +HP:0100021",
    "Puente nasal y filtrum largo.": "+HP:0000343",
    "Peso 3 kg, talla 50, PC 34. CIA ostium secundum cerrada espontáneamente.": "+HP:0001631",
}
FILES = ("rare/hpo/hp_2025-01-16.obo.gz", "rare/hp-es.babelon.tsv.gz")
SIGNS = {"observed": "+", "excluded": "-", "family": "f", "uncertain": "?"}


@pytest.fixture(scope="module")
def reader(real_data: Path) -> FindingsReader:
    lines = [gzip.decompress((real_data / name).read_bytes()).decode().splitlines() for name in FILES]
    version, terms = read_obo(lines[0])
    return FindingsReader(ontology(version, terms, read_babelon(lines[1])))


@pytest.mark.real_data
@pytest.mark.parametrize("note", SENTENCES)
def test_each_sentence_of_the_review_says_what_a_reader_understands(note: str, reader: FindingsReader) -> None:
    assert {SIGNS[one.status] + one.id for one in reader.read(note)} == set(SENTENCES[note].split())
