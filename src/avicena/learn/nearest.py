"""What an image stage may honestly say of pictures that it learnt from, or from copies of them.

A later stage must learn from probabilities as they will be at answer time: of patients that the network never saw.
Those it gives to a picture that it was trained on, or to a turned, mirrored or recompressed copy of one, are too sure,
and no cheap test tells such copies surely. So every picture takes the out-of-fold probabilities of a slice: one that
was trained on, its own; any other, those of the slice whose features are most like its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

RIDGE = 0.01
"""Weight of the penalty in `blind`, as a share of how much features vary on average."""


@dataclass(frozen=True)
class Known:
    """The slices a network learnt from: digests, features as released (n, c), out-of-fold probabilities (n, k).

    `folds` (n,) are theirs; `fold_features` maps each fold to the features (n, c) of all by the network blind to it.
    """

    digests: Sequence[str]
    features: NDArray[np.float32]
    chances: NDArray[np.float32]
    network: bytes
    folds: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    fold_features: Mapping[int, NDArray[np.floating[Any]]] = field(default_factory=dict)


def tell(known: Known, digests: Sequence[str], features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Honest probabilities (m, k) of pictures with these `digests` and `features` (m, c) under the released network.

    Features are compared by the cosine of their distances from the mean training slice.
    """
    return known.chances[_nearest(known, digests, features)]


def look(known: Known, digests: Sequence[str], features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Honest features (m, c) of the same pictures: those of the same slices, as `blind` gives them."""
    return blind(known)[_nearest(known, digests, features)]


def blind(known: Known) -> NDArray[np.float32]:
    """Features (n, c) of the slices as the released network would give them if it had not learnt from them.

    The network blind to a fold has axes of its own. A ridge regression (Hoerl & Kennard 1970) from its features to the
    released ones, on the slices of the other folds, which both learnt from, says how they correspond.
    """
    found = known.features.copy()
    for fold, seen in known.fold_features.items():
        held, wide = known.folds == fold, seen.astype(np.float32)
        middle, goal = wide[~held].mean(axis=0), known.features[~held].mean(axis=0)
        learnt = wide[~held] - middle
        likeness = (learnt @ learnt.T).astype(np.float64)
        likeness[np.diag_indices(len(likeness))] += RIDGE * np.trace(likeness) / max(len(likeness), 1) + 1e-12
        weights = np.linalg.solve(likeness, (known.features[~held] - goal).astype(np.float64))
        found[held] = ((wide[held] - middle) @ learnt.T) @ weights + goal
    return found


def _nearest(known: Known, digests: Sequence[str], features: NDArray[np.float32]) -> NDArray[np.int64]:
    """The slice (m,) for which each picture stands: itself, or else the one whose features are most like its own."""
    centre = known.features.mean(axis=0)
    bank, asked = _unit(known.features - centre), _unit(features - centre)
    place = {digest: i for i, digest in enumerate(known.digests)}
    found = np.empty(len(digests), dtype=np.int64)
    for start in range(0, len(digests), 256):
        nearest = (asked[start : start + 256] @ bank.T).argmax(axis=1).tolist()
        own = [place.get(digest) for digest in digests[start : start + 256]]
        found[start : start + 256] = [near if same is None else same for near, same in zip(nearest, own, strict=True)]
    return found


def _unit(features: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(features, axis=1, keepdims=True)
    found: NDArray[np.float32] = (features / np.maximum(norms, 1e-12)).astype(np.float32)
    return found
