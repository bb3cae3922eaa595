"""A quick look at what the labels of a dataset say: out-of-fold probabilities from simple models, in a minute or two.

Pictures: multinomial logistic regression on the pooled features of the frozen ImageNet network. Tables: XGBoost on the
application's features and the labels of the stages before. Neither is tuned, and nothing here is ever served.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import xgboost as xgb
from numpy.typing import NDArray

from avicena.core import digest
from avicena.core.application import Application, ImageStage, Stage, TreeStage
from avicena.core.bundle import given
from avicena.core.case import Case
from avicena.core.encoder import Told
from avicena.core.encoding import ImageEmbedding, NoteEmbedding
from avicena.core.model import Row
from avicena.core.progress import Progress, Shelf
from avicena.core.question import Scores
from avicena.formats.plane import plane
from avicena.learn.baseline import by_class
from avicena.learn.encode import Encodings
from avicena.learn.image_network import export_trunk, imagenet
from avicena.learn.image_stage import Pixels
from avicena.measure.intervals import paired_difference

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]

PENALTY = 0.1
"""Of the squared weights, beside the mean log loss. Strong, so that wrong labels are not learnt by heart."""

TREES = {"max_depth": 3, "eta": 0.1, "subsample": 0.8, "min_child_weight": 5, "tree_method": "hist", "verbosity": 0}
ROUNDS = 60
FEW = 10_000
"""Rows under which trees grow on one core."""


def probe(app: Application, rows: Sequence[Row], pixels: Pixels, shelf: Shelf, progress: Progress) -> list[Scores]:
    """Out-of-fold probabilities of every stage that some row carries the label of, each by models blind to the row.

    `pixels` gives the pixels of a picture by its digest. A stage whose rows lie in one fold, or whose folds leave a
    class without rows elsewhere, gets no chances (n, 0).
    """
    return [found for stage in app.chain if (found := _stage(app, stage, rows, pixels, shelf, progress)) is not None]


def _stage(
    app: Application, stage: Stage, rows: Sequence[Row], pixels: Pixels, shelf: Shelf, progress: Progress
) -> Scores | None:
    used = [row for row in rows if stage.name in row.labels]
    if isinstance(stage, ImageStage):
        used = [row for row in used if row.values.get(stage.input)]
    if not used:
        return None
    ids = tuple(row.id for row in used)
    labels = np.array([stage.classes.index(row.labels[stage.name]) for row in used], dtype=np.int64)
    folds = np.array([row.fold for row in used], dtype=np.int64)
    present = set(labels.tolist())
    if len(present) < 2 or any(set(labels[folds != fold].tolist()) != present for fold in np.unique(folds)):
        return Scores(stage.name, ids, np.zeros((len(used), 0)), 0.0)
    table = pooled(stage, used, pixels, shelf, progress) if isinstance(stage, ImageStage) else _table(app, stage, used)
    fit = linear if isinstance(stage, ImageStage) else boosted
    chances = np.zeros((len(used), len(stage.classes)))
    for done, fold in enumerate(np.unique(folds)):
        held = folds == fold
        chances[held] = fit(table[~held], labels[~held], table[held], len(stage.classes))
        progress(f"{stage.name}: labels doubted", done + 1, len(np.unique(folds)))
    families = np.array([row.family for row in used])
    return Scores(stage.name, ids, chances, _told(chances, labels, folds, families))


def _told(chances: NDArray[np.float64], labels: Labels, folds: Labels, families: NDArray[Any]) -> float:
    """The lower end of the interval of what is gained over the shares of the classes, in nats."""
    shares = by_class(np.zeros_like(labels), labels, folds, chances.shape[1], balanced=False)
    rows = np.arange(len(labels))
    losses = [-np.log(np.maximum(found[rows, labels], 1e-12)) for found in (shares, chances)]
    return paired_difference(losses[0], losses[1], families).low


def pooled(stage: ImageStage, rows: Sequence[Row], pixels: Pixels, shelf: Shelf, progress: Progress) -> Floats:
    """Pooled features (n, 1280) of each row's picture under the ImageNet network; kept on the shelf."""
    import onnxruntime

    digests = [str(row.values[stage.input]) for row in rows]
    key = "pooled-" + digest.of([stage.recipe.side, digests])[7:39]
    kept = shelf.get(key)
    if kept is None:
        session = onnxruntime.InferenceSession(
            export_trunk(imagenet(), stage.recipe.side), providers=["CPUExecutionProvider"]
        )
        found = []
        for start in range(0, len(digests), 16):
            planes = [plane(pixels(one), stage.recipe.side) for one in digests[start : start + 16]]
            found.append(session.run(None, {"plane": np.stack(planes)[:, None]})[0].mean(axis=(2, 3)))
            progress(f"{stage.name}: pictures seen", min(start + 16, len(digests)), len(digests))
        kept = {"features": np.concatenate(found)}
        shelf.put(key, kept)
    return kept["features"].astype(np.float32)


def linear(known: Floats, labels: Labels, asked: Floats, classes: int) -> NDArray[np.float64]:
    """Probabilities (m, classes) of `asked` (m, c) by penalised logistic regression on `known` (n, c)."""
    centre, spread = known.mean(axis=0), known.std(axis=0) + 1e-6
    table, truth = torch.from_numpy((known - centre) / spread), torch.from_numpy(labels)
    weight = torch.zeros(known.shape[1], classes, requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    search = torch.optim.LBFGS([weight, bias], max_iter=60, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        found = torch.nn.functional.cross_entropy(table @ weight + bias, truth) + PENALTY * (weight**2).sum()
        found.backward()  # type: ignore[no-untyped-call]
        return found

    search.step(loss)  # type: ignore[no-untyped-call]
    with torch.inference_mode():
        logits = torch.from_numpy((asked - centre) / spread) @ weight + bias
        return np.asarray(torch.softmax(logits, dim=1).numpy(), np.float64)


def boosted(known: Floats, labels: Labels, asked: Floats, classes: int) -> NDArray[np.float64]:
    """Probabilities (m, classes) of `asked` (m, c; NaN for unknown) by boosted trees on `known` (n, c)."""
    threads = 1 if len(known) < FEW else 0  # on few rows, threads wait for each other longer than they work
    settings = {**TREES, "objective": "multi:softprob", "num_class": classes, "seed": 0, "nthread": threads}
    model = xgb.train(settings, xgb.DMatrix(known, labels), ROUNDS)
    return np.asarray(model.predict(xgb.DMatrix(asked)), np.float64)


def _table(app: Application, stage: Stage, rows: Sequence[Row]) -> Floats:
    """The application's features of each row, its encodings, and which label the stages before have (NaN where none).

    Embeddings are left out; the others never see a label, so that they may be fitted on all rows.
    """
    before = app.chain[: app.chain.index(stage)]
    told: list[dict[str, float]] = []
    for row in rows:
        columns = dict(app.features(Case(None, row.values)))
        for one in before:
            if one.name in row.labels:
                columns |= {given(one.name, label): float(row.labels[one.name] == label) for label in one.classes}
        told.append(columns)
    names = tuple(dict.fromkeys(name for row in told for name in row))
    plain = np.array([[row.get(name, np.nan) for name in names] for row in told], dtype=np.float32)
    asked = stage.encodings if isinstance(stage, TreeStage) else ()
    declared = tuple(one for one in asked if not isinstance(one, NoteEmbedding | ImageEmbedding))
    cases = [Told(row.values, columns) for row, columns in zip(rows, told, strict=True)]
    encodings = Encodings(declared, cases, [row.family for row in rows])
    return np.hstack([plain, encodings.rows(encodings.encoder(np.ones(len(rows), dtype=bool)))])
