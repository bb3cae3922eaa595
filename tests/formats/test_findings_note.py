"""What a note says of each term: of the patient, denied, of the family, or only supposed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from avicena.core.case import Note
from avicena.core.errors import ContractViolation
from avicena.formats.findings_note import LONGEST, FindingsReader, settle
from tests.formats.terms import NAMES, small_ontology, small_reader

SHORT = {
    "seizure": "HP:0001250",
    "fever": "HP:0001945",
    "vomiting": "HP:0002013",
    "headache": "HP:0002315",
    "deaf": "HP:0000365",
    "ataxia": "HP:0001251",
    "speech": "HP:0001344",
    "kidney": "HP:0000104",
    "liver": "HP:0002240",
    "spleen": "HP:0001744",
    "cataract": "HP:0000518",
}

# "+" the patient has it, "-" has not, "f" the family, "?" only supposed.
SENTENCES = {
    "Patient with seizures and fever.": "+seizure +fever",
    "No seizures, vomiting or fever.": "-seizure -vomiting -fever",
    "She denies headaches but has fever.": "-headache +fever",
    "Absence of fever. Headaches.": "-fever +headache",
    "No evidence of hepatomegaly.": "-liver",
    "Hearing is normal.": "-deaf",
    "Normal hearing, seizures.": "-deaf +seizure",
    "Afebrile, with headaches.": "-fever +headache",
    "She no longer has seizures.": "+seizure",
    "Her mother had ataxia and hearing loss.": "fataxia fdeaf",
    "Family history of seizures. He has fever.": "fseizure +fever",
    "No family history of seizures.": "fseizure",
    "Cataracts in his father, fever in the patient.": "fcataract +fever",
    "The mother reports seizures.": "+seizure",
    "According to his mother he has fever.": "+fever",
    "Rule out renal agenesis.": "?kidney",
    "Possible ataxia, seizures.": "?ataxia ?seizure",
    "Possible ataxia. Seizures.": "?ataxia +seizure",
    "Ataxia vs seizures.": "?ataxia ?seizure",
    "Ataxia?": "?ataxia",
    "Ataxia cannot be ruled out.": "?ataxia",
    "Return if vomiting appears.": "?vomiting",
    "Absent speech, no fever.": "+speech -fever",
    "Niño con convulsiones y fiebre.": "+seizure +fever",
    "No presenta convulsiones ni fiebre; sí cefalea.": "-seizure -fever +headache",
    "Niega vómitos, fiebre y cefalea.": "-vomiting -fever -headache",
    "Sin fiebre, con convulsiones.": "-fever +seizure",
    "Fiebre: no. Cefalea: sí.": "-fever +headache",
    "Audición normal. Afebril.": "-deaf -fever",
    "Ausencia de fiebre.": "-fever",
    "No habla, no fiebre.": "+speech -fever",
    "Ya no tiene convulsiones.": "+seizure",
    "Madre con sordera. Presenta ataxia.": "fdeaf +ataxia",
    "Antecedentes familiares: ataxia y sordera.\nExploración: hepatomegalia.": "fataxia fdeaf +liver",
    "AF: sordera.\nAP: fiebre.": "fdeaf +fever",
    "Sordera en un hermano, el paciente con ataxia.": "fdeaf +ataxia",
    "La madre refiere fiebre.": "+fever",
    "Traído por su madre por convulsiones.": "+seizure",
    "Niega la madre convulsiones.": "-seizure",
    "Sin antecedentes familiares de sordera.": "fdeaf",
    "A descartar agenesia renal.": "?kidney",
    "Ecografía para descartar esplenomegalia.": "?spleen",
    "Se descarta esplenomegalia.": "-spleen",
    "No se puede descartar esplenomegalia.": "?spleen",
    "Probable ataxia.": "?ataxia",
    "Ataxia, a descartar.": "?ataxia",
    "¿Fiebre? No. ¿Cefalea? Sí.": "-fever +headache",
    "Acudir si presenta vómitos.": "?vomiting",
    "Riesgo de convulsiones.": "?seizure",
    "Refiere que su madre tuvo ataxia.": "fataxia",
    "Mother reports that her son has fever.": "+fever",
    "La madre refiere que su hijo tiene fiebre. Su hijo mayor tiene ataxia.": "+fever fataxia",
    "Comenta que el padre padece sordera y fiebre.": "fdeaf ffever",
    "Her affected son has ataxia.": "fataxia",
    "La paciente, cuya madre tiene sordera, presenta ataxia.": "fdeaf +ataxia",
    "Descartada sordera.": "-deaf",
    "Sordera descartada, ataxia.": "-deaf +ataxia",
    "Vómitos no.": "-vomiting",
    "Hearing loss was not detected.": "-deaf",
    "No known seizures.": "-seizure",
    "Ataxia: no valorada.": "?ataxia",
    "Ataxia (+/-).": "?ataxia",
    "Sordera de causa no conocida.": "+deaf",
    "Paciente sin sordera conocida que acude por cefalea.": "-deaf +headache",
    "No fever because of drugs, and seizures could not be controlled.": "-fever +seizure",
    "Sin convulsiones desde hace un año.": "+seizure",
    "Sin convulsiones desde el nacimiento.": "-seizure",
    "No ha vuelto a tener fiebre.": "+fever",
    "Síntomas como cefalea.": "+headache",
    "Hermano con convulsiones. Niega fiebre.": "fseizure -fever",
}
SIGNS = {"observed": "+", "excluded": "-", "family": "f", "uncertain": "?"}
TERMS = {id: name for name, id in SHORT.items()}


def said(note: str) -> set[str]:
    return {SIGNS[one.status] + TERMS[one.id] for one in small_reader().read(note) if one.id in TERMS}


@pytest.mark.parametrize("note", SENTENCES)
def test_each_sentence_says_what_a_reader_understands(note: str) -> None:
    assert said(note) == set(SENTENCES[note].split())


def test_only_what_is_said_of_the_patient_is_handed_on() -> None:
    note = "Niña con fiebre, sin cefalea. Madre con sordera. Probable ataxia."
    found = [(one.id, one.observed, note[one.start : one.end]) for one in small_reader()(note)]
    assert found == [("HP:0001945", True, "fiebre"), ("HP:0002315", False, "cefalea")]


def test_what_is_said_and_denied_is_named_and_counts_for_nothing() -> None:
    settled = settle(small_reader().read("Tiene fiebre y cefalea. No hay fiebre. No hay vómitos."))
    assert settled.observed == ("HP:0002315",)
    assert settled.excluded == ("HP:0002013",)
    assert settled.torn == ("HP:0001945",)


@pytest.mark.parametrize(
    "note",
    [
        "Le patient est une fille de cinq ans avec des convulsions et une fièvre depuis trois jours, sans vomir.",
        "Doente de cinco anos com convulsões e febre há três dias, não apresenta vómitos nem cefaleia.",
        "Bambina di cinque anni con convulsioni e febbre da tre giorni, non presenta vomito né cefalea.",
        "Die Patientin ist ein fünf Jahre altes Mädchen mit Fieber und Krampfanfällen seit drei Tagen, kein Erbrechen.",
        "患者五岁女孩发热三天抽搐无呕吐头痛听力正常。",
        "Пациентка пяти лет с судорогами и лихорадкой в течение трёх дней, рвоты нет.",
        "xqz wvt kkp zzt rrw qqp lmn vvx tgh bnm",
    ],
)
def test_a_note_in_another_language_is_refused_and_not_repeated(note: str) -> None:
    with pytest.raises(ContractViolation) as refused:
        small_reader().read(note)
    assert set(refused.value.problems) == {"note"}
    assert not set(note.split()) & set(str(refused.value).split()) - {"in"}


def test_a_few_words_are_read_in_both_languages() -> None:
    assert said("fiebre, vomiting") == {"+fever", "+vomiting"}


def test_a_bare_list_of_findings_is_read_though_it_has_no_small_words() -> None:
    note = "Fiebre, tos, cefalea, vómitos, ataxia, sordera, hepatomegalia, esplenomegalia, cataratas, convulsiones"
    assert {"+fever", "+headache", "+vomiting", "+ataxia", "+deaf", "+liver", "+spleen", "+cataract"} <= said(note)


@pytest.mark.parametrize(
    "note",
    [
        "Peso 3 kg, talla 50, PC 34. CIA ostium secundum cerrada espontáneamente.",
        "Weight 3 kg, length 50 cm, head circumference 34. Exam normal, labs pending.",
    ],
)
def test_the_terse_lines_of_a_chart_are_not_taken_for_another_language(note: str) -> None:
    small_reader().read(note)


def test_a_note_may_be_as_long_as_an_application_takes_it() -> None:
    assert Note(("es",)).longest == LONGEST


def test_no_word_of_a_note_stays_in_memory() -> None:
    reader = small_reader()
    reader.read("La niña Hermenegilda Zurbarán tiene fiebre desde ayer y vive en Torrelavega con su madre.")
    kept = {word for made in reader._made.values() for word in made._codes}
    assert "fiebre" in kept
    assert kept.isdisjoint({"hermenegilda", "zurbaran", "torrelavega"})


def test_many_threads_make_the_names_ready_once() -> None:
    reader = FindingsReader(small_ontology())
    with ThreadPoolExecutor(8) as many:
        made = list(many.map(lambda _: reader._matcher("es"), range(32)))
    assert len({id(one) for one in made}) == 1


def test_a_lay_wording_of_a_term_that_the_ontology_lacks_is_not_named() -> None:
    ids = {one.id for one in small_reader().read("Niña con diabetes, fiebre, tos y rigidez de nuca desde ayer.")}
    assert ids == {"HP:0001945"}


def test_a_text_too_long_for_a_note_is_refused_at_once() -> None:
    with pytest.raises(ContractViolation, match="longer than"):
        small_reader().read("fiebre " * LONGEST)


def test_combining_accents_do_not_shift_the_places() -> None:
    note = "La nin\u0303a tuvo vo\u0301mitos y fiebre."
    words = {note[one.start : one.end] for one in small_reader().read(note) if one.id in NAMES}
    assert words == {"vo\u0301mitos", "fiebre"}
