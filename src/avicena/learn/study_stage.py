"""A stage of a candidate trained again by the candidate's recipe, for a study of its stability."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core import digest
from avicena.core.application import Application, ImageStage, RankStage, TreeStage
from avicena.core.engine import Sentences
from avicena.core.errors import Blocked
from avicena.core.model import Candidate, Row
from avicena.core.progress import Progress, Shelf
from avicena.core.study import Trial
from avicena.core.tree_recipe import Way
from avicena.learn.chain import recipe_of, tree_material
from avicena.learn.image import prepare
from avicena.learn.image_folds import Team
from avicena.learn.image_stage import Pixels, learn_images
from avicena.learn.image_train import see
from avicena.learn.study import Fit, Mask, Sample, enough, trials
from avicena.learn.tree_stage import table_of
from avicena.learn.trees_judge import row_weights
from avicena.learn.trees_select import tuned
from avicena.learn.trees_train import predict

Rows = Sequence[Row]


def study_stage(
    app: Application,
    candidate: Candidate,
    name: str,
    data: Mapping[str, Rows],
    pixels: Pixels,
    seeds: Sequence[int],
    fractions: Sequence[float],
    shelf: Shelf,
    progress: Progress,
    open_sentences: Callable[[], Sentences],
) -> tuple[Trial, ...]:
    """A stage trained again with each of the `seeds`, and with the candidate's own on `fractions` of the families.

    `data` maps each stage to the rows that the candidate learnt from. Stages before are the candidate's own.
    Raises Blocked (the application has another recipe now, or too few folds), ValueError (fractions, or no such stage).
    """
    if recipe_of(app) != candidate.recipe:
        raise Blocked("the application has another recipe now than this candidate; train again, and study that one")
    if name not in [one.name for one in app.chain]:
        raise ValueError(f"no such stage; there are: {', '.join(one.name for one in app.chain)}")
    stage = app.stage(name)
    if isinstance(stage, ImageStage):
        sample, fit = _images(stage, data[name], pixels, shelf, progress)
    elif isinstance(stage, RankStage):
        raise Blocked(f"stage {name} ranks by the knowledge; it has no learning curve over tables of cases")
    else:
        before = {
            one.name: learn_images(one, data[one.name], pixels, candidate.seed, shelf, progress)
            for one in app.chain[: app.chain.index(stage)]
            if isinstance(one, ImageStage)
        }
        used, earlier, notes = tree_material(app, stage, data[name], before, pixels, shelf, progress, open_sentences)
        sample, fit = _trees(app, stage, used, earlier, notes, candidate, shelf)
    return trials(enough(sample), fit, candidate.seed, seeds, fractions, shelf, progress)


def _images(stage: ImageStage, rows: Rows, pixels: Pixels, shelf: Shelf, progress: Progress) -> tuple[Sample, Fit]:
    """The network in float32, whatever it is served in: rounding is the same for every seed."""
    used = [row for row in rows if stage.name in row.labels and row.values.get(stage.input)]
    recipe = replace(stage.recipe, weights="float32")
    sources = np.array([row.source for row in used])
    pictures = [str(row.values[stage.input]) for row in used]
    sample = _sample(stage, used, [pictures, sources.tolist(), repr(recipe)])
    slices = [pixels(one) for one in pictures]
    boxes = np.array([row.box or (np.nan,) * 4 for row in used])
    benches: dict[int, Any] = {}

    def fit(inside: Mask, held: Mask, seed: int) -> NDArray[np.floating[Any]]:
        if seed not in benches:  # one at a time: the trunks of a seed fill the memory
            benches.clear()
            parts = (slices, sample.labels, sample.families, sources, sample.folds)
            benches[seed] = prepare(*parts, recipe, seed, shelf, progress, boxes)
        bench, key = benches[seed]
        fold = int(sample.folds[held][0])
        turn = int(np.searchsorted(np.unique(sample.folds), fold))
        whole = np.array_equal(inside, ~held)
        name = f"{key}-fold-{fold}" if whole else f"{key}-part-{digest.of_bytes(np.packbits(inside).tobytes())[7:23]}"
        team = Team(bench, np.flatnonzero(inside), recipe, seed, turn, name, shelf)
        tails = team.tails(f"{stage.name} without fold {fold}", progress)
        logits: NDArray[np.floating[Any]] = np.mean([see(one, bench.clean[held]).logits for one in tails], axis=0)
        return logits

    return sample, fit


def _trees(
    app: Application, stage: TreeStage, rows: Rows, earlier: Any, notes: Any, candidate: Candidate, shelf: Shelf
) -> tuple[Sample, Fit]:
    """The candidate's way to learn, tuned anew in each fold for each seed and part."""
    table, _ = table_of(app, stage, rows, earlier, notes)
    family, imbalance = (candidate.params[f"{stage.name}: {name}"] for name in ("family", "imbalance"))
    way = Way(family, imbalance)  # type: ignore[arg-type]
    sample = _sample(stage, rows, [table.digest, list(way), stage.recipe])

    def fit(inside: Mask, held: Mask, seed: int) -> NDArray[np.floating[Any]]:
        whole = np.array_equal(inside, ~held)
        name = str(table.folds[held][0]) if whole else digest.of_bytes(np.packbits(inside).tobytes())
        params = tuned(table, inside, way, stage.recipe, seed, shelf, lambda _: None, name)
        return predict(table, inside, held, table.labels, way, params, stage.recipe, seed)

    return sample, fit


def _sample(stage: ImageStage | TreeStage, rows: Rows, learnt: Any) -> Sample:
    labels = np.array([stage.classes.index(row.labels[stage.name]) for row in rows], dtype=np.int64)
    families, folds = np.array([row.family for row in rows]), np.array([row.fold for row in rows], dtype=np.int64)
    name = digest.of([stage.name, labels.tolist(), families.tolist(), folds.tolist(), learnt])
    weights = None if isinstance(stage, ImageStage) else row_weights(labels, stage.recipe.prevalence == "equal")
    return Sample(stage.name, len(stage.classes), labels, families, folds, name, weights)
