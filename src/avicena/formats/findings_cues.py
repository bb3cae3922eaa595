"""Words that tell whose a finding is, or that it is only supposed; English and Spanish, lower case without accents."""

FAMILY_HISTORY = (
    "family history", "family history of", "familial history of", "fhx", "family members", "relatives", "relative",
    "antecedentes familiares", "antecedentes familiares de", "antecedente familiar", "antecedente familiar de",
    "historia familiar", "historia familiar de", "familiares con", "familiar con", "otros familiares",
    "familia materna", "familia paterna", "af",
)  # fmt: skip
KIN = (
    "mother", "father", "mom", "dad", "mum", "parents", "parent", "brother*", "sister*", "sibling*", "siblings",
    "uncle*", "aunt*", "cousin*", "grandmother*", "grandfather*", "grandparent*", "nephew*", "niece*", "her son",
    "his son", "her daughter", "his daughter", "maternal", "paternal", "madre", "padre", "padres", "mama tiene",
    "hermano*", "hermana*", "hermanos", "hermanas", "hermanastr*", "tio", "tia", "tios", "tias", "primo", "prima",
    "primos", "primas", "abuelo*", "abuela*", "abuelos", "bisabuel*", "sobrino*", "sobrina*", "hijo con",
    "hija con", "hijos con", "hijas con", "un hijo", "una hija", "dos hijos", "su hijo", "su hija",
    "ningun familiar", "progenitor*",
)  # fmt: skip
PATIENT = (
    "the patient", "our patient", "the proband", "the child", "the boy", "the girl", "el paciente", "la paciente",
    "nuestro paciente", "nuestra paciente", "el nino", "la nina", "el menor", "la menor", "el lactante",
    "la lactante", "el bebe", "exploracion", "exploracion fisica", "a la exploracion", "on examination",
    "physical examination",
)  # fmt: skip
SUPPOSED = (
    "probable", "probably", "probabl*", "possible", "possibly", "suspected", "suspicion of", "suspicious for",
    "likely", "questionable", "presumed", "presumptive", "may have", "might have", "could have", "concern for",
    "to rule out", "rule out", "r/o", "ruling out", "to exclude", "evaluate for", "evaluation for",
    "differential diagnosis", "differential includes", "cannot rule out", "cannot exclude", "could not rule out",
    "screening for", "screen for", "if", "in case of", "risk of", "at risk for", "at risk of", "to prevent",
    "prevention of", "prophylaxis of", "prophylaxis for", "posible", "posibles", "probables", "posiblemente",
    "probablemente", "sospecha de", "se sospecha", "sospechamos", "sospecha", "presunto", "presunta", "dudoso",
    "dudosa", "dudosos", "dudosas", "a descartar", "para descartar", "descartar", "por descartar", "se descartara",
    "se descartaran", "pendiente de descartar", "no se puede descartar", "no se descarta", "no puede descartarse",
    "no se pueden descartar", "no descartable", "a valorar", "valorar", "podria ser", "podria tratarse de",
    "podria tener", "pudiera ser", "diagnostico diferencial", "diagnostico diferencial con",
    "diagnostico diferencial de", "despistaje de", "cribado de", "si presenta*", "si aparece*", "si tiene",
    "si hay", "si nota", "en caso de", "riesgo de", "prevenir", "prevencion de", "profilaxis de",
    "impresiona de posible",
)  # fmt: skip
SUPPOSED_BACK = (
    "cannot be ruled out", "cannot be excluded", "is suspected", "was suspected", "is possible", "not excluded",
    "a descartar", "por confirmar", "sin confirmar", "no confirmado", "no confirmada", "dudoso", "dudosa",
    "probable", "posible", "en estudio",
)  # fmt: skip
"""Cues that speak of what stood before when nothing follows."""

VERSUS = ("vs", "versus", "vs.", "frente a")
DENIED = (
    "was not found to", "were not found to", "not found to", "not known to",
    "no se aprecia*", "no se observa*", "no se palpa*", "no se ausculta*", "no se objetiva*", "no impresiona de",
    "sin signos de", "sin evidencia de", "sin datos de", "sin historia de", "no history of", "no evidence of",
    "no signs of", "negative history of", "did not have", "does not have", "excluded", "exclusion de",
    "se excluye*", "se ha descartado", "se han descartado", "descartandose", "descartando", "ausentes", "carece de",
    "ningun", "ninguna", "nunca ha tenido", "nunca ha presentado", "nunca tuvo",
)  # fmt: skip
DENIED_BACK = (
    "no presenta", "no tiene", "no refiere", "negativo", "negativa", "negativos", "negativas", "niega",
    "was excluded",
)  # fmt: skip
"""Cues that deny what stood before when nothing follows in the sentence."""

HAD = (
    "ya no", "no longer", "desapareci*", "resolved", "resuelt*", "previous*", "previo", "previa",
    "no ha vuelto a", "no han vuelto a", "no volvio a", "no ha repetido", "no deja de", "no dejaba de", "no dejo de",
    "no para de", "no paraba de", "does not stop", "did not stop", "won't stop", "could not be controlled",
    "cannot be controlled", "not be controlled", "absent since", "ausente desde", "ausentes desde",
)  # fmt: skip
"""Of the past: who had a finding has had it, so these change nothing."""

REPORTS = (
    "refier|refir|cuent|cont[oa]|dice|dij|coment|not[ao]|explic|observ|niega|nieg|report|say|said|not(?:es|ed)|describ|state|"
    "deni|mention|consult|acud|trae|bring|brought|preocup|worri|concern"
)
"""Stems of what a relative does who speaks for the patient."""
