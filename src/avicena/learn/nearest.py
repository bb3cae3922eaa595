"""What an image stage may honestly say of pictures that it learnt from, or from copies of them.

A later stage must learn from probabilities as they will be at answer time: of patients that the network never saw.
Those it gives to a picture that it was trained on, or to a turned, mirrored or recompressed copy of one, are too sure,
and no cheap test tells such copies surely. So every picture takes the out-of-fold probabilities of a slice: one that
was trained on, its own; any other, those of the slice whose features are most like its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Known:
    """The slices a network learnt from: digests, features as released (n, c), out-of-fold probabilities (n, k)."""

    digests: Sequence[str]
    features: NDArray[np.float32]
    chances: NDArray[np.float32]
    network: bytes


def tell(known: Known, digests: Sequence[str], features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Honest probabilities (m, k) of pictures with these `digests` and `features` (m, c) under the released network.

    Features are compared by the cosine of their distances from the mean training slice.
    """
    centre = known.features.mean(axis=0)
    bank, asked = _unit(known.features - centre), _unit(features - centre)
    place = {digest: i for i, digest in enumerate(known.digests)}
    chances = np.empty((len(digests), known.chances.shape[1]), dtype=np.float32)
    for start in range(0, len(digests), 256):
        nearest = (asked[start : start + 256] @ bank.T).argmax(axis=1).tolist()
        own = [place.get(digest) for digest in digests[start : start + 256]]
        rows = [near if same is None else same for near, same in zip(nearest, own, strict=True)]
        chances[start : start + 256] = known.chances[rows]
    return chances


def _unit(features: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(features, axis=1, keepdims=True)
    found: NDArray[np.float32] = (features / np.maximum(norms, 1e-12)).astype(np.float32)
    return found
