"""A served ranking judged on cases whose disease was diagnosed, with the figures of the evaluation."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from avicena.core.application import Application, RankStage
from avicena.core.case import Case
from avicena.core.case_score import COPY, CaseScore, KnownCase, ScoredCase
from avicena.core.errors import Blocked
from avicena.core.findings import findings
from avicena.core.found import Found, found
from avicena.core.knowledge import Knowledge, Mondo
from avicena.core.model import Measure, Refused
from avicena.core.progress import Progress
from avicena.core.text import Text
from avicena.measure.intervals import Interval, bootstrap_mean
from avicena.measure.known import Known
from avicena.measure.listed import CITED, NEW, by_disease, measured, reciprocal, tops
from avicena.serve.model import Model
from avicena.serve.rank import RankModel, order, unanswerable, why_withheld

FIRST = 10
"""Diseases of each list that are written down."""

TERMS = ((0, 0), (1, 2), (3, 5), (6, 10), (11, 20), (21, None))
"""Bins of the number of observed findings."""


def rank_model(model: Model) -> RankModel:
    """The stage of a model that ranks diseases. Raises Blocked (it has none)."""
    for stage in model.stages:
        if isinstance(stage, RankModel):
            return stage
    raise Blocked("this model ranks no diseases, so there is nothing to score on cases")


def score_cases(
    application: Application,
    model: Model,
    known: Known,
    given: Sequence[KnownCase],
    refused: Sequence[Refused],
    progress: Progress,
) -> CaseScore:
    """Rank every case as it would be served, and measure where its disease stands; refused lines count as missed,
    but for copies of a line before.

    A case with too few findings for an answer is ranked all the same, and counted as a referral too. Findings that the
    knowledge does not know are left out and counted. Raises Blocked (the model ranks nothing).
    """
    stage = rank_model(model)
    declared = application.stage(stage.spec.name)
    assert isinstance(declared, RankStage)  # noqa: S101 (the bundle was made for this application's contract)
    right = Broader(known.knowledge.mondo)
    scored, left_out = [], 0
    for done, one in enumerate(given, 1):
        told = found(Case(None, one.values), declared, known.knowledge.ontology, lenient=True)
        left_out += len(findings(one.values.get(declared.input))) - len(told.findings)
        scored.append(_scored(one, told, stage, declared, known, right))
        progress("cases", done, len(given))
    learnt = model.learnt.known(stage.spec.name, [one.id for one in given]) if model.learnt else None
    missed = sum(one.reason != COPY for one in refused)
    cited = _cited(known.knowledge, given)
    return CaseScore(
        application=application.name,
        stage=stage.spec.name,
        candidate=model.candidate,
        bundle=model.digest,
        knowledge=known.id,
        measures=tuple(_measures(stage.spec.name, scored, given, missed, right.known, cited)),
        cases=tuple(scored),
        refused=tuple(refused),
        trained_on=learnt,
        left_out=left_out,
        cited=int(cited[CITED].sum()),
        unnamed=sum(not one.papers for one in given),
        notices=_notices(known.knowledge, given),
    )


class Broader:
    """Which diseases Mondo says to be the same as another, or broader: the lenient rule of Reese et al. (2025)."""

    def __init__(self, mondo: Mondo | None) -> None:
        self.known = mondo is not None
        self._mondo = mondo
        self._nodes: dict[str, set[str]] = {}
        for node, code in mondo.matches if mondo else ():
            self._nodes.setdefault(code, set()).add(node)

    def of(self, disease: str) -> set[str]:
        """The nodes of a disease, and all above them."""
        return set() if self._mondo is None else self._mondo.upward(self._nodes.get(disease, ()))

    def first(self, names: Sequence[str], disease: str) -> int | None:
        """The place from 1 of the first name that is the disease, the same, or broader; None where none is."""
        right = self.of(disease)
        for place, name in enumerate(names, 1):
            if name == disease or not right.isdisjoint(self._nodes.get(name, ())):
                return place
        return None


def _scored(
    one: KnownCase, told: Found, stage: RankModel, declared: RankStage, known: Known, right: Broader
) -> ScoredCase:
    patient = told.patient
    counts = (len(patient.observed), len(patient.excluded))
    if not patient.observed and not patient.excluded:
        return ScoredCase(one.id, one.disease, None, None, (), 1.0, True, *counts)
    ordered = order(stage, patient, known)
    names, knowledge = ordered.names, known.knowledge
    refused = unanswerable(told, declared, knowledge) or why_withheld(told, ordered, stage.spec, knowledge)
    return ScoredCase(
        one.id,
        one.disease,
        names.index(one.disease) + 1 if one.disease in names else None,
        right.first(names, one.disease) if right.known else None,
        tuple(zip(names[:FIRST], ordered.shares[:FIRST].tolist(), strict=True)),
        ordered.none,
        refused is not None,
        *counts,
    )


def _cited(known: Knowledge, given: Sequence[KnownCase]) -> dict[str, NDArray[np.bool_]]:
    """Which cases' papers the annotations of their disease cite, and which not, bool (n,) each.

    A case without a paper is neither: nobody can tell.
    """
    pairs = known.rows.cited()
    named = np.array([bool(one.papers) for one in given], dtype=bool)
    cited = [not pairs.isdisjoint((one.disease, paper) for paper in one.papers) for one in given]
    return {CITED: np.array(cited, dtype=bool), NEW: named & ~np.array(cited, dtype=bool)}


def _measures(
    stage: str,
    scored: Sequence[ScoredCase],
    given: Sequence[KnownCase],
    missed: int,
    mondo: bool,
    cited: Mapping[str, NDArray[np.bool_]],
) -> list[Measure]:
    """Top-k, mean reciprocal rank, by disease, by number of findings and by whether the case was annotated from.

    A line that was refused is a case missed.
    """
    ranks = np.array([one.rank or np.inf for one in scored] + [np.inf] * missed, dtype=np.float64)
    families = np.array([one.family for one in given] + [f"refused {number}" for number in range(missed)])
    cases = len(scored)
    made = [*tops(stage, ranks, families), reciprocal(stage, ranks, families)]
    made += by_disease(stage, ranks[:cases], [one.disease for one in scored], families[:cases])
    if mondo:
        loose = np.array([one.lenient or np.inf for one in scored] + [np.inf] * missed, dtype=np.float64)
        made += [
            measured(stage, f"{one.name}, same or broader", Interval(one.value, one.low, one.high, one.units))
            for one in tops(stage, loose, families)
        ]
    away = np.array([one.withheld for one in scored] + [True] * missed, dtype=np.float64)
    made.append(measured(stage, "referred", bootstrap_mean(away, families)))
    for level, which in cited.items():
        if which.any():
            made += tops(stage, ranks[:cases][which], families[:cases][which], "paper", level)
    counts = np.array([one.observed for one in scored])
    for low, high in TERMS:
        rows = np.flatnonzero((counts >= low) & (counts <= (high if high is not None else counts.max(initial=0))))
        if len(rows):
            made += tops(stage, ranks[rows], families[rows], "observed findings", _bin(low, high))
    return made


def _bin(low: int, high: int | None) -> str:
    return f"{low}+" if high is None else f"{low}" if low == high else f"{low}-{high}"


def _notices(known: Knowledge, given: Sequence[KnownCase]) -> tuple[Text, ...]:
    """What the figures may not be taken for."""
    strange = sum(one.disease not in known.number for one in given)
    if not strange:
        return ()
    return (
        Text(
            f"{strange} of {len(given)} cases have a disease that this knowledge does not hold: they count as missed",
            f"{strange} de {len(given)} casos tienen una enfermedad que este conocimiento no recoge: cuentan como "
            "fallos",
        ),
    )
