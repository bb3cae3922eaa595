"""Suggest a first treatment for a brain tumour from one MRI slice and the clinical note."""

import math

from avicena import (
    Application,
    Case,
    Choice,
    Decision,
    Gate,
    Image,
    ImageRecipe,
    ImageStage,
    Note,
    NoteGrammar,
    Number,
    Prediction,
    Text,
    Threshold,
    TreeRecipe,
    TreeStage,
    encode,
    refer,
    suggest,
)
from avicena_applications.brain_tumour.layout import LAYOUTS
from avicena_applications.brain_tumour.lexicon import LEXICON
from avicena_applications.brain_tumour.words import LIMITS, WORDS

TUMOURS = ("glioma", "meningioma", "pituitary")
TREATMENTS = ("surgery", "radiotherapy", "chemotherapy", "monitoring")
SEXES = ("female", "male", "other", "unknown")

ENCODINGS = (
    encode.Impute("age"),
    encode.OneHot("sex", SEXES, unlisted=False, indicator=False),
    encode.Impute("duration"),
    encode.Impute("intensity"),
)
"""What trees see beside `features`, fitted on training rows; the last two are columns of `features`."""

_GRAMMAR = NoteGrammar(LEXICON)


def features(case: Case) -> dict[str, float]:
    """What the note says: 1 for a symptom, -1 for one that it denies, 0 for silence; duration and intensity or NaN."""
    found = _GRAMMAR.read(str(case.values.get("note") or ""))
    columns = {f"symptom={name}": 0.0 for name in LEXICON.symptoms}
    columns |= {f"symptom={name}": 1.0 if present else -1.0 for name, present in found.symptoms.items()}
    columns["duration"] = math.nan if found.duration_days is None else found.duration_days
    columns["intensity"] = math.nan if found.intensity is None else float(found.intensity)
    return columns


def decide(prediction: Prediction) -> Decision:
    """One treatment in the 90 % prediction set is a suggestion; anything else goes to the specialist."""
    if not prediction.stage("tumour").confidence.single:
        return refer("more than one tumour class remains plausible", "más de una clase de tumor sigue siendo plausible")
    if not prediction.confidence.single:
        return refer("more than one treatment remains plausible", "más de un tratamiento sigue siendo plausible")
    return suggest(prediction.confidence.plausible[0])


def age_band(case: Case) -> str:
    """The age band of a case, in years; one of four, or "unknown"."""
    age = case.number("age")
    if math.isnan(age):
        return "unknown"
    return next((f"{low}-{high - 1}" for low, high in ((0, 18), (18, 45), (45, 65)) if low <= age < high), "65+")


def sex(case: Case) -> str:
    """The sex of a case as it was given."""
    return str(case.values.get("sex") or "unknown")


application = Application(
    name="brain-tumour",
    purpose=Text(
        "First treatment of a newly found brain tumour; advice to the tumour board.",
        "Primer tratamiento de un tumor cerebral recién hallado; consejo para el comité de tumores.",
    ),
    inputs={
        "mri": Image(modality="MR", min_side=96),
        "age": Number(0, 120, unit="a"),
        "sex": Choice(*SEXES),
        "note": Note(languages=("es", "en")),
    },
    chain=(
        ImageStage("tumour", input="mri", classes=TUMOURS, recipe=ImageRecipe()),
        TreeStage("treatment", classes=TREATMENTS, recipe=TreeRecipe(), given="tumour", encodings=ENCODINGS),
    ),
    features=features,
    decide=decide,
    gate=Gate(
        serve=(
            Threshold("tumour", "accuracy by patient", at_least=0.90),
            Threshold("tumour", "accuracy by patient", at_least=0.85, bound="low"),
            Threshold("tumour", "ECE", at_most=0.05),
            Threshold("tumour", "coverage of sets", at_least=0.90),
            Threshold("tumour", "coverage of sets", at_least=0.90, bound="high", worst_group=True),
            Threshold("tumour", "refused as unfamiliar", at_most=0.05),
            Threshold("treatment", "coverage of sets", at_least=0.90),
            Threshold("treatment", "coverage of sets", at_least=0.90, bound="high", worst_group=True),
        ),
        suggest=(
            Threshold(
                "treatment",
                "p of signal beyond tumour",
                at_most=0.01,
                failing=Text(
                    "no signal beyond tumour class (p = {value})",
                    "no hay señal más allá de la clase de tumor (p = {value})",
                ),
            ),
            Threshold(
                "treatment",
                "gain over tumour alone",
                at_least=0.02,
                bound="low",
                failing=Text(
                    "the model is not better than the tumour class alone (gain {value} nats)",
                    "el modelo no mejora lo que dice la clase de tumor por sí sola (ganancia de {value} nats)",
                ),
            ),
            Threshold(
                "treatment",
                "rows with known patient",
                at_least=1.0,
                failing=Text(
                    "patients are not known in part of the rows, so one may stand on both sides of a split",
                    "no se conoce al paciente en parte de las filas, y puede estar a ambos lados de una división",
                ),
            ),
            Threshold("treatment", "accuracy", at_least=0.60, bound="low"),
            Threshold("treatment", "accuracy", at_least=0.50, worst_group=True),
        ),
    ),
    groups={"sex": sex, "age band": age_band},
    words=WORDS,
    layouts=LAYOUTS,
    limits=LIMITS,
)
