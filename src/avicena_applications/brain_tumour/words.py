"""What a clinician reads: every label and feature in English and Spanish, and what the model is not."""

from avicena import Text

_SYMPTOMS = {
    "headache": Text("headache", "cefalea"),
    "seizure": Text("seizures", "convulsiones"),
    "speech": Text("speech difficulty", "dificultad del habla"),
    "memory": Text("memory loss", "pérdida de memoria"),
    "dizziness": Text("dizziness", "mareo"),
    "vision": Text("visual disturbance", "alteración visual"),
    "confusion": Text("confusion", "confusión"),
    "nausea": Text("nausea or vomiting", "náuseas o vómitos"),
    "weakness": Text("motor weakness", "debilidad motora"),
    "balance": Text("loss of balance", "pérdida de equilibrio"),
    "blackout": Text("blackouts", "pérdida de conciencia"),
    "concentration": Text("difficulty concentrating", "dificultad para concentrarse"),
    "fatigue": Text("fatigue", "fatiga"),
    "coordination": Text("loss of coordination", "pérdida de coordinación"),
    "personality": Text("change of personality", "cambio de personalidad"),
    "hearing": Text("hearing disturbance", "alteración auditiva"),
    "hormonal": Text("hormonal disturbance", "alteración hormonal"),
    "numbness": Text("numbness", "hormigueo o adormecimiento"),
    "drowsiness": Text("drowsiness", "somnolencia"),
    "smell": Text("loss of smell", "pérdida de olfato"),
}

WORDS = {
    "mri": Text("MRI slice", "corte de resonancia magnética"),
    "note": Text("clinical note", "nota clínica"),
    "tumour": Text("tumour class", "clase de tumor"),
    "treatment": Text("first treatment", "primer tratamiento"),
    "glioma": Text("glioma", "glioma"),
    "meningioma": Text("meningioma", "meningioma"),
    "pituitary": Text("pituitary tumour", "tumor hipofisario"),
    "surgery": Text("surgery", "cirugía"),
    "radiotherapy": Text("radiation therapy", "radioterapia"),
    "chemotherapy": Text("chemotherapy", "quimioterapia"),
    "monitoring": Text("close monitoring", "vigilancia estrecha"),
    "age": Text("age", "edad"),
    "age band": Text("age band", "franja de edad"),
    "sex": Text("sex", "sexo"),
    "sex=female": Text("female sex", "sexo femenino"),
    "sex=male": Text("male sex", "sexo masculino"),
    "sex=other": Text("other sex", "otro sexo"),
    "sex=unknown": Text("sex not known", "sexo desconocido"),
    "duration": Text("duration of symptoms in days", "duración de los síntomas en días"),
    "duration missing": Text("duration not told", "duración no indicada"),
    "intensity": Text("intensity of symptoms, 1 to 4", "intensidad de los síntomas, de 1 a 4"),
    "intensity missing": Text("intensity not told", "intensidad no indicada"),
    **{f"symptom={name}": text for name, text in _SYMPTOMS.items()},
}

LIMITS = (
    Text(
        "Not a medical device: for research only, never the basis of a decision on a patient.",
        "No es un producto sanitario: solo para investigación, nunca la base de una decisión sobre un paciente.",
    ),
    Text(
        "Trained on contrast-enhanced T1 slices of one public set (167 patient families) in which nearly all gliomas "
        "come from another source than the other tumours; it can have learnt the source in the place of the tumour.",
        "Entrenado con cortes T1 con contraste de un único conjunto público (167 familias de pacientes) en el que casi "
        "todos los gliomas proceden de otra fuente que los demás tumores; puede haber aprendido la fuente y "
        "no el tumor.",
    ),
    Text(
        "Of gliomas from the source of the other tumours it recognises only about seven of ten slices.",
        "De los gliomas que proceden de la fuente de los demás tumores solo reconoce unos siete de cada diez cortes.",
    ),
    Text(
        "The heat map says where the network looked, not where the tumour is: its peak lies inside the lesion in "
        "about one slice of five.",
        "El mapa de calor dice dónde miró la red, no dónde está el tumor: su máximo cae dentro de la lesión en "
        "aproximadamente uno de cada cinco cortes.",
    ),
    Text(
        "Its images carry no age and no sex: the tumour class was not measured by age or sex.",
        "Sus imágenes no llevan edad ni sexo: la clase de tumor no se midió por edad ni por sexo.",
    ),
    Text(
        "It knows three tumour classes and always names one of them: it cannot say that there is "
        "no tumour, or another one.",
        "Conoce tres clases de tumor y siempre nombra una de ellas: no puede decir que no hay tumor, o que es otro.",
    ),
    Text(
        "The treatments and notes it learnt from are synthetic; the treatments were drawn at "
        "random given the tumour class.",
        "Los tratamientos y notas de los que aprendió son sintéticos; los tratamientos se "
        "sortearon según la clase de tumor.",
    ),
)
