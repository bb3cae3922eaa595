"""A small application and the pictures of small made-up hospitals, for the tests of this folder."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from avicena.core import digest
from avicena.core.answer import Decision, Prediction, refer
from avicena.core.application import Application, Gate, ImageStage, TreeStage
from avicena.core.case import Case, Choice, Image, Note, Number, Picture
from avicena.core.errors import Unreadable
from avicena.core.layout import TableLayout
from avicena.core.model import Refused
from avicena.core.recipe import ImageRecipe
from avicena.core.text import Text
from avicena.core.tree_recipe import TreeRecipe
from avicena.ingest import Plan

SCANS = TableLayout(
    name="scans",
    key="scan",
    image="scan",
    needs=("person",),
    labels={"kind": "kind"},
    family=("person", "study"),
    source="site",
    fold="part",
    box=("x", "y", "w", "h"),
    box_point="centre",
)
VISITS = TableLayout(
    name="visits",
    key="Visit ID",
    image="scan",
    needs=("Finding",),
    inputs={"age": "Age", "sex": "Sex", "note": "Note"},
    labels={"kind": "Finding", "plan": "Plan"},
    words={"sex": {"F": "female", "M": "male"}, "kind": {"Round thing": "round"}, "plan": {"Wait and see": "wait"}},
    folders={"kind": {"rounds": "round", "flats": "flat"}},
)


def features(case: Case) -> dict[str, float]:
    age = case.values["age"]
    return {"age": age if isinstance(age, float) else float("nan")}


def decide(prediction: Prediction) -> Decision:
    return refer(f"{len(prediction.confidence.plausible)} outcomes remain plausible")


APPLICATION = Application(
    name="shapes",
    purpose=Text("Tell round things from flat ones.", "Distinguir lo redondo de lo plano."),
    inputs={
        "scan": Image("MR", min_side=8),
        "age": Number(0, 120, "a"),
        "sex": Choice("female", "male"),
        "note": Note(("en",)),
    },
    chain=(
        ImageStage("kind", "scan", ("round", "flat"), ImageRecipe()),
        TreeStage("plan", ("wait", "act"), TreeRecipe(), given="kind"),
    ),
    features=features,
    decide=decide,
    gate=Gate(()),
    layouts=(SCANS, VISITS),
)


def picture(content: str, side: int = 8) -> Picture:
    """A picture whose digest is that of `content`."""
    return Picture(digest.of_bytes(content.encode()), "image/png", None, np.zeros((side, side), np.uint8))


def pictures(
    paths: Iterable[str], other: Mapping[str, Picture | Unreadable]
) -> Iterator[tuple[str, Picture | Unreadable]]:
    """Each path with a picture of its own, or the one that `other` names."""
    return ((path, other.get(path) or picture(path)) for path in paths)


def places(plan: Plan) -> list[str]:
    """Every file and row that a plan accounts for, however often it does."""
    refused = [place for one in (*plan.refused, *plan.unclaimed) for place in (one.where, *one.also)]
    return sorted([place for one in plan.planned for place in one.places] + refused)


def reasons(refused: Iterable[Refused]) -> dict[str, str]:
    """Reason by place."""
    return {one.where: one.reason for one in refused}
