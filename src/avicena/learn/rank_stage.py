"""A ranking stage learnt from published cases and the knowledge, measured, and made into files of a bundle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avicena.core.application import Application, RankStage
from avicena.core.bundle import RankStageSpec
from avicena.core.case import Case
from avicena.core.errors import Blocked
from avicena.core.found import found
from avicena.core.model import Measure, Row
from avicena.core.ontology import Ontology
from avicena.core.progress import Progress, Shelf
from avicena.core.ranking import WIDEST
from avicena.formats import ubj
from avicena.formats.arrays import write_arrays
from avicena.learn.rank import RankFit, fit_ranker
from avicena.learn.rank_figures import Blind, figures
from avicena.learn.rank_table import Example
from avicena.measure.intervals import Interval, bootstrap_mean
from avicena.measure.known import Known
from avicena.measure.listed import CITED, tops

SCORERS = {False: "columns/1", True: "columns/2"}
"""The scorer whose columns the trees read (`serve.scorers`), without Mondo and with it."""


@dataclass(frozen=True)
class RankOutcome:
    """What a ranking stage leaves: its part of the bundle, its figures, and its parameters."""

    spec: RankStageSpec
    files: Mapping[str, bytes]
    measures: tuple[Measure, ...]
    params: Mapping[str, float | int | str]


def learn_ranks(
    app: Application,
    stage: RankStage,
    rows: Sequence[Row],
    knows: Known | None,
    seed: int,
    shelf: Shelf,
    progress: Progress,
) -> RankOutcome:
    """Train and measure the ranker of a stage on `rows`, those of which count that carry its label.

    Raises Blocked (no knowledge, no labelled row, or too few independent ones).
    """
    used = [row for row in rows if stage.name in row.labels]
    if not used:
        raise Blocked(f"no row of that dataset carries the label '{stage.name}'")
    if knows is None:
        raise Blocked("a ranking learns with the knowledge, and none of its kind is here: avicena knowledge build")
    examples = examples_of(stage, used, knows.ready.known.ontology)
    fit = fit_ranker(examples, knows.ready, stage.recipe, seed, stage.alpha, progress, shelf, knows.id)
    measures = _measures(app, stage, used, fit)
    spec = RankStageSpec(
        name=stage.name,
        input=stage.input,
        file=f"{stage.name}.ubj.gz",
        columns=fit.columns,
        scorer=SCORERS[stage.recipe.mondo],
        temperature=fit.scale.temperature,
        none=fit.scale.none,
        alpha=stage.alpha,
        threshold=fit.scale.threshold,
        widest=WIDEST,
        knowledge=knows.id,
        mondo=stage.recipe.mondo,
        family="random-forest" if fit.way == "forest" else "xgboost",
        parity_file=f"{stage.name}-parity.npz",
    )
    inputs, outputs = fit.parity
    files = {
        spec.file: ubj.packed(fit.model),
        spec.parity_file: write_arrays({"inputs": inputs, "outputs": outputs[:, None]}),
    }
    known = sum(one.disease in knows.ready.known.number for one in examples)
    params = {
        "way": fit.way,
        "rows": len(used),
        "rows whose disease is known": known,
        "rows of which no annotation was written": int(fit.new.sum()),
        "temperature": round(fit.scale.temperature, 4),
        "knowledge": knows.id,
    }
    return RankOutcome(spec, files, tuple(measures), params)


def examples_of(stage: RankStage, rows: Sequence[Row], onto: Ontology) -> list[Example]:
    """The rows as the ranker learns from them: read as they would be when served, without terms that are too new."""
    return [
        Example(
            found(Case(None, row.values), stage, onto, lenient=True).patient,
            row.labels[stage.name],
            tuple(row.source.split(";")) if row.source else (),
            row.family,
        )
        for row in rows
    ]


def _measures(app: Application, stage: RankStage, used: Sequence[Row], fit: RankFit) -> list[Measure]:
    """All figures, of cases that are new to the knowledge; of the others only how often they are found."""
    families = np.array([row.family for row in used])
    fresh = [row for row, is_new in zip(used, fit.new.tolist(), strict=True) if is_new]
    cases = [Case(None, row.values) for row in fresh]
    groups = {name: np.array([of(case) for case in cases]) for name, of in app.groups.items()}
    diseases = [row.labels[stage.name] for row in fresh]
    blind = fit.blind.at(fit.new)
    made = figures(stage.name, blind, diseases, families[fit.new], groups)
    made += _ways(stage, fit, blind, families[fit.new])
    if (held := ~np.isnan(blind.gone)).any():
        made += tops(stage.name, blind.ranks[held], families[fit.new][held], "disease", "in the knowledge")
    if not fit.new.all():
        made += tops(stage.name, fit.blind.ranks[~fit.new], families[~fit.new], "paper", CITED)
    return made


def _ways(stage: RankStage, fit: RankFit, blind: Blind, families: NDArray[np.str_]) -> list[Measure]:
    """What every way that was compared reached, and what the score without training does."""
    named = {f"top-{top} of {way}": (one.ranks <= top) for way, one in fit.figures.items() for top in (1, 10)}
    named |= {f"top-{top} without training": (blind.first <= top) for top in (1, 10)}
    return [_told(stage, name, bootstrap_mean(right.astype(float), families)) for name, right in named.items()]


def _told(stage: RankStage, name: str, found: Interval) -> Measure:
    return Measure(stage.name, name, found.value, found.low, found.high, found.units)
