"""A small application without pictures, one row a patient, for tests of tables."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from avicena import (
    Application,
    Case,
    Choice,
    Decision,
    Gate,
    Note,
    Number,
    Prediction,
    TableLayout,
    Text,
    TreeRecipe,
    TreeStage,
    refer,
)
from avicena.core.actor import ROLES, Actor
from avicena.settings import Settings
from avicena.site import Site, open_site

PERSON = Actor("test", ROLES)
HEADER = "Patient;Household;Age;Sex;Temp;Story;Diagnosis;Part"

LAYOUT = TableLayout(
    "patients",
    key="Patient",
    needs=("Diagnosis",),
    inputs={"age": "Age", "sex": "Sex", "temperature": "Temp", "story": "Story"},
    labels={"disease": "Diagnosis"},
    words={"sex": {"F": "female", "M": "male"}, "disease": {"the flu": "influenza"}},
    family=("Household",),
    fold="Part",
)


def features(case: Case) -> dict[str, float]:
    """Age and temperature, NaN where not known."""
    return {name: case.number(name) for name in ("age", "temperature")}


def decide(prediction: Prediction) -> Decision:
    """Nothing is suggested."""
    return refer(f"{len(prediction.confidence.plausible)} diseases remain plausible", "varias enfermedades")


application = Application(
    name="small-fever",
    purpose=Text("What causes a fever, for tests", "Qué causa una fiebre, para pruebas"),
    inputs={
        "age": Number(0, 120, "a"),
        "sex": Choice("female", "male"),
        "temperature": Number(
            25,
            45,
            "Cel",
            required=False,
            plausible=(35, 42),
            missing=Text("not measured, which is common in the well", "no se midió, habitual en sanos"),
        ),
        "story": Note(("en",), longest=60, required=False),
    },
    chain=(TreeStage("disease", ("influenza", "measles", "nothing"), TreeRecipe()),),
    features=features,
    decide=decide,
    gate=Gate(()),
    layouts=(LAYOUT,),
)


def table(*rows: str) -> bytes:
    """A table of these rows under the header."""
    return "\n".join([HEADER, *rows, ""]).encode()


def patients(numbers: Iterable[int], **changed: Any) -> bytes:
    """A table of that many patients in households of two; `changed` maps "p7" to a row that stands in its place."""
    diseases = ("influenza", "measles", "nothing")
    rows = [
        f"p{one};h{one // 2};{20 + one % 60};{'FM'[one % 2]};{36 + one % 5};Story {one % 9};{diseases[one % 3]};"
        for one in numbers
    ]
    return table(*(changed.get(row.split(";")[0], row) for row in rows))


def table_site(folder: Path) -> Site:
    """An installation in `folder` that knows the small application."""
    return open_site(Settings(site=str(folder), applications="tests.tables"), {application.name: application})
