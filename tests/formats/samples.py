"""One small application and the answers it may give: the material of the tests of words, JSON and FHIR."""

from dataclasses import replace

from avicena.core.actor import Actor
from avicena.core.answer import (
    Answer,
    Confidence,
    Contribution,
    Decision,
    HeatMap,
    ModelUnit,
    Prediction,
    Region,
    Route,
    StagePrediction,
    refer,
    suggest,
)
from avicena.core.application import Application, Gate, ImageStage, TreeStage
from avicena.core.case import Case, Choice, Image, Note, Number
from avicena.core.recipe import ImageRecipe
from avicena.core.text import Text
from avicena.core.tree_recipe import TreeRecipe

SNOMED = "http://snomed.info/sct"
NOTE = "Secret words of the patient: headaches & <seizures>."
PICTURE = "sha256:" + "ab" * 32
NO_SIGNAL = Text("no signal beyond tumour class (p = 0.41)", "sin señal más allá de la clase de tumor (p = 0,41)")

APPLICATION = Application(
    name="brain-tumour",
    purpose=Text("First treatment of a newly found brain tumour", "Primer tratamiento de un tumor cerebral nuevo"),
    inputs={
        "mri": Image("MR", 64),
        "age": Number(0, 120, "a"),
        "sex": Choice("female", "male", required=False),
        "note": Note(("es", "en")),
    },
    chain=(
        ImageStage("tumour", "mri", ("glioma", "meningioma", "pituitary"), ImageRecipe()),
        TreeStage("treatment", ("surgery", "radiotherapy", "monitoring"), TreeRecipe(), given="tumour"),
    ),
    features=lambda case: {"age": float(case.values["age"] or 0)},
    decide=lambda prediction: suggest(prediction.best),
    gate=Gate(serve=()),
    words={
        "tumour": Text("tumour", "tumor"),
        "treatment": Text("treatment", "tratamiento"),
        "glioma": Text("glioma", "glioma"),
        "meningioma": Text("meningioma", "meningioma"),
        "pituitary": Text("pituitary tumour", "tumor hipofisario"),
        "surgery": Text("surgery", "cirugía"),
        "radiotherapy": Text("radiotherapy", "radioterapia"),
        "monitoring": Text("close monitoring", "vigilancia estrecha"),
        "age": Text("age", "edad"),
        "symptom=headache": Text("headache", "cefalea"),
        "duration": Text("duration in days", "duración en días"),
    },
    codes={
        "glioma": (SNOMED, "393564001", "Glioma"),
        "surgery": (SNOMED, "387713003", "Surgical procedure"),
    },
    limits=(Text("Research use only; not a medical device", "Solo para investigación; no es un producto sanitario"),),
)

TUMOUR = StagePrediction(
    stage="tumour",
    scores={"glioma": 0.9412, "meningioma": 0.0539, "pituitary": 0.0049},
    confidence=Confidence(("glioma",), 0.1, outlier=12.5, outlier_limit=30.0),
    heat_map=HeatMap("glioma", ((0.0, 0.25), (1.0, 0.5)), Region(0.25, 0.3, 0.12, 0.2)),
)
TREATMENT = StagePrediction(
    stage="treatment",
    scores={"surgery": 0.7, "radiotherapy": 0.2, "monitoring": 0.1},
    confidence=Confidence(("surgery",), 0.1),
    contributions=(
        Contribution("surgery", "(base)", None, 0.9),
        Contribution("surgery", "age", 54.0, 0.213),
        Contribution("surgery", "symptom=headache", 1.0, -0.5),
        Contribution("surgery", "duration", 1.0, 0.02),
        Contribution("surgery", "tumour=glioma", 0.9412, 0.31),
        Contribution("monitoring", "age", 54.0, -0.7),
    ),
)


def answered(
    treatment: StagePrediction = TREATMENT,
    tumour: StagePrediction = TUMOUR,
    decision: Decision | None = None,
    subject: str | None = "P-0042",
    suggests: bool = True,
) -> Answer:
    """An answer of the sample application; without `suggests`, its model was released for referral only."""
    prediction = Prediction((tumour, treatment), "suggest" if suggests else "refer", None if suggests else NO_SIGNAL)
    return Answer(
        id="01936f6e-5c1a-7abc-8def-0123456789ab",
        at="2026-11-22T01:26:00.123456Z",
        actor=Actor("dr.house", ("clinician",)),
        application="brain-tumour",
        case=Case(subject, {"mri": PICTURE, "age": 54.0, "sex": None, "note": NOTE}),
        route=Route(
            ModelUnit(
                "brain-tumour",
                3,
                "sha256:" + "cd" * 32,
                {"tumour": "sha256:" + "01" * 32, "treatment": "sha256:" + "02" * 32},
            )
        ),
        prediction=prediction,
        decision=decision or suggest("surgery"),
    )


def suggestion() -> Answer:
    """One treatment is plausible and the model may suggest it."""
    return answered()


def referral() -> Answer:
    """The review found no signal: three treatments remain, and the case is referred."""
    three = replace(TREATMENT, confidence=Confidence(("surgery", "radiotherapy", "monitoring"), 0.1))
    return answered(three, decision=refer(NO_SIGNAL.en, NO_SIGNAL.es), suggests=False)


def unfamiliar() -> Answer:
    """A photograph: far from the training data, so referred."""
    far = replace(TUMOUR, confidence=Confidence(("glioma",), 0.1, outlier=88.0, outlier_limit=30.0))
    reason = refer(
        "the picture does not look like the ones this model learnt from",
        "la imagen no se parece a aquellas con las que aprendió este modelo",
    )
    return answered(tumour=far, decision=reason, suggests=False)


def nameless() -> Answer:
    """A suggestion for a patient whose pseudonym was not given."""
    return answered(subject=None)


ANSWERS = {one.__name__: one for one in (suggestion, referral, unfamiliar, nameless)}
