"""The names of inputs and stages, and what the model is not, in both languages."""

from avicena import Text
from avicena_applications.diagnosis.coded import WORDS as CODED

WORDS = {
    **CODED,
    "common": Text("common diseases", "enfermedades comunes"),
    "evidences": Text("coded evidence", "indicios codificados"),
    "differential": Text("differential diagnosis", "diagnóstico diferencial"),
    "findings": Text(
        "findings (HPO terms, observed and excluded)", "hallazgos (términos HPO, observados y descartados)"
    ),
    "age": Text("age", "edad"),
    "sex": Text("sex", "sexo"),
    "female": Text("female", "mujer"),
    "male": Text("male", "hombre"),
    "other": Text("other", "otro"),
    "unknown": Text("unknown", "desconocido"),
    "note": Text("clinical note", "nota clínica"),
    "history": Text("history", "antecedentes"),
    "diagnosis": Text("differential diagnosis", "diagnóstico diferencial"),
}

LIMITS = (
    Text(
        "It ranks diseases by the findings that were entered; it sees no images, no laboratory values and no genome.",
        "Ordena enfermedades según los hallazgos introducidos; no ve imágenes, analíticas ni genoma.",
    ),
    Text(
        "A disease that its knowledge does not hold cannot be named; 'none of these' says how likely that is.",
        "No puede nombrar una enfermedad que su conocimiento no recoge; «ninguna de estas» indica esa probabilidad.",
    ),
    Text(
        "Diseases that only Orphanet names, without an entry in OMIM, are not in the list: 2,169 of Orphanet's 4,281 "
        "in the annotations of 2025-01.",
        "Las enfermedades que solo nombra Orphanet, sin ficha en OMIM, no están en la lista: 2.169 de las 4.281 de "
        "Orphanet en las anotaciones de 2025-01.",
    ),
    Text(
        "Its probabilities, thresholds and figures were learnt with annotations that were partly written from the very "
        "papers of the training cases: for new patients it is somewhat too sure. It was not validated on patients of a "
        "hospital.",
        "Sus probabilidades, umbrales y cifras se aprendieron con anotaciones escritas en parte a partir de los mismos "
        "artículos de los casos de entrenamiento: con pacientes nuevos se muestra algo más seguro de lo debido. No se "
        "ha validado con pacientes de un hospital.",
    ),
    Text(
        "It learnt from published cases, which are more typical and better described than patients in a clinic.",
        "Aprendió de casos publicados, más típicos y mejor descritos que los pacientes de una consulta.",
    ),
    Text(
        "The common diseases that it knows are 49, learnt from made-up patients (DDXPlus); how likely a common disease "
        "is at all beforehand is a setting of the site, not learnt. How common and rare diseases weigh against each "
        "other was not measured on patients of both kinds.",
        "Las enfermedades comunes que conoce son 49, aprendidas de pacientes simulados (DDXPlus); la probabilidad "
        "previa de una enfermedad común es un ajuste del centro, no se aprende. Cómo se comparan las comunes con las "
        "raras no se ha medido en pacientes de ambos tipos.",
    ),
    Text(
        "It is advice to a physician and no diagnosis; not for emergencies.",
        "Es un consejo para el profesional y no un diagnóstico; no sirve para urgencias.",
    ),
)
