"""Words that say the same in the name of a finding: an organ and its adjective, a deviation and its synonyms."""

from avicena.core.text import Language


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pairs(text: str) -> dict[str, str]:
    return dict(one.split(">") for one in text.split())


PLURALS = _pairs("""
    feet>foot teeth>tooth nevi>nevus naevi>nevus testes>testis phalanges>phalanx vertebrae>vertebra
    nares>naris  children>child bronchi>bronchus rami>ramus stigmata>stigma crises>crisis men>man women>woman
    bodies>body  calves>calf corneae>cornea maculae>macula fistulae>fistula bullae>bulla petechiae>petechia
    septa>septum  ova>ovum emboli>embolus thrombi>thrombus fungi>fungus metastases>metastasis arches>arch
    macule>maculae macules>maculae lens>lens pancreas>pancreas sepsis>sepsis status>status falls>falls labia>labia
    dientes>diente pies>pie  manos>mano torax>torax mes>mes vez>vez crisis>crisis caries>caries biceps>biceps
""")  # fmt: skip
"""Irregular plurals, and words that look like a plural and are none."""

_EN = (
    """
abnormality abnormal abnormally anomaly anomalous malformation malformed manifestation alteration altered disorder
+ defect deformity deformed involvement problem atypical unusual sign symptom
kidney renal nephric
eye ocular ophthalmic ophthalmologic ophthalmological
ear otic aural
heart cardiac
liver hepatic
lung pulmonary
skin cutaneous dermal dermatologic dermatological
bone bony osseous
skeleton skeletal
muscle muscular
face facial
nose nasal
mouth oral
tooth dental
skull cranial cranium calvarial calvarium calvaria
chest thorax thoracic
rib costal
spine spinal
foot pedal
finger digit digital
intestine intestinal bowel
stomach gastric
esophagus esophageal
anus anal
bladder vesical
uterus uterine
ovary ovarian
testis testicular testicle
breast mammary
artery arterial
vein venous
vessel vascular
lens lenticular
joint articular articulation
brain cerebral
hearing auditory
vision visual sight
larynx laryngeal
pharynx pharyngeal
mandible mandibular
clavicle clavicular
scapula scapular
nail ungual
iris iridal
limb extremity
neurologic neurological neurology
gait walk walking walks
speech speaking speak
behavior behavioral behaviour behavioural
absent absence missing agenesis aplasia aplastic lacking
hypoplasia hypoplastic underdeveloped underdevelopment
large big enlarged enlargement
wide broad widened widening
decreased reduced diminished low decrease reduction lowered
increased elevated raised high increase elevation
narrow narrowed narrowing stenosis stenotic
multiple numerous many several
deficiency deficient deficit
delay delayed retardation retarded
tumor neoplasm neoplasia neoplastic cancer malignancy
pain ache aching painful
slanting slanted slant
curved curvature bowed bowing bent
fused fusion
difficulty difficult trouble
neonatal neonate newborn
infantile infancy infant
childhood child pediatric juvenile
stiff stiffness rigid rigidity
weak weakness
recurrent repeated frequent
gastrointestinal digestive
opacity opacification opacified clouding cloudy
bleeding hemorrhage hemorrhagic
swelling swollen edema edematous
itch itching itchy pruritus
tired tiredness
thin thinning thinned
""".strip()
    .replace("\n+", "")
    .splitlines()
)

_ES = (
    """
anormalidad anormal anomalia anomal malformacion malformado alteracion alterado defecto deformidad deforme trastorno
+ problema signo sintoma
rinon renal
ojo ocular oftalmologico
oido oreja otico auricular
corazon cardiaco
higado hepatico
pulmon pulmonar
piel cutaneo dermico
hueso oseo
esqueleto esqueletico
musculo muscular
cara facial
nariz nasal
boca oral bucal
diente dental dentario
craneo craneal craneano
torax toracico pecho
columna espinal raquis
estomago gastrico
intestino intestinal
esofago esofagico
vejiga vesical
utero uterino
ovario ovarico
testiculo testicular
mama mamario
arteria arterial
vena venoso
articulacion articular
cerebro cerebral
mandibula mandibular
unha ungueal
lengua lingual
marcha andar caminar
habla lenguaje
conducta comportamiento conductual
ausente ausencia agenesia aplasia falta
hipoplasia hipoplasico
grande agrandado agrandamiento aumentado
ancho amplio ensanchado
disminucion disminuido reducido bajo descenso
aumento elevado elevacion alto
estrecho estrechamiento estenosis
multiple numeroso varios
deficiencia deficit
retraso retardo retrasado
tumor neoplasia neoplasico cancer
dolor doloroso
curvado curvatura incurvado arqueado
fusion fusionado
dificultad dificil
rigidez rigido
debil debilidad
recurrente repeticion repetido frecuente
sangrado hemorragia hemorragico
hinchazon hinchado edema
picor prurito
crisis convulsion
pelo cabello
dedo digital
extremidad miembro
psicomotor psicomotriz
""".strip()
    .replace("\n+", "")
    .splitlines()
)


def _kin(lines: list[str]) -> dict[str, str]:
    return {word: f"={line.split()[0]}" for line in reversed(lines) for word in line.split()}


KIN: dict[Language, dict[str, str]] = {"en": _kin(_EN), "es": _kin(_ES)}
"""Word → the name of its kin."""

STOP: dict[Language, frozenset[str]] = {
    "en": _set("of the a an in on at to for his her their its s"),
    "es": _set("de del la el los las un una unos unas en a al su sus por para"),
}
"""Words that a window passes over."""

LINKS = _set("is are was were be been appear appears es son era fue eran esta estan con with")
"""Words that a window passes over when the words of the name stand as they are in the dictionary."""

BREAKS = _set("""
        including includes include than such but however which who that while whereas because due without if when
        although caused causing besides normal normally not que pero incluyendo incluye como sin cuando porque
        debido si aunque donde mientras
    """)  # fmt: skip
"""Words that no list of shared names goes across."""

DEVIANT = _set("abnormal anomalous atypical unusual altered deformed malformed")
"""Adjectives that stand before their noun, so that a name never ends with one."""

LIGHT: dict[Language, frozenset[str]] = {
    "en": _set("""
        severe severely mild mildly moderate moderately bilateral bilaterally unilateral left right marked
        markedly progressive congenital chronic acute recurrent multiple numerous diffuse generalized focal
        slight slightly profound persistent intermittent episodic early late typical isolated significant subtle
        apparent obvious new unusual primary secondary very somewhat rather relatively frequent occasional
        extensive massive prominent both her his apparently
    """),
    "es": _set("""
        severo severa grave leve moderado moderada bilateral unilateral izquierdo izquierda derecho derecha
        marcado marcada progresivo progresiva congenito congenita cronico cronica agudo aguda recurrente
        multiples difuso difusa generalizado generalizada focal discreto discreta importante intenso intensa
        profundo profunda persistente intermitente muy algo bastante llamativo llamativa evidente franco franca
        ligero ligera frecuentes ocasional izquierdos derechos ambos ambas severos severas graves leves
        bilaterales aparentemente
    """),
}  # fmt: skip
"""Words that a window may pass over when no longer name holds them."""
