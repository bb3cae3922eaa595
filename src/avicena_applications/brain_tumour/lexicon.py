"""The words for the symptoms of a brain tumour and for their intensity, in English and Spanish."""

from avicena import Lexicon

SYMPTOMS: dict[str, tuple[str, ...]] = {
    "headache": (
        "headache*", "head pain*", "migraine*", "cephalalgia", "cefalea*", "cefalalgia*", "dolor* de cabeza",
        "jaqueca*", "migrana*",
    ),
    "seizure": (
        "seizure*", "convulsion*", "epilep*", "fits of shaking", "crisis convulsiva*", "crisis epileptica*",
        "crisis comicial*", "crisis focal*", "crisis generalizada*", "crisis parcial*", "crisis tonico clonica*",
        "ataque* epileptico*", "absence seizure*", "crisis de ausencia",
    ),
    "speech": (
        "speech difficult*", "speech problem*", "speech disturbance*", "speech impairment*", "speech disorder*",
        "slurred speech", "slurring", "impaired speech", "trouble speaking", "difficult* speaking",
        "difficult* with speech", "problems with speech", "problems speaking", "word finding difficult*",
        "difficult* finding words", "aphasi*", "dysarthri*", "dysphasi*", "cannot speak", "unable to speak",
        "dificultad* para hablar", "dificultad* del habla", "dificultad* del lenguaje", "dificultad* en el habla",
        "dificultad* de habla", "dificultad* de lenguaje", "problema* del habla", "problema* de habla",
        "problema* para hablar", "problema* del lenguaje", "problema* de lenguaje", "alteracion* del habla",
        "alteracion* del lenguaje", "trastorno* del habla", "trastorno* del lenguaje", "habla arrastrada",
        "no puede hablar", "no encuentra las palabras", "dificultad* para encontrar palabras",
        "dificultad* para encontrar las palabras", "afasi*", "disartri*", "disfasi*",
    ),
    "memory": (
        "memory lapse*", "memory loss*", "memory problem*", "memory difficult*", "memory impairment*",
        "memory issue*", "memory deficit*", "memory disturbance*", "memory complaint*", "memory decline",
        "memory failure*", "poor memory", "loss of memory", "lapses of memory", "problems with memory",
        "trouble remembering", "difficult* remembering", "cannot remember", "unable to remember", "does not remember",
        "forgetful*", "amnesi*", "perdida* de memoria", "perdida* de la memoria", "fallo* de memoria",
        "fallas de memoria", "lapsus de memoria", "lagunas de memoria", "problema* de memoria",
        "alteracion* de memoria", "alteracion* de la memoria", "deficit de memoria", "deterioro de memoria",
        "deterioro de la memoria", "olvidos", "olvida*", "olvido frecuente", "no recuerda*",
        "dificultad* para recordar", "mala memoria",
    ),
    "dizziness": (
        "dizz*", "vertigo*", "lightheaded*", "light headed*", "giddiness", "mareo*", "mareado", "mareada", "mareos",
        "vahido*", "inestabilidad cefalica",
    ),
    "vision": (
        "blurr* vision", "blurring of vision", "vision blurr*", "blurred sight", "double vision",
        "visual disturbance*", "visual problem*", "visual loss", "visual impairment*", "visual change*",
        "visual symptom*", "visual difficult*", "visual field defect*", "visual field loss", "vision loss",
        "vision problem*", "vision change*", "vision disturbance*", "vision difficult*", "loss of vision",
        "loss of sight", "reduced vision", "decreased vision", "impaired vision", "problems with vision",
        "trouble seeing", "difficult* seeing", "cannot see", "diplopi*", "hemianop*", "vision borrosa",
        "vista borrosa", "vision doble", "ve doble", "ve borroso", "no ve bien", "alteracion* visual*",
        "alteracion* de la vision", "alteracion* de vision", "trastorno* visual*", "problema* visual*",
        "problema* de vision", "problema* de la vista", "perdida* visual*", "perdida* de vision",
        "perdida* de la vision", "perdida* de la vista", "perdida* de campo visual", "disminucion de agudeza visual",
        "disminucion de la agudeza visual", "disminucion de la vision", "defecto* campimetrico*", "deficit visual*",
        "dificultad* para ver",
    ),
    "confusion": (
        "confus*", "disorient*", "desorienta*", "delirium", "obnubila*", "sindrome confusional", "estado confusional",
    ),
    "nausea": (
        "nausea*", "nauseous", "vomit*", "emesis", "throwing up", "throws up", "queasy", "queasiness", "arcadas",
        "ganas de vomitar",
    ),
    "weakness": (
        "weakness*", "localized neurological weakness", "focal weakness", "motor dysfunction*", "motor deficit*",
        "motor impairment*", "motor problem*", "motor weakness", "motor loss", "loss of strength", "weak arm",
        "weak leg", "weak hand", "hemipare*", "hemipleg*", "monopare*", "paresis", "paralysis", "paraly*ed",
        "debilidad*", "perdida* de fuerza", "falta de fuerza", "disminucion de fuerza", "disminucion de la fuerza",
        "deficit motor*", "disfuncion* motora*", "disfuncion* motriz", "alteracion* motora*", "problema* motor*",
        "paralisis", "paresia*",
    ),
    "balance": (
        "balance issue*", "balance problem*", "balance difficult*", "balance disturbance*", "balance disorder*",
        "balance trouble", "problems with balance", "issues with balance", "loss of balance", "lack of balance",
        "losing balance", "poor balance", "impaired balance", "imbalance*", "disequilibrium", "unstead*",
        "gait instability", "gait disturbance*", "gait problem*", "unstable gait", "frequent falls",
        "problema* de equilibrio", "problema* del equilibrio", "problema* con el equilibrio",
        "perdida* de equilibrio", "perdida* del equilibrio", "falta de equilibrio", "alteracion* del equilibrio",
        "alteracion* de equilibrio", "trastorno* del equilibrio", "trastorno* de equilibrio", "desequilibrio*",
        "inestabilidad", "marcha inestable", "alteracion* de la marcha", "inestabilidad de la marcha",
        "caidas frecuentes",
    ),
    "blackout": (
        "blackout*", "black out*", "blacks out", "blacking out", "faint", "fainted", "fainting", "faints", "syncop*",
        "loss of consciousness", "losses of consciousness", "lost consciousness", "passing out", "passed out",
        "desmayo*", "desmayado", "desmayada", "desvanecimiento*", "sincop*", "perdida* de conocimiento",
        "perdida* del conocimiento", "perdida* de consciencia", "perdida* de conciencia",
        "perdida* de la consciencia", "perdida* de la conciencia", "apagon*", "lipotimia*",
    ),
    "concentration": (
        "difficult* concentrating", "difficult* in concentrating", "difficult* with concentration",
        "trouble concentrating", "problems concentrating", "concentration difficult*", "concentration problem*",
        "concentration issue*", "poor concentration", "impaired concentration", "loss of concentration",
        "lack of concentration", "cannot concentrate", "unable to concentrate", "attention problem*",
        "attention deficit*", "inattention", "dificultad* para concentrarse", "dificultad* de concentracion",
        "dificultad* en la concentracion", "problema* de concentracion", "problema* para concentrarse",
        "falta de concentracion", "perdida* de concentracion", "no puede concentrarse", "no se concentra",
        "deficit de atencion", "falta de atencion", "incapacidad para concentrarse",
    ),
    "fatigue": (
        "fatigue*", "tired*", "exhaustion", "exhausted", "letharg*", "asthenia", "lack of energy", "fatiga*",
        "cansancio", "cansado", "cansada", "astenia", "agotamiento", "agotado", "agotada", "letargia",
        "falta de energia", "decaimiento",
    ),
    "coordination": (
        "coordination problem*", "coordination issue*", "coordination difficult*", "coordination disturbance*",
        "problems with coordination", "loss of coordination", "lack of coordination", "poor coordination",
        "impaired coordination", "incoordination", "uncoordinated", "clums*", "ataxi*", "dysmetri*",
        "problema* de coordinacion", "problema* con la coordinacion", "falta de coordinacion",
        "perdida* de coordinacion", "perdida* de la coordinacion", "alteracion* de la coordinacion",
        "alteracion* de coordinacion", "trastorno* de la coordinacion", "dificultad* de coordinacion",
        "incoordinacion", "descoordinacion", "torpeza*", "dismetria*",
    ),
    "personality": (
        "personality change*", "change* in personality", "change* of personality", "behavio*r change*",
        "behavio*ral change*", "change* in behavio*r", "mood change*", "mood swings", "irritab*", "apathy",
        "apathetic", "disinhibit*", "cambio* de personalidad", "cambio* en la personalidad", "cambio* de conducta",
        "cambio* conductual*", "cambio* de comportamiento", "cambio* en el comportamiento", "cambio* de humor",
        "apatia", "apatic*", "desinhib*", "alteracion* de la conducta", "alteracion* de conducta",
    ),
    "hearing": (
        "hearing loss*", "hearing problem*", "hearing difficult*", "hearing impairment*", "loss of hearing",
        "reduced hearing", "difficult* hearing", "cannot hear", "deaf*", "tinnitus", "ringing in the ears",
        "hipoacusia*", "perdida* auditiva*", "perdida* de audicion", "perdida* de la audicion",
        "disminucion de la audicion", "problema* de audicion", "problema* auditivo*", "sordera", "acufeno*",
        "zumbido* de oido*", "zumbido* en los oidos", "no oye bien",
    ),
    "hormonal": (
        "hormonal imbalance*", "hormonal disturbance*", "hormonal problem*", "hormonal symptom*", "hormonal change*",
        "galactorrh*", "amenorrh*", "hyperprolactin*", "hypopituit*", "acromegal*", "irregular periods",
        "irregular menstruation", "missed periods", "menstrual irregularit*", "loss of libido", "low libido",
        "reduced libido", "erectile dysfunction", "infertility", "milky discharge", "desequilibrio* hormonal*",
        "alteracion* hormonal*", "trastorno* hormonal*", "problema* hormonal*", "galactorrea", "amenorrea",
        "hiperprolactin*", "hipopituit*", "menstruacion* irregular*", "reglas irregulares", "ausencia de regla",
        "ausencia de menstruacion", "falta de menstruacion", "irregularidad* menstrual*", "perdida* de libido",
        "perdida* de la libido", "disminucion de la libido", "disfuncion erectil", "infertilidad",
        "secrecion de leche",
    ),
    "numbness": (
        "numb*", "paresthesia*", "paraesthesia*", "tingling", "pins and needles", "sensory loss", "loss of sensation",
        "sensory disturbance*", "sensory deficit*", "entumecimiento*", "adormecimiento*", "hormigueo*", "parestesia*",
        "acorchamiento*", "perdida* de sensibilidad", "perdida* de la sensibilidad", "hipoestesia*", "hipestesia*",
    ),
    "drowsiness": ("drows*", "sleepy", "sleepiness", "somnolen*", "hypersomn*", "hipersomn*"),
    "smell": (
        "anosmi*", "hyposmi*", "hiposmi*", "loss of smell", "cannot smell", "perdida* de olfato",
        "perdida* del olfato",
    ),
}  # fmt: skip
"""Canonical symptom → how it is said."""

_DEGREES: dict[int, tuple[str, ...]] = {
    1: (
        "mild", "mildly", "slight", "slightly", "tolerable", "tolerables", "low grade", "low intensity", "minor",
        "faint in nature", "leve", "leves", "levemente", "ligero", "ligera", "ligeros", "ligeras", "ligeramente",
        "discreto", "discreta", "discretos", "discretas", "bajo grado", "baja intensidad", "poca intensidad",
        "poco intenso", "poco intensa", "poco intensos", "poco intensas", "suave", "suaves",
    ),
    2: (
        "moderate", "moderately", "noticeable", "noticeably", "medium intensity", "moderado", "moderada", "moderados",
        "moderadas", "moderadamente", "notable", "notables", "notorio", "notoria", "notorios", "notorias",
        "apreciable", "apreciables", "perceptible", "perceptibles", "intensidad media", "mediana intensidad",
    ),
    3: (
        "significant", "significantly", "intense", "intensely", "severe", "severely", "high grade", "high intensity",
        "marked", "markedly", "strong", "serious", "considerable", "pronounced", "significativo", "significativa",
        "significativos", "significativas", "intenso", "intensa", "intensos", "intensas", "severo", "severa",
        "severos", "severas", "grave", "graves", "alto grado", "alta intensidad", "gran intensidad", "fuerte",
        "fuertes", "importante", "importantes", "marcado", "marcada", "marcados", "marcadas", "acusado", "acusada",
        "acusados", "acusadas", "pronunciado", "pronunciada", "pronunciados", "pronunciadas",
    ),
    4: (
        "debilitating", "disabling", "incapacitating", "unbearable", "excruciating", "crippling", "intolerable",
        "intolerables", "extreme", "extremely severe", "debilitante", "debilitantes", "incapacitante",
        "incapacitantes", "invalidante", "invalidantes", "discapacitante", "discapacitantes", "insoportable",
        "insoportables", "insufrible", "insufribles", "extremo", "extrema",
    ),
}  # fmt: skip

_TUMOURS_EN = ("glioma*", "tumo*", "astrocytoma*", "lesion*", "neoplasm*", "meningioma*", "fever*")
_TUMOURS_ES = ("glioma*", "tumor*", "astrocitoma*", "lesion*", "neoplasia*", "meningioma*")
OTHERS = (
    *(f"{grade} grade {what}" for grade in ("low", "high") for what in _TUMOURS_EN),
    *(f"{what} de {grade} grado" for grade in ("bajo", "alto") for what in _TUMOURS_ES),
    "number",
    "numbers",
)
"""A tumour's grade is not how the patient feels."""

LEXICON = Lexicon(
    symptoms=SYMPTOMS,
    intensities={phrase: level for level, phrases in _DEGREES.items() for phrase in phrases},
    others=OTHERS,
)
"""What the brain-tumour application reads in a note; intensity from 1 (mild) to 4 (disabling)."""
