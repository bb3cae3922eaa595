"""The whole chain learnt, stage after stage, and made into the files of a bundle."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core import digest
from avicena.core.application import Application, ImageStage, RankStage, Stage, TreeStage
from avicena.core.bundle import BundleSpec, StageSpec
from avicena.core.encoding import ImageEmbedding
from avicena.core.engine import Sentences
from avicena.core.errors import Blocked
from avicena.core.learnt import content, marked
from avicena.core.model import Candidate, Measure, Row
from avicena.core.progress import Progress, Shelf
from avicena.core.workings import Workings
from avicena.formats import record
from avicena.formats.bundle import LEARNT
from avicena.formats.plane import plane
from avicena.learn.encode_stage import Notes, read_notes
from avicena.learn.image_stage import ImageOutcome, Pixels, learn_images, runner
from avicena.learn.nearest import look, tell
from avicena.learn.rank_stage import learn_ranks
from avicena.learn.tree_stage import Earlier, learn_trees
from avicena.measure.known import Known


@dataclass(frozen=True)
class Trained:
    """A candidate, the spec and weights of its bundle, what was measured on it, and what was said of each row."""

    candidate: Candidate
    spec: BundleSpec
    files: Mapping[str, bytes]
    measures: tuple[Measure, ...]
    workings: tuple[Workings, ...]


def train_chain(
    app: Application,
    data: Mapping[str, tuple[str, Sequence[Row]]],
    pixels: Pixels,
    seed: int,
    code: str,
    shelf: Shelf,
    progress: Progress,
    open_sentences: Callable[[], Sentences],
    knows: Known | None = None,
) -> Trained:
    """Train every stage in order; `data` maps each stage to the id and rows of the dataset version it learns from.

    An optional stage that `data` does not name is left out.
    `pixels` gives the pixels of a picture by its digest; `code` names the program. Finished steps come from the shelf.
    `open_sentences` gives the model that notes are embedded with; `knows` is what a ranking stage learns with. Raises
    Blocked (a dataset does not carry what a stage needs, or the knowledge is not given), Misconfigured (notes are
    embedded, and the extra `notes` is not installed).
    """
    specs: list[StageSpec] = []
    files: dict[str, bytes] = {}
    measures: list[Measure] = []
    params: dict[str, float | int | str] = {}
    images: dict[str, ImageOutcome] = {}
    workings: list[Workings] = []
    chain = [stage for stage in app.chain if stage.name in data]
    for stage in chain:
        rows = data[stage.name][1]
        if isinstance(stage, ImageStage):
            outcome: Any = learn_images(stage, rows, pixels, seed, shelf, progress)
            images[stage.name] = outcome
        elif isinstance(stage, RankStage):
            outcome = learn_ranks(app, stage, rows, knows, seed, shelf, progress)
        else:
            used, earlier, notes = tree_material(app, stage, rows, images, pixels, shelf, progress, open_sentences)
            outcome = learn_trees(app, stage, used, earlier, seed, shelf, progress, notes)
        specs.append(outcome.spec)
        files |= outcome.files
        measures += outcome.measures
        workings += [] if isinstance(stage, RankStage) else [outcome.workings]
        params |= {f"{stage.name}: {name}": value for name, value in outcome.params.items()}
    spec = BundleSpec(app.name, app.contract_digest, tuple(specs))
    datasets = {stage.name: data[stage.name][0] for stage in chain}
    recipe = recipe_of(app)
    weights = [digest.of_bytes(files[name]) for name in spec.files]
    id = digest.of([app.name, datasets, recipe, params, seed, code, weights])
    learnt = {stage.name: _marks(stage, data[stage.name][1]) for stage in chain if _marked(stage, app)}
    files[LEARNT] = record.dump(marked(id, learnt))
    found = Candidate(id, app.name, datasets, recipe, params, seed, code, "")
    return Trained(found, spec, files, tuple(filter(_finite, measures)), tuple(workings))


def recipe_of(app: Application) -> str:
    """The digest of the recipes and encodings of all stages."""
    encodings = [stage.encodings for stage in app.chain if isinstance(stage, TreeStage) and stage.encodings]
    return digest.of([*(stage.recipe for stage in app.chain), *encodings])


def _marked(stage: Stage, app: Application) -> bool:
    """Whether it can be told later what a stage learnt from: trees beside pictures have rows of these."""
    return not isinstance(stage, TreeStage) or not any(isinstance(one, ImageStage) for one in app.chain)


def _marks(stage: Stage, rows: Sequence[Row]) -> list[str]:
    """The digests of the pictures that an image stage learns from, of what a tree's rows say, or a ranking's cases."""
    if isinstance(stage, RankStage):
        return [row.id for row in rows if stage.name in row.labels]
    if isinstance(stage, TreeStage):
        return [content(row.values, row.labels[stage.name]) for row in rows if stage.name in row.labels]
    return [str(row.values[stage.input]) for row in rows if stage.name in row.labels and row.values.get(stage.input)]


def _finite(one: Measure) -> bool:
    """A figure that no bootstrap draw could tell is left out; a gate that asks for it finds it was not measured."""
    return all(math.isfinite(figure) for figure in (one.value, one.low, one.high))


def tree_material(
    app: Application,
    stage: TreeStage,
    rows: Sequence[Row],
    images: Mapping[str, ImageOutcome],
    pixels: Pixels,
    shelf: Shelf,
    progress: Progress,
    open_sentences: Callable[[], Sentences],
) -> tuple[list[Row], list[Earlier], Notes]:
    """The rows that a tree stage learns from, what earlier stages say of them blindly, and what their notes mean.

    Raises Blocked (no row carries the label, or one has no picture), Misconfigured (the extra `notes` is missing).
    """
    used = [row for row in rows if stage.name in row.labels]
    if not used:
        raise Blocked(f"no row of that dataset carries the label '{stage.name}'")
    embedded = {one.stage for one in stage.encodings if isinstance(one, ImageEmbedding)}
    earlier = [
        _told(image, images[image.name], used, pixels, shelf, progress, image.name in embedded)
        for image in app.chain[: app.chain.index(stage)]
        if isinstance(image, ImageStage)
    ]
    return used, earlier, read_notes(stage, used, open_sentences, shelf, progress)


def _told(
    stage: ImageStage,
    outcome: ImageOutcome,
    rows: Sequence[Row],
    pixels: Pixels,
    shelf: Shelf,
    progress: Progress,
    embedded: bool,
) -> Earlier:
    """What the image stage honestly says of each row's picture, and how it looks where it is to be `embedded`.

    Raises Blocked (a row has no picture).
    """
    digests = [str(row.values[stage.input]) for row in rows if row.values.get(stage.input)]
    if len(digests) < len(rows):
        missing = len(rows) - len(digests)
        raise Blocked(f"{missing} rows have no picture for stage {stage.name}; import them with their images")
    key = "seen-" + digest.of([digest.of_bytes(outcome.known.network), digests])[7:39]
    kept = shelf.get(key)
    if kept is None:
        kept = {"features": _look(stage, outcome.known.network, digests, pixels, progress)}
        shelf.put(key, kept)
    features = kept["features"].astype(np.float32)
    looks = look(outcome.known, digests, features) if embedded else None
    return Earlier(stage.name, stage.classes, tell(outcome.known, digests, features), looks)


def _look(
    stage: ImageStage, network: bytes, digests: Sequence[str], pixels: Pixels, progress: Progress
) -> NDArray[np.float32]:
    """Features (n, c) of pictures under the released network."""
    features, run = [], runner(network)
    for start in range(0, len(digests), 16):
        planes = np.stack([plane(pixels(one), stage.recipe.side) for one in digests[start : start + 16]])
        features.append(run(planes[:, None])[1])
        progress(f"{stage.name} of the next stage's pictures", min(start + 16, len(digests)), len(digests))
    return np.concatenate(features)
