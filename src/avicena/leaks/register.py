"""Whether two pictures are one picture, turned, mirrored, moved, stretched or cut: lay one over the other and compare.

First every angle in steps of 15 degrees, mirrored and not, at a quarter of the size by cross-correlation; then the best
few are refined to affine maps by Gauss-Newton steps (Lucas & Kanade 1981; Baker & Matthews 2004), and what then agrees
in fine detail, block by block, is the score. Slices of one patient that lie side by side share their outlines, not
their detail; a copy shares both.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.leaks.texture import white

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Maps = NDArray[np.float32]
"""Affine maps (m, 2, 3) from places on the first picture to the second, in half sides from the middle."""

TINY = 32
"""Side of the first search in pixels."""

_ANGLES = 24
_SIZES = (0.85, 1.0, 1.18)
_LADDER = ((10, 6), (3, 16))  # maps that are refined at a quarter of the size, and by how many steps
_STEPS = (8, 4)  # of refinement at half the size and at the whole
_PROMISING = 0.45  # correlation at a quarter of the size, under which two pictures are not compared further
_BLOCK = 16  # side in pixels of the blocks whose detail is compared
_AIR = np.float32(0.28)  # of the root of the white level
_FINE, _COARSE = 0.8, 3.0  # pixels: detail is what lies between these blurs


def rooted(pictures: NDArray[np.uint8]) -> Floats:
    """Pictures (n, side, side) on the scale on which they are compared: the root of the share of their white level."""
    shown = pictures.astype(np.float32)
    level = np.array([white(one) for one in shown], np.float32)
    found: Floats = np.sqrt(np.minimum(shown / level[:, None, None], np.float32(1.3)))
    return found


def pooled(pictures: Floats, by: int) -> Floats:
    """Pictures (n, side, side) at 1 / `by` of their size, by means."""
    n, side, _ = pictures.shape
    found: Floats = pictures.reshape(n, side // by, by, side // by, by).mean(axis=(2, 4), dtype=np.float32)
    return found


@dataclass(frozen=True)
class Pyramid:
    """Pictures, `rooted`, at their size, at half of it and in TINY: each float32 (n, side, side)."""

    whole: Floats
    half: Floats
    tiny: Floats


def pyramid(pictures: NDArray[np.uint8]) -> Pyramid:
    """Pictures (n, side, side) ready to be compared; `side` is a multiple of TINY."""
    whole = rooted(pictures)
    return Pyramid(whole, pooled(whole, 2), pooled(whole, whole.shape[1] // TINY))


def agreement(of: Pyramid, first: NDArray[Any], second: NDArray[Any]) -> tuple[Floats, Bools]:
    """How well two pictures agree in detail once the second is laid over the first, and whether it was mirrored.

    `first` and `second` number the pictures of each pair, (p,); the score (p,) goes from -1 to 1 and is -1 where they
    cannot be laid over each other.
    """
    scores, mirrored = np.full(len(first), -1, np.float32), np.zeros(len(first), bool)
    a, b = of.tiny[first], of.tiny[second]
    maps = _search(a, b, _LADDER[0][0])
    maps, likeness = _best(a, b, maps, _LADDER[0][1], _LADDER[1][0])
    maps, likeness = _best(a, b, maps, _LADDER[1][1], 2)
    on = np.flatnonzero(likeness[:, 0] > _PROMISING)
    if not len(on):
        return scores, mirrored
    first, second = first[on], second[on]
    maps, _ = _best(of.half[first], of.half[second], maps[on], _STEPS[0], 1)
    maps = refined(of.whole[first], of.whole[second], maps[:, 0], _STEPS[1])
    scores[on] = _detail(of.whole[first], of.whole[second], maps)
    mirrored[on] = np.linalg.det(maps[:, :, :2]) < 0
    return scores, mirrored


def _search(first: Floats, second: Floats, count: int) -> Maps:
    """The `count` turns and shifts under which tiny pictures agree best, (n, count, 2, 3)."""
    turns = _turns()
    n, t = len(first), len(turns)
    unlike, place = np.unique(second.reshape(n, -1), axis=0, return_inverse=True)
    turned = sample(unlike.reshape(-1, TINY, TINY).repeat(t, axis=0), np.tile(turns, (len(unlike), 1, 1)))[0]
    turned = turned.reshape(-1, t, TINY, TINY)
    turned -= turned.mean(axis=(2, 3), keepdims=True)
    turned /= np.sqrt(np.square(turned).sum(axis=(2, 3), keepdims=True)) + np.float32(1e-6)
    spectra = np.fft.rfft2(turned).conj()[place.ravel()]
    spectra *= np.fft.rfft2(first - first.mean(axis=(1, 2), keepdims=True))[:, None]
    found = np.fft.irfft2(spectra, s=(TINY, TINY)).reshape(n, t, -1)
    best = np.argsort(-found.max(axis=2), axis=1)[:, :count]
    peak = np.take_along_axis(found.argmax(axis=2), best, axis=1)
    shift = np.stack([peak % TINY, peak // TINY], axis=-1).astype(np.float32)
    wrapped = (np.where(shift > TINY // 2, shift - TINY, shift) / (TINY / 2)).astype(np.float32)
    maps = turns[best]
    maps[..., 2] = -np.einsum("nkij,nkj->nki", maps[..., :2], wrapped)
    return maps


def _best(first: Floats, second: Floats, maps: Maps, steps: int, keep: int) -> tuple[Maps, Floats]:
    """Each pair's maps (n, m, 2, 3) refined, the `keep` best of them first, and their likeness (n, keep)."""
    n, m = maps.shape[:2]
    a, b = first.repeat(m, axis=0), second.repeat(m, axis=0)
    better = refined(a, b, maps.reshape(-1, 2, 3), steps)
    likeness = _likeness(a, b, better).reshape(n, m)
    order = np.argsort(-likeness, axis=1)[:, :keep]
    chosen: Maps = np.take_along_axis(better.reshape(n, m, 2, 3), order[:, :, None, None], axis=1)
    return chosen, np.take_along_axis(likeness, order, axis=1)


def refined(first: Floats, second: Floats, maps: Maps, steps: int) -> Maps:
    """Maps (n, 2, 3) after `steps` robust Gauss-Newton steps towards least difference in grey value, up to contrast.

    The inverse compositional way: gradients are taken once, on `first`.
    """
    n, side, _ = first.shape
    x, y, _ = _grid(side)
    gradients = [one.reshape(n, -1) * np.float32(side / 2) for one in np.gradient(first, axis=(2, 1))]
    descent = np.stack([each * by for each in gradients for by in (x, y, np.float32(1))], axis=1)
    flat = first.reshape(n, -1)
    body = flat > _AIR
    whole = _square(maps)
    eye = np.eye(6, dtype=np.float32)
    for _ in range(steps):
        seen, inside = sample(second, whole[:, :2])
        weight = (inside & (body | (seen > _AIR))).astype(np.float32)
        target, spread = _standard(flat, weight)
        error = (_standard(seen, weight)[0] - target) * spread
        usual = 3 * np.abs(error).sum(axis=1, keepdims=True) / (weight.sum(axis=1, keepdims=True) + 1)
        weight /= 1 + np.square(error / (usual + np.float32(1e-4)))
        weighed = descent * weight[:, None]
        normal = weighed @ descent.transpose(0, 2, 1)
        normal += (1e-5 * np.trace(normal, axis1=1, axis2=2)[:, None, None] + np.float32(1e-4)) * eye
        step = np.linalg.solve(normal, weighed @ error[:, :, None])[:, :, 0]
        whole = whole @ np.linalg.inv(_square(np.clip(step, -0.2, 0.2).reshape(n, 2, 3), by_how_much=True))
    return whole[:, :2]


def _square(maps: Maps, *, by_how_much: bool = False) -> Floats:
    whole = np.tile(np.eye(3, dtype=np.float32), (len(maps), 1, 1))
    whole[:, :2] = maps + whole[:, :2] if by_how_much else maps
    return whole


def sample(pictures: Floats, maps: Maps) -> tuple[Floats, Bools]:
    """Grey values (n, side²) of pictures at the places that the maps name, and whether these lie inside them."""
    n, side, _ = pictures.shape
    places = maps @ _grid(side)
    places *= np.float32(side / 2)
    places += np.float32((side - 1) / 2)
    inside: Bools = ((places >= 0) & (places <= side - 1)).all(axis=1)
    np.clip(places, 0, side - 1.001, out=places)
    corner = places.astype(np.int32)
    places -= corner
    x, y = places[:, 0], places[:, 1]
    at = corner[:, 1] * side + corner[:, 0]
    at += (np.arange(n) * side * side).astype(np.int32)[:, None]
    flat = pictures.ravel()
    above, below = flat.take(at), flat.take(at + side)
    above += (flat.take(at + 1) - above) * x
    below += (flat.take(at + (side + 1)) - below) * x
    below -= above
    below *= y
    below += above
    return below, inside


@cache
def _grid(side: int) -> Floats:
    """The middles of a picture's pixels as x, y, 1 in half sides from its middle, (3, side²)."""
    steps = ((np.arange(side) - (side - 1) / 2) / (side / 2)).astype(np.float32)
    y, x = np.meshgrid(steps, steps, indexing="ij")
    return np.stack([x.ravel(), y.ravel(), np.ones(side * side, np.float32)])


@cache
def _turns() -> Maps:
    """Every turn that is tried, mirrored and not, in every size, (turns, 2, 3)."""
    angles = np.arange(_ANGLES) * 2 * np.pi / _ANGLES
    cosine, sine, zero = np.cos(angles), np.sin(angles), np.zeros(_ANGLES)
    made = [
        np.stack([m * cosine, -sine, zero, m * sine, cosine, zero], axis=1) * size for m in (1, -1) for size in _SIZES
    ]
    return np.concatenate(made).reshape(-1, 2, 3).astype(np.float32)


def _standard(values: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Values (n, p) with weighted mean 0 and spread 1, 0 where the weight is; and the spread (n, 1)."""
    total = weight.sum(axis=1, keepdims=True) + np.float32(1e-6)
    off = (values - (values * weight).sum(axis=1, keepdims=True) / total) * (weight > 0)
    spread = np.sqrt((np.square(off) * weight).sum(axis=1, keepdims=True) / total) + np.float32(1e-4)
    return off / spread, spread


def _likeness(first: Floats, second: Floats, maps: Maps) -> Floats:
    """The correlation of grey values where both show something, (n,); -1 where that is less than 40 % of the first."""
    flat = first.reshape(len(first), -1)
    seen, inside = sample(second, maps)
    body = flat > _AIR
    weight = (inside & (body | (seen > _AIR))).astype(np.float32)
    shared = weight.sum(axis=1)
    correlation = (_standard(flat, weight)[0] * _standard(seen, weight)[0]).sum(axis=1) / (shared + np.float32(1e-6))
    return np.where(shared > 0.4 * body.sum(axis=1), correlation, np.float32(-1))


def _detail(first: Floats, second: Floats, maps: Maps) -> Floats:
    """The median over blocks of the correlation of fine detail, (n,); what was cut or smeared is outvoted."""
    n = len(first)
    seen, inside = sample(second, maps)
    seen = seen.reshape(first.shape)
    shown = (inside.reshape(first.shape) & (first > _AIR) & (seen > _AIR)).astype(np.float32)
    a, b = _between(first) * shown, _between(seen) * shown
    sums = [_blocks(one) for one in (shown, a, b, a * a, b * b, a * b)]
    count, sum_a, sum_b, square_a, square_b, product = sums
    size = count + np.float32(1e-6)
    spread = np.maximum((square_a - sum_a**2 / size) * (square_b - sum_b**2 / size), np.float32(1e-8))
    correlation = (product - sum_a * sum_b / size) / np.sqrt(spread)
    filled = count > 0.5 * _BLOCK * _BLOCK
    counted = filled.sum(axis=1)
    ranked = np.sort(np.where(filled, correlation, np.float32(2)), axis=1)
    low, high = (np.maximum(counted, 1) - 1) // 2, np.maximum(counted, 1) // 2
    rows = np.arange(n)
    median = (ranked[rows, low] + ranked[rows, np.minimum(high, ranked.shape[1] - 1)]) / 2
    return np.where(counted >= 4, median, -1).astype(np.float32)


def _blocks(values: Floats) -> Floats:
    n, side, _ = values.shape
    each = side // _BLOCK
    summed: Floats = values.reshape(n, each, _BLOCK, each, _BLOCK).sum(axis=(2, 4))
    return summed.reshape(n, -1)


def _between(pictures: Floats) -> Floats:
    """What lies between two blurs, by the difference of Gaussians."""
    spectra = np.fft.rfft2(pictures) * _band(pictures.shape[1])
    return np.fft.irfft2(spectra, s=pictures.shape[1:]).astype(np.float32)


@cache
def _band(side: int) -> NDArray[Any]:
    squared = np.fft.fftfreq(side)[:, None] ** 2 + np.fft.rfftfreq(side)[None] ** 2
    blurs = [np.exp(-2 * np.pi**2 * width**2 * squared) for width in (_FINE, _COARSE)]
    return (blurs[0] - blurs[1]).astype(np.float32)
