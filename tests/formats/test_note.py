"""What a note says: symptoms present and denied, how long, how strong, in English and Spanish."""

import csv
import time
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.formats.note import Lexicon, NoteGrammar
from avicena_applications.brain_tumour.lexicon import LEXICON, SYMPTOMS

GRAMMAR = NoteGrammar(LEXICON)
WEEK, MONTH, YEAR = 7, 30.4375, 365.25

# The note, and what it says: "seizure" is present, "-seizure" is denied; what is not named is not mentioned.
SENTENCES = {
    # English
    "Patient has headaches.": "headache",
    "No seizures or vomiting.": "-seizure -nausea",
    "Denies seizures, nausea, vomiting or dizziness.": "-seizure -nausea -dizziness",
    "Headaches without nausea.": "headache -nausea",
    "No seizures, but frequent headaches.": "-seizure headache",
    "She denies headaches; blurred vision persists.": "-headache vision",
    "No headaches. Dizziness and fatigue.": "-headache dizziness fatigue",
    "No change in headaches.": "headache",
    "Not only headaches but also seizures.": "headache seizure",
    "She no longer has headaches.": "-headache",
    "Neither seizures nor blackouts.": "-seizure -blackout",
    "He does not have any memory loss.": "-memory",
    "Does not report nausea, reports dizziness.": "-nausea dizziness",
    "Headaches which do not improve with rest, and fatigue.": "headache fatigue",
    "The patient hasn't had seizures.": "-seizure",
    "Seizures: no. Headaches: yes.": "-seizure headache",
    "Headaches: yes, seizures: no": "headache -seizure",
    "Nausea, vomiting and seizures are absent.": "-nausea -seizure",
    "Headaches persist and seizures are absent.": "headache -seizure",
    "Headaches for 2 months, seizures are absent.": "headache -seizure",
    "Seizures were ruled out.": "-seizure",
    "No seizures, severe headaches.": "-seizure headache",
    "No seizures, headaches for 3 months.": "-seizure headache",
    "Denies seizures, nausea, or vomiting for the past month.": "-seizure -nausea",
    "No fever and reports headaches.": "headache",
    "Headaches with no seizures.": "headache -seizure",
    "No family history of seizures.": "",
    "Return if vomiting appears.": "",
    "Levetiracetam because of the risk of seizures.": "",
    "Family history of epilepsy, has headaches.": "headache",
    "Unable to concentrate.": "concentration",
    "Lack of coordination, without loss of balance.": "coordination -balance",
    "Does not deny headaches.": "headache",
    "Headaches without apparent cause and dizziness.": "headache dizziness",
    "No headaches at first; headaches now.": "headache",
    "HEADACHES AND MOTOR-WEAKNESS": "headache weakness",
    "Week of travel, numbers fine, level normal.": "",
    "No seizures or\nvomiting.": "-seizure -nausea",
    "Findings:\n- no seizures\n- headaches": "-seizure headache",
    "Absence seizures.": "seizure",
    # Spanish
    "Paciente con cefalea y vómitos.": "headache nausea",
    "Sin convulsiones ni vómitos.": "-seizure -nausea",
    "Niega convulsiones, náuseas, vómitos y mareos.": "-seizure -nausea -dizziness",
    "Cefalea sin náuseas.": "headache -nausea",
    "No refiere convulsiones, pero sí cefalea intensa.": "-seizure headache",
    "No presenta pérdida de memoria.": "-memory",
    "Ya no tiene dolores de cabeza.": "-headache",
    "No solo cefalea sino también convulsiones.": "headache seizure",
    "Sin cambios en la cefalea.": "headache",
    "La cefalea no mejora con analgésicos y presenta mareo.": "headache dizziness",
    "Ausencia de convulsiones. Refiere visión borrosa.": "-seizure vision",
    "Convulsiones: no. Cefalea: sí.": "-seizure headache",
    "¿Vómitos? No. ¿Cefalea? Sí.": "-nausea headache",
    "Se descartan crisis epilépticas.": "-seizure",
    "Convulsiones descartadas.": "-seizure",
    "No ha presentado desmayos; sí confusión.": "-blackout confusion",
    "Sin fiebre, cefalea intensa.": "headache",
    "Sin fiebre con cefalea.": "headache",
    "Tampoco vómitos.": "-nausea",
    "Antecedentes familiares de epilepsia.": "",
    "Acudir a urgencias en caso de vómitos.": "",
    "No puede concentrarse.": "concentration",
    "Falta de coordinación sin pérdida de equilibrio.": "coordination -balance",
    "DIFICULTAD PARA HABLAR y debilidad en el brazo": "speech weakness",
    "Perdida de vision y galactorrea, sin amenorrea.": "vision hormonal",
    "Hipoacusia y acúfenos, cambios de personalidad.": "hearing personality",
    "No se acompaña de vómitos.": "-nausea",
    "Cefalea; no niega mareos.": "headache dizziness",
    "Las convulsiones han desaparecido.": "-seizure",
    "Náuseas, aunque sin vómitos; cansancio": "nausea fatigue",
}


def said(note: str) -> set[str]:
    return {("" if present else "-") + name for name, present in GRAMMAR.read(note).symptoms.items()}


@pytest.mark.parametrize("note", SENTENCES)
def test_each_sentence_says_what_a_reader_understands(note: str) -> None:
    assert said(note) == set(SENTENCES[note].split())


DURATIONS = {
    "Headaches for the last few weeks.": 3 * WEEK,
    "Headaches over the last few weeks.": 3 * WEEK,
    "Headaches for several weeks.": 5 * WEEK,
    "Headaches over the past month.": MONTH,
    "Headaches over the past 2 months.": 2 * MONTH,
    "Headaches for nearly 3 months.": 3 * MONTH,
    "Headaches for the past 4 months.": 4 * MONTH,
    "Headaches for more than 6 months.": 6 * MONTH,
    "Headaches since early this year.": YEAR / 2,
    "A 3-month history of headaches.": 3 * MONTH,
    "Headaches started ten days ago.": 10,
    "Headaches for two to three weeks.": 3 * WEEK,
    "Headaches for 2-3 weeks.": 3 * WEEK,
    "Headaches for a couple of days.": 2,
    "Headaches since last week.": WEEK,
    "Headaches since yesterday.": 1,
    "Headaches for a year and a half.": 1.5 * YEAR,
    "Headaches for one and a half years.": 1.5 * YEAR,
    "Headaches for 1.5 years.": 1.5 * YEAR,
    "Headaches for half a year.": YEAR / 2,
    "Headaches for months.": 3 * MONTH,
    "Three weeks of headaches.": 3 * WEEK,
    "Headaches for 36 hours.": 1.5,
    "Headaches for 3 months and dizziness for 2 weeks.": 3 * MONTH,
    "Operated ten years ago. Headaches for 2 weeks.": 2 * WEEK,
    "A 45-year-old woman with headaches.": None,
    "Patient of 60 years of age with headaches.": None,
    "For 45 years old she is well, headaches.": None,
    "Headaches. Review in 2 weeks.": None,
    "Headaches, no seizures for the past 2 years.": None,
    "Cefalea desde hace tres semanas.": 3 * WEEK,
    "Cefalea desde hace 2 meses.": 2 * MONTH,
    "Hace 2 meses comenzó con cefalea.": 2 * MONTH,
    "Cefalea en los últimos 4 meses.": 4 * MONTH,
    "Cefalea durante el último mes.": MONTH,
    "Cefalea de varias semanas de evolución.": 5 * WEEK,
    "Cefalea desde hace unos 10 días.": 10,
    "Cefalea desde hace más de seis meses.": 6 * MONTH,
    "Cefalea desde hace casi un año.": YEAR,
    "Cefalea desde hace un mes y medio.": 1.5 * MONTH,
    "Cefalea desde principios de año.": YEAR / 2,
    "Cefalea desde principios de este año.": YEAR / 2,
    "Cefalea desde la semana pasada.": WEEK,
    "Cefalea desde ayer.": 1,
    "Cefalea desde hace medio año.": YEAR / 2,
    "Cefalea desde hace un par de semanas.": 2 * WEEK,
    "Cefalea desde hace algunas semanas.": 3 * WEEK,
    "Cefalea desde hace dos o tres días.": 3,
    "Mujer de 45 años con cefalea.": None,
    "Tiene 45 años de edad y cefalea.": None,
}


@pytest.mark.parametrize("note", DURATIONS)
def test_each_duration_is_counted_in_days(note: str) -> None:
    found = GRAMMAR.read(note).duration_days
    assert found == (None if DURATIONS[note] is None else pytest.approx(DURATIONS[note]))


INTENSITIES = {
    "mild": 1, "slight": 1, "tolerable": 1, "low-grade": 1, "noticeable": 2, "moderate": 2, "significant": 3,
    "intense": 3, "severe": 3, "high-grade": 3, "debilitating": 4, "leve": 1, "de bajo grado": 1, "moderada": 2,
    "apreciable": 2, "intensa": 3, "GRAVE": 3, "incapacitante": 4,
}  # fmt: skip


@pytest.mark.parametrize("word", INTENSITIES)
def test_each_intensity_has_its_level(word: str) -> None:
    assert GRAMMAR.read(f"The symptoms are described as {word} in nature.").intensity == INTENSITIES[word]


@pytest.mark.parametrize(
    "note",
    [
        "Headaches, not severe.",
        "No significant change.",
        "High-grade glioma suspected, headaches.",
        "Glioma de alto grado con cefalea.",
        "Several weeks of headaches, level normal, extremities normal.",
    ],
)
def test_a_word_that_only_looks_like_intensity_is_none(note: str) -> None:
    assert GRAMMAR.read(note).intensity is None


def test_the_strongest_intensity_counts() -> None:
    assert GRAMMAR.read("Mild dizziness, cefalea insoportable, moderate fatigue.").intensity == 4


def test_the_language_is_guessed_from_small_words() -> None:
    assert GRAMMAR.read("Paciente con cefalea desde hace dos semanas").language == "es"
    assert GRAMMAR.read("The patient has headaches for two weeks").language == "en"
    assert GRAMMAR.read("MRI 2024").language is None


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_each_finding_says_where_it_stands_even_with_loose_accents(form: Literal["NFC", "NFD"]) -> None:
    note = unicodedata.normalize(form, "Sin vómitos. Náuseas leves desde hace 3 días.")
    found = GRAMMAR.read(note)
    words = {span.kind: note[span.start : span.end] for span in found.spans}
    start = note.index("N")
    assert words["symptom"] == note[start : note.index(" leves")]
    assert words["intensity"] == "leves"
    assert words["duration"] == note[note.index("desde") : -1]
    assert found.symptoms == {"nausea": True}


def test_a_note_that_says_nothing_gives_nothing() -> None:
    found = GRAMMAR.read("")
    assert (found.symptoms, found.duration_days, found.intensity, found.spans) == ({}, None, None, ())


@given(st.text(max_size=300) | st.lists(st.sampled_from(sorted(SENTENCES)), max_size=5).map(" ".join))
def test_no_text_breaks_the_grammar(note: str) -> None:
    found = GRAMMAR.read(note)
    assert set(found.symptoms) <= set(SYMPTOMS)
    assert all(0 <= span.start < span.end <= len(note) for span in found.spans)


def seconds(piece: str, length: int) -> float:
    """Processor time for a note of this length made of one piece again and again."""
    note = (piece * (length // len(piece) + 1))[:length]
    start = time.process_time()
    GRAMMAR.read(note)
    return time.process_time() - start


@pytest.mark.parametrize(
    "piece",
    [
        "no headaches, ",
        "nausea absent ",
        "for the past ",
        "no a b with ",
        "3 3 3 -",
        "\n",
        " ",
        "a",
        "no , ",
        "\u0301",
        "(",
    ],
)
def test_time_grows_in_proportion_to_the_length_of_the_note(piece: str) -> None:
    short, long = (min(seconds(piece, length) for _ in range(3)) for length in (10_000, 100_000))
    assert long < 50 * short + 0.1  # 10 times in proportion, 100 times were it squared


def test_a_megabyte_of_commas_and_negations_is_read_in_seconds() -> None:
    assert seconds("no headaches, ", 1_000_000) < 20


def test_every_symptom_is_known_in_both_languages() -> None:
    english = {
        "headache": "headaches",
        "speech": "slurred speech",
        "hormonal": "missed periods",
        "smell": "loss of smell",
    }
    spanish = {
        "headache": "jaqueca",
        "speech": "disartria",
        "hormonal": "disfunción eréctil",
        "smell": "pérdida de olfato",
    }
    for words in (english, spanish):
        for name, phrase in words.items():
            assert GRAMMAR.read(phrase).symptoms == {name: True}
    for name, phrases in SYMPTOMS.items():
        for phrase in phrases:
            assert GRAMMAR.read(phrase.replace("*", "")).symptoms.get(name) is True, phrase


def test_a_lexicon_that_says_two_things_with_one_phrase_is_refused() -> None:
    with pytest.raises(ValueError, match="two things"):
        NoteGrammar(Lexicon({"a": ("pain",), "b": ("Páin",)}, {}))
    with pytest.raises(ValueError, match="begin"):
        NoteGrammar(Lexicon({"a": ("",)}, {}))
    with pytest.raises(ValueError, match="begin"):
        NoteGrammar(Lexicon({"a": ("ab*",)}, {}))


@pytest.mark.real_data
def test_nearly_every_note_of_the_challenge_gives_two_symptoms_a_duration_and_an_intensity(real_data: Path) -> None:
    with (real_data / "brain_challenge" / "clinical.csv").open(encoding="utf-8-sig", newline="") as file:
        notes = [row["Clinical Note"] for row in csv.DictReader(file, delimiter=";")]
    found = [GRAMMAR.read(note) for note in notes]
    full = [
        sum(one.symptoms.values()) >= 2 and one.duration_days is not None and one.intensity is not None for one in found
    ]
    assert len(notes) > 4000
    assert sum(full) / len(full) >= 0.999
