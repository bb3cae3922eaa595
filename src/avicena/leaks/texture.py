"""What a picture looks like from close by, whichever way it is turned: one vector per picture, to find copies by.

Around each point the picture is taken apart into circular harmonics on rings; turning the picture only turns the phase
of each, mirroring conjugates it, so the magnitudes stay (Jacovitti & Neri 2000, on circular harmonic wavelets). Moving
the picture moves the points, so what is kept is which kinds of point there are and how far they lie from the middle of
their kind: a vector of locally aggregated descriptors (Jégou et al. 2010).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.progress import Progress, silent

Pictures = NDArray[np.uint8]
Floats = NDArray[np.float32]

SIDE = 128
"""Side in pixels of the pictures compared here."""

_HALF = SIDE // 2
_RINGS = ((0.0, 1.5, 3), (4.0, 1.5, 5), (8.0, 2.5, 5))  # radius, width (pixels at half size), harmonics
_KINDS = 64  # of point
_ROUNDS = 15  # of k-means
_SAMPLE = 60_000  # points that the kinds are learnt from
_BATCH = 64
_DARK = 0.3  # of the root of the white level: darker points are air
_AIR = 20  # of 255


def fingerprints(pictures: Pictures, progress: Progress = silent) -> Floats:
    """One row of unit length per picture, (n, d): the nearer two rows, the likelier the pictures are copies.

    `pictures` is uint8 (n, SIDE, SIDE). Deterministic.
    """
    points = _some_points(pictures)
    if len(points) < 2 * _KINDS:  # nothing but air, or next to nothing
        flat = np.sqrt(pictures.reshape(len(pictures), -1).astype(np.float32))
        return _unit(flat - flat.mean(axis=0))
    middle = points.mean(axis=0)
    values, axes = np.linalg.eigh(np.cov(points.T))
    whiten = (axes / np.sqrt(values + 1e-3 * values[-1])).astype(np.float32)
    kinds = _kinds((points - middle) @ whiten)
    rows = np.empty((len(pictures), kinds.size), np.float32)
    at = 0
    for features, body in _features(pictures):
        for one, inside in zip(features, body, strict=True):
            rows[at] = _aggregate((one[inside] - middle) @ whiten, kinds)
            at += 1
        progress("looking at pictures", at, len(pictures))
    rows -= rows.mean(axis=0)
    rows /= rows.std(axis=0) + np.float32(1e-6)
    return _unit(rows)


def neighbours(rows: Floats, count: int) -> NDArray[np.int64]:
    """Every pair (i < j) of which one is among the `count` nearest of the other, (p, 2), sorted."""
    n = len(rows)
    count = min(count, n - 1)
    if count < 1:
        return np.zeros((0, 2), np.int64)
    found = []
    for start in range(0, n, 512):
        likeness = rows[start : start + 512] @ rows.T
        here = np.arange(start, start + len(likeness))
        likeness[np.arange(len(likeness)), here] = -np.inf
        near = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
        found.append(np.sort(np.stack([np.repeat(here, count), near.ravel()], axis=1), axis=1))
    return np.unique(np.concatenate(found), axis=0)


def _features(pictures: Pictures) -> Iterator[tuple[Floats, NDArray[np.bool_]]]:
    """For each batch, the harmonics' log magnitudes (b, points, channels), and which points are not air (b, points)."""
    bank = _bank()
    for start in range(0, len(pictures), _BATCH):
        batch = pictures[start : start + _BATCH]
        small = batch.reshape(len(batch), _HALF, 2, _HALF, 2).mean(axis=(2, 4), dtype=np.float32)
        level = np.array([white(one) for one in small], np.float32)
        small = np.sqrt(np.minimum(small / level[:, None, None], np.float32(1.2)))
        turned = np.fft.fft2(small)[:, None] * bank
        found = np.log(np.abs(np.fft.ifft2(turned))[:, :, ::2, ::2] + np.float32(0.01))
        body = small[:, ::2, ::2] > _DARK
        points = found.transpose(0, 2, 3, 1).reshape(len(batch), -1, len(bank)).astype(np.float32)
        yield points, body.reshape(len(batch), -1)


def _bank() -> NDArray[np.complex64]:
    """The filters' spectra, (channels, half, half)."""
    places = np.fft.fftfreq(_HALF, 1 / _HALF)
    y, x = np.meshgrid(places, places, indexing="ij")
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    spectra = []
    for ring, width, harmonics in _RINGS:
        for k in range(harmonics):
            weight = np.exp(-((radius - ring) ** 2) / (2 * width * width)) * (radius**k if ring == 0 else 1.0)
            wave = weight * np.exp(1j * k * angle)
            spectra.append(np.fft.fft2(wave / np.abs(wave).sum()))
    return np.stack(spectra).astype(np.complex64)


def white(picture: Floats) -> float:
    """The grey value that the brightest 2 % of what is not air reach; 255 where all is air."""
    body = picture[picture > _AIR]
    return float(np.percentile(body, 98)) if body.size else 255.0


def _some_points(pictures: Pictures) -> Floats:
    """Points of up to 800 pictures spread over all, at most _SAMPLE of them."""
    chosen = np.unique(np.linspace(0, len(pictures) - 1, min(len(pictures), 800)).astype(int))
    random = np.random.default_rng(0)
    each = max(1, _SAMPLE // len(chosen))
    kept = []
    for features, body in _features(pictures[chosen]):
        for one, inside in zip(features, body, strict=True):
            found = one[inside]
            kept.append(found[random.permutation(len(found))[:each]])
    return np.concatenate(kept)


def _kinds(points: Floats) -> Floats:
    """The middles of _KINDS kinds of point (k-means; Lloyd 1982)."""
    random = np.random.default_rng(0)
    middles = points[random.choice(len(points), _KINDS, replace=False)]
    for _ in range(_ROUNDS):
        nearest = _nearest(points, middles)
        counts = np.bincount(nearest, minlength=_KINDS)
        sums = np.stack([np.bincount(nearest, weights=column, minlength=_KINDS) for column in points.T], axis=1)
        filled = counts > 0
        middles[filled] = (sums[filled] / counts[filled, None]).astype(np.float32)
    return middles


def _nearest(points: Floats, middles: Floats) -> NDArray[np.intp]:
    closeness: Floats = points @ middles.T - np.float32(0.5) * np.square(middles).sum(axis=1)
    found: NDArray[np.intp] = closeness.argmax(axis=1)
    return found


def _aggregate(points: Floats, kinds: Floats) -> Floats:
    if not len(points):
        return np.zeros(kinds.size, np.float32)
    nearest = _nearest(points, kinds)
    member = np.zeros((len(points), len(kinds)), np.float32)
    member[np.arange(len(points)), nearest] = 1
    sums = member.T @ (points - kinds[nearest]) / np.float32(len(points))
    rooted: Floats = np.sign(sums) * np.sqrt(np.abs(sums))
    return rooted.ravel()


def _unit(rows: NDArray[Any]) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: Floats = (rows / np.maximum(lengths, 1e-12)).astype(np.float32)
    return found
