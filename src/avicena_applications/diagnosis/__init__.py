"""Suggest which common or orphan diseases explain what was seen in a patient, and what to look for next."""

import math

from avicena import (
    Application,
    Case,
    Choice,
    Codes,
    Decision,
    Findings,
    Gate,
    Note,
    Number,
    Prediction,
    RankStage,
    TableLayout,
    Text,
    Threshold,
    TreeRecipe,
    TreeStage,
    encode,
    refer,
    suggest,
)
from avicena_applications.diagnosis import coded
from avicena_applications.diagnosis.words import LIMITS, WORDS

SEXES = ("female", "male", "other", "unknown")
NOTES = ("note", "history")


def features(case: Case) -> dict[str, float]:
    """Age in years and whether the patient is a woman, for common diseases; the ranking makes columns of its own."""
    given = case.values.get("sex")
    return {"age": case.number("age"), "female": float(given == "female") if given in ("female", "male") else math.nan}


def decide(prediction: Prediction) -> Decision:
    """The differential is given where a disease leads it; the platform refers before, where it may not be given."""
    ranking = prediction.outcome.ranking
    if ranking is None or not ranking.diseases:
        return refer("there is no list of diseases", "no hay lista de enfermedades")
    leading = ranking.diseases[0].disease
    if leading not in prediction.confidence.plausible:
        return refer("no disease of the list is plausible", "ninguna enfermedad de la lista es plausible")
    count = sum(one.disease in prediction.confidence.plausible for one in ranking.diseases)
    return suggest(
        leading,
        f"{count} {'disease remains' if count == 1 else 'diseases remain'} plausible",
        f"{count} {'enfermedad sigue siendo plausible' if count == 1 else 'enfermedades siguen siendo plausibles'}",
    )


def age_band(case: Case) -> str:
    """The age band of a case, in years; one of five, or "unknown"."""
    age = case.number("age")
    if math.isnan(age):
        return "unknown"
    return next((f"{low}-{high - 1}" for low, high in ((0, 1), (1, 6), (6, 18), (18, 45)) if low <= age < high), "45+")


def sex(case: Case) -> str:
    """The sex of a case as it was given."""
    return str(case.values.get("sex") or "unknown")


def findings_band(case: Case) -> str:
    """How many findings were given, observed and excluded."""
    given = case.values.get("findings")
    count = len(given) if isinstance(given, tuple) else 0
    return next((name for name, most in (("0-4", 4), ("5-9", 9), ("10-19", 19)) if count <= most), "20+")


COMMON = TreeStage(
    "common",
    coded.CONDITIONS,
    TreeRecipe(trials=1, permutations=0, prevalence="equal", max_rounds=40, forest=10, deepest=10),
    encodings=(encode.EvidenceList(coded.EVIDENCES, least=1, indicator=False),),
    needs=(coded.EVIDENCES,),
    pooled=True,
    optional=True,
)

DIFFERENTIAL = RankStage(
    "differential",
    notes=NOTES,
    coded=coded.EVIDENCES,
    terms=coded.TERMS,
    gives=coded.GIVES,
    common=COMMON.name,
    ids=coded.IDS,
    optional=True,
)

DDXPLUS = TableLayout(
    "ddxplus",
    key="",
    needs=("PATHOLOGY", "EVIDENCES"),
    inputs={"age": "AGE", "sex": "SEX", coded.EVIDENCES: "EVIDENCES"},
    labels={COMMON.name: "PATHOLOGY"},
    words={"sex": {"F": "female", "M": "male"}},
)

application = Application(
    name="diagnosis",
    purpose=Text(
        "Differential diagnosis of common and orphan diseases; advice to the physician who looks for a cause.",
        "Diagnóstico diferencial de enfermedades comunes y raras; consejo para quien busca la causa.",
    ),
    inputs={
        "findings": Findings(),
        "age": Number(0, 130, unit="a", required=False, plausible=(0, 110), durations=True),
        "sex": Choice(*SEXES, required=False),
        "note": Note(languages=("es", "en"), required=False),
        "history": Note(languages=("es", "en"), required=False),
        coded.EVIDENCES: Codes(pattern=r"[\w@.'/ -]{1,60}", sample=("toux", "fievre"), longest=100, required=False),
    },
    chain=(COMMON, DIFFERENTIAL),
    features=features,
    decide=decide,
    gate=Gate(
        serve=(
            Threshold("differential", "top-10", at_least=0.30),
            Threshold("differential", "gain of top-1 over the score without training", at_least=0.0, bound="low"),
            Threshold("differential", "ECE", at_most=0.10),
            Threshold("differential", "coverage of sets", at_least=0.90, bound="high"),
            Threshold("common", "balanced accuracy", at_least=0.75),
            Threshold("common", "coverage of sets", at_least=0.90, bound="high"),
        ),
        suggest=(
            Threshold(
                "differential",
                "ECE",
                at_most=0.05,
                failing=Text(
                    "its probabilities are off by more than 5 points on average",
                    "sus probabilidades se desvían más de 5 puntos de media",
                ),
            ),
            Threshold(
                "differential",
                "AUROC of none of these",
                at_least=0.75,
                failing=Text(
                    "a disease that the knowledge does not hold is not told well enough from one that it does "
                    "(AUROC {value})",
                    "no se distingue bastante bien una enfermedad que el conocimiento no recoge de una que sí "
                    "(AUROC {value})",
                ),
            ),
            Threshold(
                "differential",
                "top-1",
                at_least=0.30,
                bound="low",
                failing=Text(
                    "the right disease leads the list in too few cases ({value})",
                    "la enfermedad correcta encabeza la lista en muy pocos casos ({value})",
                ),
            ),
        ),
    ),
    groups={"sex": sex, "age band": age_band, "findings": findings_band},
    words=WORDS,
    limits=LIMITS,
    layouts=(DDXPLUS,),
)
