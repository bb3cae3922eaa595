"""How far a stage's figures depend on the seed and on how many families it learns from."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core import digest
from avicena.core.errors import Blocked
from avicena.core.model import Measure
from avicena.core.progress import Progress, Shelf
from avicena.core.study import Trial
from avicena.learn.trees_judge import calibrated, log_losses, prevalent
from avicena.measure import calibration, discrimination
from avicena.measure.figures import measure
from avicena.measure.intervals import bootstrap, bootstrap_mean

Mask = NDArray[np.bool_]
Labels = NDArray[np.int64]
Fit = Callable[[Mask, Mask, int], NDArray[np.floating[Any]]]
"""From training rows (n,), held-out rows (n,) and a seed to the logits of the held-out rows (held, k)."""

DRAWS = 300
"""Bootstrap draws of figures that are no means."""


@dataclass(frozen=True)
class Sample:
    """The rows of one stage: `labels` (n,), `families` (n,), `folds` (n,), and a digest of all that models learn from.

    `name` is the stage, `classes` the number of its classes. `weights` (n,) are those of trees' calibration, None for a
    network, which has a temperature alone.
    """

    name: str
    classes: int
    labels: Labels
    families: NDArray[Any]
    folds: Labels
    digest: str
    weights: NDArray[np.float64] | None = None


def trials(
    sample: Sample,
    fit: Fit,
    seed: int,
    seeds: Sequence[int],
    fractions: Sequence[float],
    shelf: Shelf,
    progress: Progress,
) -> tuple[Trial, ...]:
    """The recipe trained with each of the `seeds` on all rows, and with `seed` on each of the `fractions` of families.

    Each fold is judged whole, by models that never saw it; parts of the training families are nested in each other.
    What is finished stands on the shelf, fold by fold. Raises ValueError (a fraction not between 0 and 1, or neither
    a seed nor a fraction).
    """
    if not seeds and not fractions:
        raise ValueError("a study needs a seed or a fraction to try")
    if not all(0 < one < 1 for one in fractions):
        raise ValueError("a fraction lies between 0 and 1")
    plan = [*((one, 1.0) for one in dict.fromkeys(seeds)), *((seed, one) for one in sorted(set(fractions)))]
    folds = np.unique(sample.folds)
    found, stage = [], f"study of {sample.name}"
    for number, (with_seed, fraction) in enumerate(plan):
        logits = np.zeros((len(sample.labels), sample.classes), np.float32)
        sizes = []
        for turn, fold in enumerate(folds):
            held = sample.folds == fold
            inside = ~held & part(sample, fraction, seed)
            sizes.append(len(np.unique(sample.families[inside])))
            logits[held] = _kept(sample, fit, inside, held, with_seed, shelf)
            progress(stage, number * len(folds) + turn + 1, len(plan) * len(folds))
        measures = tuple(one for one in _measures(sample, logits) if math.isfinite(one.low + one.high + one.value))
        found.append(Trial(with_seed, fraction, float(np.mean(sizes)), measures))
    return tuple(found)


def part(sample: Sample, fraction: float, seed: int) -> Mask:
    """The rows (n,) of a random share of the families of each class in each fold, at least one of each.

    A smaller share with the same seed lies within a larger one.
    """
    names, first, place = np.unique(sample.families, return_index=True, return_inverse=True)
    order = np.random.default_rng([seed, 7]).permutation(len(names))
    strata = sample.folds[first] * sample.classes + sample.labels[first]
    taken = np.zeros(len(names), dtype=bool)
    for stratum in np.unique(strata):
        within = order[strata[order] == stratum]
        taken[within[: math.ceil(fraction * len(within))]] = True
    found: Mask = taken[place]
    return found


def _kept(sample: Sample, fit: Fit, inside: Mask, held: Mask, seed: int, shelf: Shelf) -> NDArray[np.floating[Any]]:
    rows = [digest.of_bytes(np.packbits(one).tobytes()) for one in (inside, held)]
    key = "study-" + digest.of([sample.digest, *rows, seed])[7:39]
    kept = shelf.get(key)
    if kept is None:
        kept = {"logits": np.asarray(fit(inside, held, seed), np.float32)}
        shelf.put(key, kept)
    logits: NDArray[np.floating[Any]] = kept["logits"].astype(np.float32)
    return logits


def _measures(sample: Sample, logits: NDArray[np.float32]) -> Iterator[Measure]:
    """Accuracy, balanced accuracy, log loss and ECE of calibrated probabilities, each with its interval."""
    labels, families = sample.labels, sample.families
    if sample.weights is None:
        chances = calibrated(logits, labels, sample.folds, balanced=False).astype(np.float32)
    else:
        chances, _ = prevalent(logits, labels, sample.folds, sample.weights)
    right = (chances.argmax(axis=1) == labels).astype(np.float64)
    lost = log_losses(chances, labels).astype(np.float64)

    def of(statistic: Callable[[Any, Any], float]) -> Any:
        return bootstrap(lambda rows: statistic(chances[rows], labels[rows]), families, draws=DRAWS)

    yield measure(sample.name, "accuracy", bootstrap_mean(right, families))
    yield measure(sample.name, "balanced accuracy", of(discrimination.balanced_accuracy))
    yield measure(sample.name, "log loss", bootstrap_mean(lost, families))
    yield measure(sample.name, "ECE", of(calibration.ece))


def enough(sample: Sample) -> Sample:
    """The same sample. Raises Blocked (fewer than three folds: there would be no curve)."""
    if len(np.unique(sample.folds)) < 3:
        raise Blocked(f"a study of {sample.name} needs rows in at least three folds; import more data")
    return sample
