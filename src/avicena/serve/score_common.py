"""The stage of common diseases judged on a table of patients whose disease is known."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from avicena.core.application import Application, TreeStage
from avicena.core.case import Case
from avicena.core.common_score import CommonScore, ScoredRow
from avicena.core.errors import Blocked, ContractViolation
from avicena.core.found import codes
from avicena.core.learnt import content
from avicena.core.model import Measure, Refused, Row
from avicena.core.progress import Progress
from avicena.core.reasons import why_none
from avicena.core.text import Text
from avicena.measure import figures
from avicena.measure.intervals import bootstrap_mean
from avicena.measure.listed import tops
from avicena.serve.common import FEWEST, heard
from avicena.serve.model import Model, TreeModel
from avicena.serve.tree import named, plausible, rows, scores, silent

AT_ONCE = 500
"""Rows that the trees are asked about at once."""

Doubles = NDArray[np.float64]


def common_model(application: Application, model: Model) -> TreeModel:
    """The stage of a model whose classes join the list of diseases. Raises Blocked (it has none)."""
    wanted = application.lists.common if application.lists is not None else ""
    for stage in model.stages:
        if isinstance(stage, TreeModel) and stage.spec.name == wanted:
            return stage
    raise Blocked("this model has no part for common diseases, so there is nothing to score on a table of them")


def score_common(
    application: Application, model: Model, given: Sequence[Row], refused: Sequence[Refused], progress: Progress
) -> CommonScore:
    """Ask the stage of common diseases about every row, and measure it; where it would be silent a row is refused.

    Raises Blocked (the model has no such stage), ContractViolation (not one row can be scored).
    """
    stage = common_model(application, model)
    name = stage.spec.name
    declared = application.stage(name)
    assert isinstance(declared, TreeStage)  # noqa: S101 (the bundle was made for this application's contract)
    asked = [row for row in given if name in row.labels and not silent(declared, Case(None, row.values))]
    told = {row.id for row in asked}
    fallen = [
        Refused(row.id, "says-nothing" if name in row.labels else "no-label") for row in given if row.id not in told
    ]
    everything = (*refused, *fallen)
    if not asked:
        raise ContractViolation({"common": f"none of its rows can be scored: {why_none(everything)}"})
    chances, unheard = _asked(application, stage, asked, progress)
    learnt = (
        model.learnt.known(name, [content(row.values, row.labels[name]) for row in asked]) if model.learnt else None
    )
    return CommonScore(
        application=application.name,
        stage=name,
        classes=stage.spec.classes,
        candidate=model.candidate,
        bundle=model.digest,
        measures=tuple(_measures(stage, asked, chances)),
        rows=tuple(_row(stage, row, line) for row, line in zip(asked, chances, strict=True)),
        refused=everything,
        trained_on=learnt,
        unheard=unheard,
        notices=tuple(_notices(application, stage, asked)),
    )


def _asked(application: Application, stage: TreeModel, asked: Sequence[Row], progress: Progress) -> tuple[Doubles, int]:
    """Probabilities (n, k) of the rows, and how many of these tell something that the model does not know."""
    found: list[Doubles] = []
    unheard = 0
    for start in range(0, len(asked), AT_ONCE):
        lines = []
        for row in asked[start : start + AT_ONCE]:
            case = Case(None, row.values)
            columns = dict(application.features(case))
            encoded = stage.encodes.columns(case, columns, {}, {}) if stage.encodes is not None else {}
            unheard += any(value > 0 for name, value in encoded.items() if name.endswith(" unlisted"))
            lines.append(rows(stage.spec, {**columns, **encoded})[1])
        found.append(scores(stage.spec, stage.trees.margins(np.stack(lines))))
        progress("rows", min(start + AT_ONCE, len(asked)), len(asked))
    return np.concatenate(found), unheard


def _row(stage: TreeModel, row: Row, chances: Doubles) -> ScoredRow:
    spec = stage.spec
    best = spec.classes[int(np.argmax(chances))]
    kept = plausible(spec.classes, chances, spec.conformal)
    return ScoredRow(row.id, row.labels[spec.name], best, named(spec.classes, chances), kept)


def _measures(stage: TreeModel, asked: Sequence[Row], chances: Doubles) -> Iterable[Measure]:
    """Balanced and plain accuracy, places in the list, log loss, sets, and the recall of each class."""
    name, classes = stage.spec.name, stage.spec.classes
    labels = np.array([classes.index(row.labels[name]) for row in asked], dtype=np.int64)
    families = np.array([row.family for row in asked])
    right = (chances.argmax(axis=1) == labels).astype(np.float64)
    own = chances[np.arange(len(labels)), labels]
    weights = 1 / np.bincount(labels)[labels]
    yield figures.measure(name, "balanced accuracy", bootstrap_mean(right, families, weights=weights))
    yield figures.measure(name, "accuracy", bootstrap_mean(right, families))
    yield from tops(name, (chances > own[:, None]).sum(axis=1) + 1.0, families)[1:]
    yield figures.measure(name, "log loss", bootstrap_mean(-np.log(np.maximum(own, 1e-12)), families))
    inside = np.array([[label in kept for label in classes] for kept in _sets(stage, chances)])
    holds = inside[np.arange(len(labels)), labels].astype(np.float64)
    yield figures.measure(name, "coverage of sets", bootstrap_mean(holds, families))
    yield figures.measure(name, "size of sets", bootstrap_mean(inside.sum(axis=1).astype(np.float64), families))
    for number, label in enumerate(classes):
        here = labels == number
        if here.any():
            yield figures.measure(name, "recall", bootstrap_mean(right[here], families[here]), "class", label)


def _sets(stage: TreeModel, chances: Doubles) -> Iterable[tuple[str, ...]]:
    return (plausible(stage.spec.classes, line, stage.spec.conformal) for line in chances)


def _heard(application: Application, stage: TreeModel, row: Row) -> int:
    """How many codes of a row a training row had."""
    lists = application.lists
    return heard(codes(Case(None, row.values), lists), lists.coded, stage.spec) if lists is not None else 0


def _notices(application: Application, stage: TreeModel, asked: Sequence[Row]) -> Iterable[Text]:
    """What the figures may not be taken for."""
    if few := sum(_heard(application, stage, row) < FEWEST for row in asked):
        yield Text(
            f"{few} of {len(asked)} rows have fewer than {FEWEST} codes that the model knows: they were asked about "
            "all the same, but an answer would not speak of common diseases",
            f"{few} de {len(asked)} filas tienen menos de {FEWEST} códigos que el modelo conoce: se preguntó por ellas "
            "de todos modos, pero una respuesta no hablaría de enfermedades comunes",
        )
    there = {row.labels[stage.spec.name] for row in asked}
    if absent := len(stage.spec.classes) - len(there):
        yield Text(
            f"{absent} of {len(stage.spec.classes)} diseases are in no row: nothing is known of their recall",
            f"{absent} de {len(stage.spec.classes)} enfermedades no están en ninguna fila: nada se sabe de su "
            "sensibilidad",
        )
