"""The whole chain learnt, stage after stage, and made into the files of a bundle."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core import digest
from avicena.core.application import Application, ImageStage, TreeStage
from avicena.core.bundle import BundleSpec, StageSpec
from avicena.core.errors import Blocked
from avicena.core.model import Candidate, Measure, Row
from avicena.core.progress import Progress, Shelf
from avicena.formats.plane import plane
from avicena.learn.image_stage import ImageOutcome, Pixels, learn_images, runner
from avicena.learn.nearest import tell
from avicena.learn.tree_stage import Earlier, learn_trees


@dataclass(frozen=True)
class Trained:
    """A candidate, the spec and weights of its bundle, and what was measured on it."""

    candidate: Candidate
    spec: BundleSpec
    files: Mapping[str, bytes]
    measures: tuple[Measure, ...]


def train_chain(
    app: Application,
    data: Mapping[str, tuple[str, Sequence[Row]]],
    pixels: Pixels,
    seed: int,
    code: str,
    shelf: Shelf,
    progress: Progress,
) -> Trained:
    """Train every stage in order; `data` maps each stage to the id and rows of the dataset version it learns from.

    `pixels` gives the pixels of a picture by its digest; `code` names the program. Finished steps come from the shelf.
    Raises Blocked (a dataset does not carry what a stage needs).
    """
    specs: list[StageSpec] = []
    files: dict[str, bytes] = {}
    measures: list[Measure] = []
    params: dict[str, float | int | str] = {}
    images: dict[str, ImageOutcome] = {}
    for stage in app.chain:
        rows = data[stage.name][1]
        if isinstance(stage, ImageStage):
            outcome: Any = learn_images(stage, rows, pixels, seed, shelf, progress)
            images[stage.name] = outcome
        else:
            outcome = _trees(app, stage, rows, images, pixels, seed, shelf, progress)
        specs.append(outcome.spec)
        files |= outcome.files
        measures += outcome.measures
        params |= {f"{stage.name}: {name}": value for name, value in outcome.params.items()}
    spec = BundleSpec(app.name, app.contract_digest, tuple(specs))
    datasets = {stage.name: data[stage.name][0] for stage in app.chain}
    recipe = digest.of([stage.recipe for stage in app.chain])
    weights = [digest.of_bytes(files[name]) for name in spec.files]
    id = digest.of([app.name, datasets, recipe, params, seed, code, weights])
    return Trained(
        Candidate(id, app.name, datasets, recipe, params, seed, code, ""), spec, files, tuple(filter(_finite, measures))
    )


def _finite(one: Measure) -> bool:
    """A figure that no bootstrap draw could tell is left out; a gate that asks for it finds it was not measured."""
    return all(math.isfinite(figure) for figure in (one.value, one.low, one.high))


def _trees(
    app: Application,
    stage: TreeStage,
    rows: Sequence[Row],
    images: Mapping[str, ImageOutcome],
    pixels: Pixels,
    seed: int,
    shelf: Shelf,
    progress: Progress,
) -> Any:
    used = [row for row in rows if stage.name in row.labels]
    if not used:
        raise Blocked(f"no row of that dataset carries the label '{stage.name}'")
    earlier = [
        Earlier(image.name, image.classes, _told(image, images[image.name], used, pixels, shelf, progress))
        for image in app.chain[: app.chain.index(stage)]
        if isinstance(image, ImageStage)
    ]
    return learn_trees(app, stage, used, earlier, seed, shelf, progress)


def _told(
    stage: ImageStage, outcome: ImageOutcome, rows: Sequence[Row], pixels: Pixels, shelf: Shelf, progress: Progress
) -> NDArray[np.float32]:
    """What the image stage honestly says of each row's picture: probabilities (rows, k).

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
    return tell(outcome.known, digests, kept["features"].astype(np.float32))


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
