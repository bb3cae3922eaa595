"""A tree stage learnt over features and the stages before it, measured, and made into files of a bundle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from avicena.core.application import Application, ImageStage, TreeStage
from avicena.core.bundle import ConformalSpec, Histogram, TreeStageSpec, given
from avicena.core.case import Case
from avicena.core.encoder import Encoder
from avicena.core.errors import Blocked
from avicena.core.model import Measure, Row
from avicena.core.progress import Progress, Shelf
from avicena.core.workings import Workings
from avicena.formats.arrays import write_arrays
from avicena.learn import judge
from avicena.learn.baseline import by_class
from avicena.learn.encode import Encodings
from avicena.learn.encode_stage import SILENT, Notes, apart, left, with_encodings
from avicena.learn.encode_stage import told as read
from avicena.learn.trees import TreeFit, TreeTable, fit_trees
from avicena.learn.trees_judge import differences, log_losses, prevalent, row_weights
from avicena.measure.calibration import softmax
from avicena.measure.intervals import Interval, bootstrap_mean, p_value, paired_difference

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Earlier:
    """What an earlier stage says of the rows: `chances` (n, k) by models blind to them, and features `looks` (n, c)."""

    stage: str
    classes: tuple[str, ...]
    chances: NDArray[np.float32]
    looks: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class TreeOutcome:
    """What a tree stage leaves: its part of the bundle, its figures, and what was said of each row."""

    spec: TreeStageSpec
    files: Mapping[str, bytes]
    measures: tuple[Measure, ...]
    params: Mapping[str, float | int | str]
    workings: Workings


def learn_trees(
    app: Application,
    stage: TreeStage,
    rows: Sequence[Row],
    earlier: Sequence[Earlier],
    seed: int,
    shelf: Shelf,
    progress: Progress,
    notes: Notes = SILENT,
) -> TreeOutcome:
    """Train the trees on `rows`, which all carry this stage's label; `notes` are what the notes it embeds mean.

    Raises Blocked (a class has no row, or the rows come in too few folds: tuning needs three, no tuning two).
    """
    table, encodings = table_of(app, stage, rows, earlier, notes)
    labels, families, folds = table.labels, table.families, table.folds
    cases = [Case(None, row.values) for row in rows]
    known = _known(stage, rows, earlier)
    fit = fit_trees(table, known, stage.recipe, seed, shelf, progress)
    weights = row_weights(labels, stage.recipe.prevalence == "equal")
    chances, correction = prevalent(fit.margins, labels, folds, weights)
    groups = {name: np.array([of(case) for case in cases]) for name, of in app.groups.items()}
    measures = [
        *judge.overall(stage.name, chances, labels, families),
        _patients(stage, rows, families),
        *_signal(stage, fit, known, labels, families, folds),
        *_compared(stage, fit, known, labels, families, folds),
        *judge.accuracies(stage.name, chances, labels, families, groups),
        *judge.coverages(
            stage.name, stage.classes, chances, labels, families, folds, stage.alpha, groups, stage.pooled
        ),
    ]
    limits = judge.limits_of(chances, labels, stage.alpha, judge.joined(groups, len(rows)), families, stage.pooled)
    fitted, arrays = encodings.fit(np.ones(len(rows), dtype=bool))
    encoder = Encoder(fitted, arrays)
    known_rows = np.hstack([table.rows, encodings.rows(encoder)])
    columns = (*table.columns, *encoder.columns)
    spec = TreeStageSpec(
        name=stage.name,
        file=f"{stage.name}.ubj",
        classes=stage.classes,
        columns=columns,
        medians={**fit.medians, **encoder.fills},
        temperature=correction.temperature,
        conformal=ConformalSpec(stage.alpha, dict(zip(stage.classes, limits.tolist(), strict=True))),
        family=fit.way.family,
        parity_file=f"{stage.name}-parity.npz",
        reference={name: _histogram(column) for name, column in zip(columns, known_rows.T, strict=True)},
        offsets=tuple(correction.offsets.tolist()),
    )
    files = _files(spec, fit, len(columns))
    if fitted:
        spec, more = with_encodings(spec, fitted, arrays, notes)
        files |= more
    chosen = {"family": fit.way.family, "imbalance": fit.way.imbalance}
    params = {**chosen, "rows": len(rows), "temperature": round(correction.temperature, 4), **fit.params}
    seen = next((one.input for one in app.chain if isinstance(one, ImageStage)), "")
    workings = Workings.of(stage.name, stage.classes, rows, chances, picture=seen, groups=groups)
    return TreeOutcome(spec, files, tuple(measures), params, workings)


def table_of(
    app: Application, stage: TreeStage, rows: Sequence[Row], earlier: Sequence[Earlier], notes: Notes = SILENT
) -> tuple[TreeTable, Encodings]:
    """What the trees learn from, and the encodings that add to it; as for `learn_trees`, with its errors."""
    labels = np.array([stage.classes.index(row.labels[stage.name]) for row in rows], dtype=np.int64)
    families, folds = np.array([row.family for row in rows]), np.array([row.fold for row in rows], dtype=np.int64)
    least = 2 if stage.recipe.trials == 1 else 3
    if set(labels.tolist()) != set(range(len(stage.classes))) or len(np.unique(folds)) < least:
        raise Blocked(f"stage {stage.name} needs rows of every class in at least {least} folds; import more data")
    return _table(app, stage, [Case(None, row.values) for row in rows], earlier, notes, labels, folds, families)


def _table(
    app: Application,
    stage: TreeStage,
    cases: Sequence[Case],
    earlier: Sequence[Earlier],
    notes: Notes,
    labels: Labels,
    folds: Labels,
    families: NDArray[Any],
) -> tuple[TreeTable, Encodings]:
    """The plain columns of the rows, and the encodings that add to them.

    Raises Blocked (an encoding reads a column that features do not give, or makes one that they give as well).
    """
    features = [dict(app.features(case)) for case in cases]
    looks = {one.stage: list(one.looks) for one in earlier if one.looks is not None}
    encodings = Encodings(stage.encodings, read([case.values for case in cases], features, notes, looks), families)
    told = left(stage, features, list(app.inputs))
    for one in earlier:
        for row, chances in zip(told, one.chances.tolist(), strict=True):
            row.update({given(one.stage, label): value for label, value in zip(one.classes, chances, strict=True)})
    columns = tuple(dict.fromkeys(name for row in told for name in row))
    rows = np.array([[row.get(name, np.nan) for name in columns] for row in told], dtype=np.float32)
    rows = rows.reshape(len(cases), len(columns))
    encoders = (encodings,) if stage.encodings else ()
    apart(stage, columns, encodings.encoder(np.ones(len(cases), dtype=bool)))
    return TreeTable(columns, rows, labels, folds, families, len(stage.classes), encoders), encodings


def _known(stage: TreeStage, rows: Sequence[Row], earlier: Sequence[Earlier]) -> Labels:
    """The class that the baseline knows of each row: the truth where it is labelled, else the most probable one."""
    for one in earlier:
        if one.stage == stage.given:
            guess = one.chances.argmax(axis=1)
            told = [one.classes.index(row.labels[one.stage]) if one.stage in row.labels else -1 for row in rows]
            return np.where(np.array(told) >= 0, told, guess).astype(np.int64)
    return np.zeros(len(rows), dtype=np.int64)


def _signal(
    stage: TreeStage, fit: TreeFit, known: Labels, labels: Labels, families: NDArray[Any], folds: Labels
) -> list[Measure]:
    """Whether the trees know more than the class of the earlier stage: paired gain, and p against permuted labels."""
    if not len(fit.nulls):
        return []
    name = stage.given or "nothing"
    plain = by_class(known, labels, folds, len(stage.classes), balanced=False)
    right = bootstrap_mean((plain.argmax(axis=1) == labels).astype(float), families)
    gain = _gain(stage, softmax(fit.margins), known, labels, families, folds)
    p = p_value(-fit.observed, -fit.nulls)
    null = Interval(float(fit.nulls.mean()), float(fit.nulls.min()), float(fit.nulls.max()), len(fit.nulls))
    observed = Interval(fit.observed, fit.observed, fit.observed, len(np.unique(families)))
    return [
        judge.measure(stage.name, f"accuracy of {name} alone", right),
        judge.measure(stage.name, f"gain over {name} alone", gain),
        judge.measure(stage.name, "log loss by class", observed),
        judge.measure(stage.name, "log loss by class on permuted labels", null),
        Measure(stage.name, f"p of signal beyond {name}", p, p, p, len(fit.nulls)),
    ]


def _gain(
    stage: TreeStage, chances: NDArray[Any], known: Labels, labels: Labels, families: NDArray[Any], folds: Labels
) -> Interval:
    """How much less is lost (nats) than by the class of the earlier stage alone, on the same rows."""
    baseline = by_class(known, labels, folds, len(stage.classes), balanced=stage.recipe.balanced)
    weights = row_weights(labels, stage.recipe.balanced)
    return paired_difference(weights * log_losses(baseline, labels), weights * log_losses(chances, labels), families)


def _patients(stage: TreeStage, rows: Sequence[Row], families: NDArray[Any]) -> Measure:
    """The share of rows whose patient is known; where it is not, copies of one patient may stand on both sides."""
    share = float(np.mean([row.family_known for row in rows]))
    return Measure(stage.name, "rows with known patient", share, share, share, len(np.unique(families)))


def _compared(
    stage: TreeStage, fit: TreeFit, known: Labels, labels: Labels, families: NDArray[Any], folds: Labels
) -> list[Measure]:
    """Each way to learn side by side on the same rows, and against the class of the earlier stage alone.

    What it loses beyond the chosen way is after calibration, which is what it was chosen by.
    """
    found = []
    margins = {way: scores.margins for way, scores in fit.scores.items()}
    apart = differences(margins, fit.way, labels, folds, families, stage.recipe.balanced)
    for way, said in margins.items():
        right = (said.argmax(axis=1) == labels).astype(float)
        figures = {
            "accuracy": bootstrap_mean(right, families),
            "balanced accuracy": bootstrap_mean(right, families, weights=row_weights(labels, balanced=True)),
            f"gain over {stage.given or 'nothing'} alone": _gain(stage, softmax(said), known, labels, families, folds),
            "loss beyond the chosen way": apart[way],
        }
        found += [judge.measure(stage.name, name, one, "model family", way.name) for name, one in figures.items()]
    return found


def _histogram(column: NDArray[np.float32]) -> Histogram:
    """Ten bins at the deciles of training; equal deciles fall together."""
    known = column[~np.isnan(column)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, 11))) if len(known) else np.array([0.0])
    counts = np.histogram(known, np.append(edges, np.inf))[0] if len(known) else np.array([0])
    inner = tuple(float(edge) for edge in edges)
    return Histogram(
        (*inner, float(np.nextafter(inner[-1], np.inf))), tuple(counts.tolist()), int(np.isnan(column).sum())
    )


def _files(spec: TreeStageSpec, fit: TreeFit, columns: int) -> dict[str, bytes]:
    """The trees, and three made-up rows with the margins they must give for them everywhere."""
    booster = xgb.Booster(model_file=bytearray(fit.model))
    ramp = np.linspace(0, 1, columns, dtype=np.float32)
    inputs = np.stack([np.zeros(columns, np.float32), ramp, np.ones(columns, np.float32)])
    outputs = np.asarray(booster.predict(xgb.DMatrix(inputs), output_margin=True), dtype=np.float32)
    return {spec.file: fit.model, spec.parity_file: write_arrays({"inputs": inputs, "outputs": outputs})}
