"""Whether a picture looks like those a network was trained on.

A classifier that is tuned to tell three tumours apart forgets what it does not need, so its features alone take many
photographs for slices. Two views are joined here, each on the scale of the training slices:

- *residual*: how far the pooled features (c,) lie from the principal subspace of the training features
  (ViM; Wang et al., CVPR 2022, section 3, without its logit);
- *look*: the Mahalanobis distance (Lee et al., NeurIPS 2018) of plain statistics of the plane: air around the body,
  grey values, what lies at which depth under the body's rim, and edges.

The score is their root mean square, near 1 for a training slice. Its limit is set on slices that the network did not
see, counting each family once (`calibrated`). Arrays of float32 only; a score takes about a tenth of a millisecond.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Names = NDArray[Any]

METHOD = "residual-and-look"

REFUSED = 0.03
"""The share of slices of new patients that the gate may refuse."""

_AXES = 32  # of the principal subspace
_RIDGE = 1e-3  # of the mean variance of looks, added to each
_STEP = 2  # pixels of the plane; every second is looked at
_BODY = 30  # of 255: darker is air
_DEPTHS = np.array([0.005, 0.014, 0.022, 0.031, 0.045, 0.0625, 0.08, 0.107, 0.143, 0.196])  # of the plane's side


@dataclass(frozen=True, slots=True, eq=False)
class OutlierModel:
    """What training slices look like: `mean` (c,) and `axes` (d, c) of features, `look_mean` (m,) and `whiten` (m, m).

    `spread` is the median residual of training features. float32.
    """

    mean: NDArray[np.float32]
    axes: NDArray[np.float32]
    spread: float
    look_mean: NDArray[np.float32]
    whiten: NDArray[np.float32]

    def score(self, features: Floats, seen: Floats) -> float:
        """How unlike the training slices one slice is, from its pooled features (c,) and its plane's look (m,)."""
        return float(self.scores(features[None], seen[None])[0])

    def scores(self, features: Floats, looks: Floats) -> NDArray[np.float64]:
        """The same for many: features (n, c) and looks (n, m) give (n,)."""
        residual = _residuals(features, self.mean, self.axes) / self.spread
        away = np.square((looks - self.look_mean) @ self.whiten).mean(axis=1)
        scores: NDArray[np.float64] = np.sqrt((np.square(residual) + away) / 2).astype(np.float64)
        return scores

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """All of it as arrays, for an npz file."""
        return {
            "mean": self.mean,
            "axes": self.axes,
            "spread": np.array(self.spread, dtype=np.float32),
            "look_mean": self.look_mean,
            "whiten": self.whiten,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "OutlierModel":
        """The model that `to_arrays` gave. Raises KeyError (an array is missing), ValueError (shapes do not fit)."""
        names = ("mean", "axes", "look_mean", "whiten")
        mean, axes, look_mean, whiten = (arrays[name].astype(np.float32) for name in names)
        if axes.shape[1:] != mean.shape or whiten.shape != 2 * look_mean.shape:
            raise ValueError("the arrays of an outlier model do not fit each other")
        return cls(mean, axes, float(arrays["spread"]), look_mean, whiten)


class Gate(NamedTuple):
    """A model, the largest score that is still answered, and each training slice's score by models blind to it (n,)."""

    model: OutlierModel
    limit: float
    scores: NDArray[np.float64]


def fit(features: Floats, looks: Floats, axes: int = _AXES) -> OutlierModel:
    """Learn from pooled features (n, c) and looks (n, m) of training slices.

    Raises ValueError (fewer than two slices).
    """
    if len(features) < 2:
        raise ValueError("an outlier model needs at least two slices")
    mean = features.mean(axis=0, dtype=np.float64)
    main = _principal(features - mean, min(axes, len(features) - 1))
    spread = float(np.median(_residuals(features, mean, main)))
    centre = looks.mean(axis=0, dtype=np.float64)
    covariance = np.cov(looks.astype(np.float64).T, bias=True)
    covariance += _RIDGE * max(np.trace(covariance) / len(covariance), 1e-9) * np.eye(len(covariance))
    size, direction = np.linalg.eigh(covariance)
    kept = np.float32
    whiten = (direction / np.sqrt(size)).astype(kept)
    return OutlierModel(
        mean.astype(kept), main.astype(kept), float(kept(max(spread, 1e-6))), centre.astype(kept), whiten
    )


def calibrated(
    features: Floats,
    blind: Floats,
    looks: Floats,
    families: Names,
    folds: Names,
    refused: float = REFUSED,
) -> Gate:
    """The model of all slices, with a limit that refuses about the share `refused` of slices of new families.

    `features` (n, c) come from the released network; `blind[i]` (n, c) from the network that did not see the i-th of
    the sorted `folds` (n,). For each fold a model is learnt on the others and scores it, in that network's features.
    """
    scores = np.empty(len(folds))
    for place, fold in enumerate(np.unique(folds)):
        held = folds == fold
        view = blind[place].astype(np.float32)
        scores[held] = fit(view[~held], looks[~held]).scores(view[held], looks[held])
    return Gate(fit(features, looks), limit(scores, families, refused), scores)


def limit(scores: Floats, families: Names, refused: float) -> float:
    """The least score that is reached by no more than the share `refused` of the weight; each family weighs the same.

    `scores` (n,), `families` (n,). Raises ValueError (no scores).
    """
    if not len(scores):
        raise ValueError("a limit needs at least one score")
    _, place = np.unique(families, return_inverse=True)
    weights = 1 / np.bincount(place)[place]
    order = np.argsort(scores, kind="stable")
    held = np.cumsum(weights[order]) / weights.sum()
    return float(scores[order[int(np.searchsorted(held, 1 - refused - 1e-9))]])


def look(plane: Floats) -> NDArray[np.float32]:
    """Plain statistics of a plane (side, side) from -1 (air) to 1 (bright): float32 (44,).

    Brightness of the plane's edge (2), share of air (1), grey values of the body (14), mean and spread of brightness at
    ten depths under the body's rim from four sides (20), strength of edges (7).
    """
    grey = ((plane[::_STEP, ::_STEP] + 1) * 127.5).astype(np.uint8)
    counts = np.bincount(grey.ravel() >> 4, minlength=16)[:16]
    body = counts[2:]
    shares = np.sqrt(body / max(int(body.sum()), 1))
    margin = max(1, len(grey) // 20)
    edge = np.concatenate((grey[:margin], grey[-margin:], grey[:, :margin].T, grey[:, -margin:].T))
    outside = [np.sqrt(edge.mean() / 255), (edge > _BODY).mean(), counts[:2].sum() / grey.size]
    depths = _under_rim(grey)
    steps = np.abs(np.diff(grey.astype(np.int16), axis=1)) >> 3
    edges = np.sqrt(np.bincount(np.minimum(steps, 7).ravel(), minlength=8)[1:] / steps.size)
    return np.concatenate([outside, shares, depths.mean(axis=0), depths.std(axis=0), edges]).astype(np.float32)


def _under_rim(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Brightness 0 to 1 at each depth under the first bright pixel, for lines from four sides: (lines, depths).

    Of the lines that meet the body in the nearer half, the outer eighths, which only graze it, are left out.
    """
    side = len(grey)
    places = np.maximum(np.round(_DEPTHS * side), 1).astype(np.intp)
    found = []
    for view in (grey, grey[:, ::-1], grey.T, grey.T[:, ::-1]):
        body = view > _BODY
        first = body.argmax(axis=1)
        lines = np.flatnonzero(body[np.arange(side), first] & (first < side // 2))
        lines = lines[len(lines) // 8 : len(lines) - len(lines) // 8]
        reach = np.minimum(first[lines, None] + places, side - 1)
        found.append(view[lines[:, None], reach].astype(np.float32) / 255)
    lines_of_all = np.concatenate(found)
    return lines_of_all if len(lines_of_all) else np.zeros((1, len(places)), dtype=np.float32)


def _principal(centred: Floats, count: int) -> NDArray[np.float64]:
    """The directions of most variance of centred features (n, c): (count, c), each with a positive largest entry."""
    values = centred.astype(np.float64)
    if len(values) < values.shape[1]:  # the smaller of the two matrices with the same spectrum
        _, mixtures = np.linalg.eigh(values @ values.T)
        axes: NDArray[np.float64] = mixtures[:, ::-1][:, :count].T @ values
        axes /= np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), 1e-300)
    else:
        _, directions = np.linalg.eigh(values.T @ values)
        axes = directions[:, ::-1][:, :count].T
    signs = np.sign(axes[np.arange(count), np.abs(axes).argmax(axis=1)])
    turned: NDArray[np.float64] = axes * signs[:, None]
    return turned


def _residuals(features: Floats, mean: Floats, axes: Floats) -> NDArray[np.float64]:
    """What is left of features (n, c) outside the subspace of `axes`, as a length (n,)."""
    centred = (features - mean).astype(np.float64)
    inside = centred @ axes.T.astype(np.float64)
    left: NDArray[np.float64] = np.square(centred).sum(axis=1) - np.square(inside).sum(axis=1)
    return np.sqrt(np.maximum(left, 0))
