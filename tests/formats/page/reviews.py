"""A made-up candidate with workings, studies, audits and a review, and what is said of it."""

from dataclasses import replace
from functools import cache

import numpy as np

from avicena.core.actor import Actor
from avicena.core.application import Application, Threshold
from avicena.core.leak import Override
from avicena.core.lineage import Ancestor, Lineage
from avicena.core.model import Candidate, Evaluation, Measure, ModelVersion, Review
from avicena.core.study import Study, Trial
from avicena.core.technical import Audited, TechnicalReview
from avicena.core.workings import Workings
from avicena.review import appraise, judge
from tests.formats.page.datasets import EVIL, VERSION, explored, rows
from tests.small import TREATMENTS, TUMOURS, Gate, application

ANA = Actor("ana", ("reviewer",))
CANDIDATE = Candidate(
    "sha256:" + "cd" * 32,
    application.name,
    {"tumour": VERSION.id, "treatment": VERSION.id},
    "sha256:" + "ef" * 32,
    {"tumour: slices": 120, "treatment: family": EVIL},
    7,
    "avicena 0",
    "sha256:" + "aa" * 32,
)
SIGNED = Review(
    CANDIDATE.id,
    "accept",
    "refer",
    ANA,
    f"committee {EVIL}",
    "2026-02-03T04:05:06Z",
    "e",
    "key-1",
    "ab" * 64,
    "sha256:p",
)


def gated() -> Application:
    """The small application with a gate that one figure passes, one fails, and one was not measured."""
    gate = Gate(
        serve=(Threshold("tumour", "accuracy", at_least=0.1),),
        suggest=(Threshold("tumour", "ECE", at_most=0.001), Threshold("treatment", "AUROC", at_least=0.5)),
    )
    return replace(application, gate=gate)


def workings(stage: str, share: float = 0.8, number: int = 120, *, maps: bool = False) -> Workings:
    """What a model says that is right in about this share of rows."""
    held = rows(number)
    classes = TUMOURS if stage == "tumour" else TREATMENTS
    random = np.random.default_rng(3)
    labels = np.array([classes.index(row.labels[stage]) for row in held], dtype=int)
    said = np.where(random.random(number) < share, labels, (labels + 1) % len(classes))
    chances = random.dirichlet(np.ones(len(classes)), number) * 0.5
    chances[np.arange(number), said] += 0.5
    sexes = [str(row.values["sex"]) for row in held]
    grids = random.normal(size=(number, 3, 3)) if maps else None
    picture = "mri" if maps else ""
    return Workings.of(stage, classes, held, chances, picture=picture, groups={"sex": sexes}, maps=grids)


def measures() -> tuple[Measure, ...]:
    """Figures of both stages, overall and by group."""
    found = []
    for stage in ("tumour", "treatment"):
        found += [
            Measure(stage, "accuracy", 0.81, 0.75, 0.86, 60),
            Measure(stage, "ECE", 0.03, 0.02, 0.05, 60),
            Measure(stage, "log loss", 0.5, 0.4, 0.6, 60),
            Measure(stage, "accuracy of the surest 80% of patients", 0.9, 0.85, 0.95, 48),
            Measure(stage, "size of sets", 1.3, 1.3, 1.3, 60),
            Measure(stage, "log loss by class on permuted labels", 1.2, 1.1, 1.3, 99),
            Measure(stage, "p of signal beyond tumour", 0.46, 0.46, 0.46, 99),
            Measure(stage, "coverage of sets", 0.91, 0.88, 0.95, 60),
            Measure(stage, "coverage of sets", 0.93, 0.8, 0.97, 12, "sex", "female"),
        ]
    for way in ("xgboost, none", "random-forest, augment"):
        found.append(Measure("treatment", "accuracy", 0.6, 0.5, 0.7, 60, "model family", way))
    return (*found, Measure("tumour", "recall", 0.7, 0.6, 0.8, 30, "class and source", "glioma, source north"))


@cache
def reviewed() -> TechnicalReview:
    """With everything that a candidate can have; of the image stage, seeds and learning curve were studied."""
    told = explored()
    assert told.audit is not None
    figures = [one for one in measures() if not one.group]
    evaluation = Evaluation(
        CANDIDATE.id,
        tuple(figures),
        tuple(one for one in measures() if one.group),
        judge(gated().gate, measures()),
    )
    mine = (Measure("tumour", "accuracy", 0.79, 0.7, 0.85, 60), Measure("tumour", "ECE", 0.04, 0.02, 0.06, 60))
    less = (replace(mine[0], value=0.6, low=0.5, high=0.7), mine[1])
    trials = (Trial(8, 1.0, 45.0, mine), Trial(9, 1.0, 45.0, mine), Trial(7, 0.5, 22.5, less))
    study = Study("s", application.name, CANDIDATE.id, "tumour", VERSION.id, CANDIDATE.recipe, "avicena 0", trials)
    ancestor = Ancestor(VERSION.id, VERSION, "2026-01-01T00:00:00Z", (), {"table": ("sha256:" + "11" * 32, True)}, {})
    gone = Ancestor("sha256:" + "99" * 32, None, "", (), {}, {})
    version = ModelVersion(application.name, 3, CANDIDATE.id, CANDIDATE.bundle, "refer", CANDIDATE.id)
    lineage = Lineage(version, CANDIDATE, {"tumour": (ancestor, gone), "treatment": (ancestor,)})
    word = Override(application.name, VERSION.id, "note", ANA, "known", "2026-01-02", "r", told.audit.names("note"))
    return TechnicalReview(
        lineage,
        evaluation,
        (Audited(VERSION.id, told.audit, (word,)),),
        (appraise(workings("tumour", maps=True)), appraise(workings("treatment"))),
        (study,),
        SIGNED,
    )


@cache
def bare() -> TechnicalReview:
    """A candidate from elsewhere of which nothing else is known here."""
    candidate = replace(CANDIDATE, datasets={})
    return TechnicalReview(Lineage(None, candidate, {}), Evaluation(CANDIDATE.id, (), (), ()), ())
