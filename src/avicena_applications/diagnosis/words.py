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
        "Learnt without Mondo, as the released model is, it lists OMIM's diseases alone; the some 1,600 that only "
        "Orphanet names (annotations of 2025-01) are in the list of a model that learnt with Mondo.",
        "Si aprendió sin Mondo, como el modelo publicado, solo incluye enfermedades de OMIM; las cerca de 1.600 que "
        "solo nombra Orphanet (anotaciones de 2025-01) están en la lista de un modelo que aprendió con Mondo.",
    ),
    Text(
        "Its probabilities, thresholds and figures are of published cases of which nothing in its knowledge was "
        "written, as nothing is of a new patient; from findings alone, most rare diseases are not recognised with "
        "certainty. It was not validated on patients of a hospital.",
        "Sus probabilidades, umbrales y cifras proceden de casos publicados que no sirvieron para escribir su "
        "conocimiento, como ocurre con un paciente nuevo; solo por los hallazgos, la mayoría de las enfermedades raras "
        "no se reconocen con seguridad. No se ha validado con pacientes de un hospital.",
    ),
    Text(
        "It learnt from published cases, which are more typical and better described than patients in a clinic.",
        "Aprendió de casos publicados, más típicos y mejor descritos que los pacientes de una consulta.",
    ),
    Text(
        "The common diseases that it knows are 49, learnt from made-up patients (DDXPlus); how likely a common disease "
        "is at all beforehand is a setting of the site, not learnt. How common and rare diseases weigh against each "
        "other was fitted on made-up common and published rare patients, not on those of one clinic.",
        "Las enfermedades comunes que conoce son 49, aprendidas de pacientes simulados (DDXPlus); la probabilidad "
        "previa de una enfermedad común es un ajuste del centro, no se aprende. Cómo se comparan las comunes con las "
        "raras se ajustó con pacientes comunes simulados y raros publicados, no con los de una consulta.",
    ),
    Text(
        "It is advice to a physician and no diagnosis; not for emergencies.",
        "Es un consejo para el profesional y no un diagnóstico; no sirve para urgencias.",
    ),
)
