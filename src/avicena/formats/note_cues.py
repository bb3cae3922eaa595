"""What turns a finding into its contrary, in English and Spanish: negation, what only looks like it, and what ends it.

After W. Chapman et al., "A simple algorithm for identifying negated findings and diseases in discharge summaries",
J Biomed Inform 34 (2001), with our own words. In lower case without accents; "*" stands for the rest of a word.
"""

from typing import Literal

Cue = Literal["no", "over", "absent", "resume", "with", "but", "aside"]

_BE = ("is", "are", "was", "were")
_SHORT = tuple(
    f"{verb}n't" for verb in ("is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "ca", "could")
)
_NO_BETTER = (
    "improv*", "reliev*", "respond*", "resolv*", "get better", "got better", "getting better", "gotten better",
    "go away", "going away", "gone away", "chang*", "controlled", "subsid*",
)  # fmt: skip
_NOTHING_NEW = (
    "change*", "significant change*", "improvement*", "significant improvement*", "relief", "cause*", "clear cause*",
    "known cause*", "apparent cause*", "obvious cause*", "identifiable cause*", "trigger*", "warning", "increase in",
    "decrease in", "reduction in", "worsening of", "progression of", "response to", "doubt",
)  # fmt: skip
_SIN_NOVEDAD = (
    "cambio*", "cambios significativos", "mejoria", "mejora", "alivio", "causa aparente", "causa conocida",
    "causa clara", "desencadenante*", "previo aviso", "aumento de", "respuesta a", "duda", "control de",
)  # fmt: skip
_NO_MEJORA = (
    "mejora*", "ha mejorado", "han mejorado", "cede*", "ha cedido", "han cedido", "responde*", "remite*",
    "se alivia*", "calma*", "se calma*", "desaparece*", "se controla*", "ha cambiado", "han cambiado", "controlad*",
)  # fmt: skip

CUES: dict[Cue, tuple[str, ...]] = {
    "no": (
        "no", "not", "without", "w/o", "denies", "denied", "deny", "denying", "never", "neither", "nor", "none",
        "negative for",
        "absence of", "free of", "free from", "lack of", "lacks", "no longer", "ruled out", "rules out", "cannot",
        *_SHORT,
        "not associated with", "not accompanied by", "not present with", "not presenting with", "sin", "niega*",
        "niego", "nego", "negando", "niegue*", "ni", "tampoco", "nunca", "jamas", "ausencia de", "negativo para",
        "negativa para", "libre de", "exento de", "exenta de", "descarta", "descartan", "descarto", "se descarta*",
        "ya no", "no se acompana de", "no se acompanan de", "no se asocia a", "no se asocia con", "no se asocian a",
        "no cursa con", "no cursan con", "no acude con", "no ingresa con",
    ),
    "over": (
        "not only", "not just", "not merely", "no solo", "no solamente", "no unicamente", "not deny", "not denied",
        "no niega", "not without", "not certain", "not sure", "not clear", "not known", "not necessarily",
        "no esta claro", "no es raro",
        *(f"not {verb}" for verb in _NO_BETTER), *(f"not been {verb}" for verb in ("improv*", "controlled", "reliev*")),
        *(f"{short} {verb}" for short in _SHORT for verb in _NO_BETTER), *(f"{short} deny" for short in _SHORT),
        *(f"{no} {what}" for no in ("no", "without", "without any") for what in _NOTHING_NEW),
        *(f"sin {what}" for what in _SIN_NOVEDAD), *(f"no {what}" for what in _NO_MEJORA),
    ),
    "absent": (
        "absent", "ausente*", "negado", "negada", "negados", "negadas", "descartado", "descartada", "descartados",
        "descartadas", "have resolved", "has resolved", "now resolved", "have disappeared", "has disappeared",
        "have stopped", "has stopped", "have ceased", "no longer present", "ha desaparecido", "han desaparecido",
        "ha cedido", "han cedido", "ha remitido", "han remitido", *(f"{be} denied" for be in _BE),
        *(f"{be} ruled out" for be in _BE), *(f"{be} resolved" for be in _BE), "been ruled out",
        *(f"{be} not {seen}" for be in _BE for seen in ("present", "reported", "observed", "noted", "seen", "found")),
        "not been reported", "not been observed", "not been noted", "not occurred", "not occur",
    ),
    "resume": (
        "reports", "reported", "complains of", "complaining of", "complains", "presents", "presented", "presenting",
        "present", "presente", "presentes", "has", "have", "had", "having", "shows", "showed", "experiences",
        "experienced", "experiencing", "describes", "described", "suffers", "suffering", "developed", "develops",
        "notes", "noted", "admits", "endorses", "persist*", "continue*", "remain*", "worsening", "worse", "started",
        "appeared", "refiere*", "refirio", "presenta", "presentan", "presento", "tiene", "tienen", "tuvo", "cuenta",
        "acusa", "manifiesta*", "se queja", "aqueja", "desarrolla", "desarrollo", "padece*", "sufre*", "inicia",
        "inicio", "comenzo", "empezo", "describe*", "empeora*", "persiste*", "continua*", "aparece*", "aparecio",
    ),
    "with": ("with", "con"),
    "but": (
        "but", "although", "though", "however", "except", "except for", "apart from", "aside from", "other than",
        "whereas", "while", "nevertheless", "only", "pero", "aunque", "sin embargo", "no obstante", "excepto",
        "salvo", "sino", "mientras", "a excepcion de", "aparte de", "unicamente", "solo", "solamente",
    ),
    "aside": (
        "if", "in case of", "risk of", "rule out", "to exclude", "r/o", "family history", "family history of",
        "to prevent", "prevention of", "prophylaxis", "prophylaxis for", "prophylaxis of", "si presenta*",
        "si aparece*", "si tiene", "si hay", "si nota", "en caso de", "riesgo de", "descartar",
        "antecedentes familiares", "antecedentes familiares de", "prevenir", "prevencion de", "profilaxis",
        "profilaxis de",
    ),
}  # fmt: skip
"""no: what follows is denied. over: only looks like a denial. absent: what stood before is denied. resume, with: a
denial may end here. but: it does end here. aside: what follows is not said of this patient now."""

JOINING = frozenset((
    "and", "or", "nor", "any", "other", "either", "also", "as", "well", "the", "a", "an", "y", "e", "o", "u", "ni",
    "otro", "otra", "otros", "otras", "tampoco", "de", "del", "el", "la", "los", "las",
))  # fmt: skip
"""Words that keep a list a list."""

OR = frozenset(("or", "nor", "o", "u", "ni"))
