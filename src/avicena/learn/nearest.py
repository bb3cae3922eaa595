"""What an image stage may honestly say of pictures that it learnt from, or from copies of them.

A later stage must learn from probabilities as they will be at answer time: of patients that the network never saw. For
a picture that the network was trained on, or a turned or mirrored copy of one, its own probabilities are too sure. Such
a picture is recognised by its features, and takes the out-of-fold probabilities of the slice that it is a copy of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.measure.calibration import softmax

ALIKE = 0.90
"""Cosine of centred features from which on two pictures count as views of one slice or its neighbours."""


@dataclass(frozen=True)
class Known:
    """The slices a network learnt from: digests, features as released (n, c), out-of-fold probabilities (n, k)."""

    digests: Sequence[str]
    features: NDArray[np.float32]
    chances: NDArray[np.float32]
    families: NDArray[Any]
    folds: NDArray[np.int64]
    network: bytes


@dataclass(frozen=True)
class Told:
    """For each picture: probabilities (m, k), and family and fold (m,; "" and -1 when it resembles no slice)."""

    chances: NDArray[np.float32]
    families: NDArray[Any]
    folds: NDArray[np.int64]
    alike: NDArray[np.float32]


def tell(
    known: Known, digests: Sequence[str], logits: NDArray[np.float32], features: NDArray[np.float32], temperature: float
) -> Told:
    """Honest probabilities and families of pictures with these `digests`, `logits` (m, k) and `features` (m, c)."""
    centre = known.features.mean(axis=0)
    bank, asked = _unit(known.features - centre), _unit(features - centre)
    chances = np.asarray(softmax(logits / temperature), dtype=np.float32)
    families = np.full(len(digests), "", dtype=object)
    folds = np.full(len(digests), -1, dtype=np.int64)
    alike = np.zeros(len(digests), dtype=np.float32)
    place = {digest: i for i, digest in enumerate(known.digests)}
    for start in range(0, len(digests), 256):
        close = asked[start : start + 256] @ bank.T
        for row, nearest in enumerate(close.argmax(axis=1).tolist(), start):
            same = place.get(digests[row])
            best = nearest if same is None else same
            alike[row] = 1.0 if same is not None else close[row - start, nearest]
            if alike[row] >= ALIKE:
                chances[row], families[row] = known.chances[best], known.families[best]
                folds[row] = known.folds[best]
    return Told(chances, families, folds, alike)


def _unit(features: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(features, axis=1, keepdims=True)
    found: NDArray[np.float32] = (features / np.maximum(norms, 1e-12)).astype(np.float32)
    return found
